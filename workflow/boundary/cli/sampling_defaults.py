"""What `check-config` says of the settings that checkpoints recommend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from boundary.config.model import OUTSIDE
from boundary.models.sampling_defaults import SETTINGS, sampling_defaults
from boundary.plan import Plan
from boundary.wording import listed


def default_notes(plan: Plan) -> Iterator[str]:
    """Yield where models are sampled otherwise than their checkpoints recommend."""
    study, unknown = plan.study, []
    for name, model in study.models.items():
        protocols = dict.fromkeys(
            arm.protocol for arm in plan.arms if arm.sampled and arm.model == name
        )
        if not protocols or model.kind not in OUTSIDE:
            continue
        recommended = sampling_defaults(model.source, model.revision)
        if recommended is None:
            unknown.append(name)
            continue
        for protocol in protocols:
            settings = study.protocols[protocol].model_dump()
            if differing := departures(recommended, settings):
                yield (
                    f"protocols.{protocol} samples models.{name} otherwise than its checkpoint "
                    f"recommends: {listed(differing)}. Nothing of a recommendation is applied"
                )
    if unknown:
        yield (
            f"how the checkpoint of {listed([f'models.{name}' for name in unknown])} recommends "
            f"to be sampled is not known: its files are not here"
        )


def departures(recommended: Mapping[str, float], settings: Mapping[str, object]) -> list[str]:
    """Return the settings that differ, such as ``temperature 1 for its 0.6``."""
    lines = []
    for key, value in recommended.items():
        off = SETTINGS[key]
        given = settings.get(key)
        ours = off if given is None else float(str(given))
        if ours != value and not (key == "top_k" and max(ours, value) <= off):
            shown = f"no {key}" if given is None else f"{key} {ours:g}"
            lines.append(f"{shown} for its {value:g}")
    return lines
