"""Where a verdict says that which model is ahead, in words that figures and report share.

Everything is of the k that the band decides, so that row, sentence and
figure cannot contradict each other, however often the curves cross.
"""

from __future__ import annotations

from itertools import groupby, pairwise

from boundary.decisions import Region, read_regions
from boundary.rows import VerdictRow
from boundary.wording import k_interval, listed, number, span


def stretches(cell: str | None) -> list[tuple[str, str]]:
    """Return which side is ahead at which k, ascending, such as ``("other", "1–9 and 11")``.

    Neighbouring regions of one side are one entry.

    Parameters
    ----------
    cell : str, optional
        The ``regions`` of a verdict.
    """
    grouped = groupby(read_regions(cell), key=lambda region: region.side)
    return [
        (side, listed([span(each.first, each.last) for each in regions]))
        for side, regions in grouped
    ]


def open_at_k_max(row: VerdictRow) -> bool:
    """Return whether the band leaves K undecided."""
    regions = read_regions(row.regions)
    return not regions or regions[-1].last < row.k_max


def established(row: VerdictRow) -> bool:
    """Return whether k× lies between a k at which the other is ahead and one of the base."""
    k = row.k_cross
    return k is not None and any(a.last <= k <= b.first for a, b in _overtakings(row))


def crossing(row: VerdictRow, symbol: str = "k×") -> str:
    """Return where the base overtakes: k× with its interval, or between which k.

    The latter where k× is another, later change of sign, which the band does
    not establish, or is missing.
    """
    if established(row):
        return f"at {estimate(row, symbol)}"
    left, right = _overtakings(row)[-1]
    return f"between k = {number(left.last)} and {number(right.first)}"


def estimate(row: VerdictRow, symbol: str = "k×") -> str:
    """Return k× with its interval."""
    return f"{symbol} ≈ {number(row.k_cross)} {k_interval(row.ci_low, row.ci_high)}"


def detectable(row: VerdictRow) -> str | None:
    """Return the least detectable difference at K in points; None where no spread tells it."""
    value = 100 * row.min_detectable_diff
    return f"{value:.1f}" if 0 < value <= 100 else None


_SHORT = {
    "crossover": "crossover",
    "reverse": "reverse",
    "base-ahead-to-K": "base ahead to K = {k_max}",
    "other-ahead-to-K": "other ahead to K = {k_max}",
    "base-ahead-early": "base ahead early, open at K = {k_max}",
    "other-ahead-early": "other ahead early, open at K = {k_max}",
    "undetermined": "undetermined",
}


def short_verdict(verdict: str, k_max: int) -> str:
    """Return a verdict of `boundary.decisions` in a few words."""
    return _SHORT[verdict].format(k_max=number(k_max))


def beside(row: VerdictRow) -> list[str]:
    """Return a line each for the verdict on the set itself and that after Holm's correction."""
    lines = []
    if fixed := row.verdict_fixed:
        decides = ", which decide" if row.decides == "benchmark" else ""
        lines.append(f"on these very problems{decides}: {short_verdict(fixed, row.k_max)}")
    elif row.decides == "benchmark":
        lines.append(
            f"on these very problems, which decide: not told at K = {number(row.k_max)}, beyond n/2"
        )
    if holm := row.verdict_holm:
        words = short_verdict(holm, row.k_max)
        lines.append(f"after Holm over {number(row.holm_cells)} comparisons: {words}")
    return lines


def _overtakings(row: VerdictRow) -> list[tuple[Region, Region]]:
    """Return neighbouring regions of which the first favours the other, the second the base."""
    sides = pairwise(read_regions(row.regions))
    return [(left, right) for left, right in sides if (left.side, right.side) == ("other", "base")]
