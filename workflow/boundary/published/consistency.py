"""Whether published numbers agree with each other, within what rounding allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from boundary.analyses.coverage.sets import mcnemar_p
from boundary.analysis.intervals import ROUNDING
from boundary.analysis.ratios import ratio_interval
from boundary.published.points import Gap, Points, Published, Sets
from boundary.wording import counted, number, p_value

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Remark:
    """What the numbers of a file come to.

    Attributes
    ----------
    agrees : bool or None
        None for what follows from them and stands nowhere to be held against.
    text : str
    erratum : str, optional
        Of a claim that differs, and is known to.
    """

    agrees: bool | None
    text: str
    erratum: str | None = None


def remarks(published: Published) -> Iterator[Remark]:
    """Yield what the numbers of a file come to, and what is claimed of them."""
    for entry in published.points:
        yield from _rising(entry)
        if made := published.efficiency(entry):
            listed = ", ".join(f"{model} {100 * value:.1f}" for model, (value, _) in made.items())
            yield Remark(
                None,
                f"{_where(entry)}: ΔSE, pass@{entry.k} of {entry.base} less pass@1, in points: "
                f"{listed}",
            )
    for gap in published.gaps:
        entry_of = published.gap_of(gap)
        if entry_of is not None:
            yield from _claimed(gap, published.efficiency(entry_of))
    for sets in published.sets:
        yield from _sets(sets)


def _where(of: Points | Gap | Sets) -> str:
    return f"{of.source}, {of.benchmark}"


def _rising(entry: Points) -> Iterator[Remark]:
    """Say which curves fall with k, which pass@k cannot."""
    falling = [
        f"{model} from k = {number(k)} to {number(after)}"
        for model, values in entry.models.items()
        for k, after in pairwise(sorted(values))
        if values[after] < values[k]
    ]
    if falling:
        names = ", ".join(falling)
        yield Remark(False, f"{_where(entry)}: pass@k cannot fall with k, and does of {names}")
    elif any(len(values) > 1 for values in entry.models.values()):
        models = counted(len(entry.models), "model")
        yield Remark(True, f"{_where(entry)}: pass@k of {models} falls nowhere with k")


def _claimed(gap: Gap, made: Mapping[str, tuple[float, float]]) -> Iterator[Remark]:
    """Hold a claim against ΔSE as the table has it, and what is known of it against that."""
    held = [*_gap(gap, made)]
    yield from (each if each.agrees else replace(each, erratum=gap.erratum) for each in held)
    if gap.erratum and all(each.agrees for each in held):
        text = f"{_where(gap)}: {gap.claim!r} is marked as an erratum, and agrees"
        yield Remark(False, text)


def _gap(gap: Gap, made: Mapping[str, tuple[float, float]]) -> Iterator[Remark]:
    """Hold a claim against ΔSE as the table has it, by model, each with its rounding."""
    where = f"{_where(gap)}: {gap.claim!r}"
    for model, printed in gap.models.items():
        claimed = gap.share(printed)
        close = [
            name
            for name, (value, off) in made.items()
            if abs(value - claimed) <= off + gap.rounding + ROUNDING
        ]
        shown = f"{printed:.{gap.decimals}f}"
        text = f"{where}: {shown} of {model}, where {gap.table} has {100 * made[model][0]:.1f}"
        if model in close:
            yield Remark(True, f"{text} points, within rounding")
        else:
            other = f"; {shown} is that of {' and '.join(close)}" if close else ""
            yield Remark(False, f"{text} points{other}")
    if gap.least:
        # What the base reaches is in all of them, and its rounding tells none apart.
        value, off = made[gap.least]
        smaller = [name for name, (each, _) in made.items() if each < value - off - ROUNDING]
        words = f", as that of {' and '.join(smaller)} is smaller" if smaller else ""
        not_ = "not " if smaller else ""
        yield Remark(
            not smaller, f"{where}: {gap.least} is {not_}the smallest of {gap.table}{words}"
        )


def _sets(sets: Sets) -> Iterator[Remark]:
    """Hold sets against what each model solves, and say what they come to."""
    where = _where(sets)
    both, forgotten, learned = (
        sets.parts[name] or 0 for name in ("both", "base_only", "other_only")
    )
    if not sets.agree:
        yield Remark(
            False,
            f"{where}: {sets.base} solves {sets.base_solved} and {sets.other} {sets.other_solved}, "
            f"which the problems of one alone, {forgotten} and {learned}, do not leave the same "
            f"problems of both",
        )
        return
    yield Remark(True, f"{where}: {both} of both, {forgotten} and {learned} of one alone")
    solved = both + forgotten + learned
    neither = (sets.problems or solved) - solved
    if neither < 0:
        there = counted(sets.problems or 0, "problem")
        yield Remark(False, f"{where}: either solves {solved}, and there are {there}")
        return
    times = [both, forgotten, learned, neither]
    base, other = np.repeat([1.0, 1.0, 0.0, 0.0], times), np.repeat([1.0, 0.0, 1.0, 0.0], times)
    parts = {
        "SRR": ratio_interval(base, base * other, CONFIDENCE),
        "NDR": ratio_interval(other, other * (1 - base), CONFIDENCE),
    }
    words = [
        f"{name} {value:.3f} [{low:.2f}, {high:.2f}]"
        for name, (value, low, high) in parts.items()
        if value is not None
    ]
    net = (learned - forgotten) / max(solved, 1)
    test = p_value(float(mcnemar_p(forgotten, learned)))
    yield Remark(
        None,
        f"{where}: {', '.join(words)}, NSCR {number(net)} ({test}, McNemar's of no net change) "
        f"over {solved} problems that either solves",
    )
