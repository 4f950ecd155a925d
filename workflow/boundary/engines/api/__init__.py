"""The engine api: models that others run, behind an OpenAI-compatible endpoint."""

from collections.abc import Iterator

from boundary.engines.record import Asked, EngineRecord, Refusal

#: What OpenAI's interface allows.
HOTTEST = 2.0


def _limits(asked: Asked) -> Iterator[Refusal]:
    if asked.temperature is not None and asked.temperature > HOTTEST:
        yield Refusal(
            "temperature", f"endpoints take at most {HOTTEST:g}, not {asked.temperature}."
        )


ENGINE = EngineRecord(
    name="api",
    about="models behind an endpoint, with source: api:LABEL",
    loader="boundary.engines.api.engine:ApiEngine",
    environment="models",
    cores=1,
    # Whether a penalty has an effect no probe can tell.
    takes=frozenset({"stop", "top_k", "min_p"}),
    limits=_limits,
    entropy=False,
    remote=True,
)
