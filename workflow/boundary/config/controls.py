"""Controls: comparisons of what else than training could explain a gain, and of which gain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from boundary.allowed import CONTROLS, ControlKind
from boundary.config.descent import descends
from boundary.config.study import Comparison, Study

#: A model under a protocol.
_Arm = tuple[str, str]


@dataclass(frozen=True)
class Controlled:
    """A control, and a comparison on one benchmark that it is held against.

    Attributes
    ----------
    control : Comparison
    kind : str
        What it is a control of.
    gain : Comparison
    benchmark : str
    start : str
        Side of ``gain`` from which the other one was made, ``base`` or ``other``.
    protocol : str
        Under which the model of that side is sampled by way of control.
    """

    control: Comparison
    kind: ControlKind
    gain: Comparison
    benchmark: str
    start: Literal["base", "other"]
    protocol: str


def controlled(study: Study) -> list[Controlled]:
    """Return every control with each comparison that it is held against, in the study's order."""
    return [
        Controlled(control, kind, gain, benchmark, *place)
        for control in study.comparisons
        for benchmark in control.benchmarks
        for gain in study.comparisons
        if (kind := control.control) and not gain.control and benchmark in gain.benchmarks
        if (place := _place(study, control, gain))
    ]


def _place(
    study: Study, control: Comparison, gain: Comparison
) -> tuple[Literal["base", "other"], str] | None:
    """Return the side of a gain where training began, and the control's protocol of its model.

    One arm of the control is of the gain, the other is of the model where training began.
    """
    base, other = _arms(gain)
    sides: dict[Literal["base", "other"], tuple[_Arm, _Arm]]
    sides = {"base": (base, other), "other": (other, base)}
    for side, (start, trained) in sides.items():
        for kept, changed in (_arms(control), _arms(control)[::-1]):
            alike = changed[0] == start[0] and changed != start and kept in (start, trained)
            if alike and descends(study, trained[0], start[0]):
                return side, changed[1]
    return None


def _arms(pair: Comparison) -> tuple[_Arm, _Arm]:
    return (pair.base, pair.protocol), (pair.other, pair.other_protocol or pair.protocol)


def controls(study: Study) -> Iterator[str]:
    """Yield why controls are none, each line beginning with its key path."""
    known = {(each.control.label, each.benchmark) for each in controlled(study)}
    for i, pair in enumerate(study.comparisons):
        if pair.control is None:
            continue
        where, keys = f"comparisons[{i}].control", CONTROLS[pair.control]
        if pair.allow_differences:
            yield (
                f"comparisons[{i}].allow_differences: a control of {pair.control} permits "
                f"{', '.join(keys)} and nothing else; leave it out."
            )
        names = pair.base, pair.other
        related = names[0] == names[1] or any(
            descends(study, *each) for each in (names, names[::-1])
        )
        if not related:
            yield (
                f"{where}: {pair.other!r} was not made from {pair.base!r}, so that its gain is "
                f"that of another model; compare {pair.base!r} with itself under two protocols."
            )
            continue
        one, two = (study.protocols[protocol].model_dump() for _, protocol in _arms(pair))
        if all(one.get(key) == two.get(key) for key in keys):
            yield f"{where}: the two protocols differ in none of {', '.join(keys)}."
        for benchmark in pair.benchmarks:
            if (pair.label, benchmark) not in known:
                yield (
                    f"{where}: is held against nothing on {benchmark!r}; a control asks the model "
                    f"where training began anew, so it needs {_missing(study, pair)}."
                )


def _missing(study: Study, pair: Comparison) -> str:
    """Say which comparison a control could be held against."""
    (base, protocol), (other, other_protocol) = _arms(pair)
    if base == other:
        return (
            f"a comparison there of {base!r}, under {protocol!r} or {other_protocol!r}, with a "
            f"model made from it"
        )
    if descends(study, base, other):
        base, other, other_protocol = other, base, protocol
    return f"a comparison there of {base!r} with {other!r} under {other_protocol!r}"
