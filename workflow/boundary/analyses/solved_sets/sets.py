"""What one model solves in k samples and the other does not, expected at each k.

A model solves problem i in k of its samples with the chance U_i(k), estimated without bias for
k ≤ n (hypergeometric).  Given the problem the models' samples are independent, so that products
of their chances are unbiased too: of both solving it, of one alone, of neither.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtr, stdtr, stdtrit

from boundary.analyses.coverage.sets import clustered_p
from boundary.analyses.solved_sets.tables import ENDS, KINDS
from boundary.analysis.differences import oriented
from boundary.analysis.intervals import (
    ROUNDING,
    Floats,
    Integers,
    difference_interval,
    share_interval,
)
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import curve_at
from boundary.analysis.ratios import Interval, Nothing, change_interval, ratio_interval
from boundary.analysis.stopped import apart, turned
from boundary.decisions import FEWEST_IN_RATIO

#: Problems with parts of a solve beyond which all exchanges of names take too long to count.
MOST_EXACT = 4096


@dataclass(frozen=True)
class Sets:
    """The sets of one pair over a grid of k.

    Attributes
    ----------
    rows : polars.DataFrame [K]
        ``k`` and the columns `SETS_AT_K`; intervals are null below `FEWEST_IN_RATIO` independent
        problems.
    net_p : float or None
        p of no net change at the last k, null like the intervals: the largest of that of
        Student's t, of what was not seen (`intervals.unseen_ends`), and of the exact test that
        exchanges the models' names in each independent problem, McNemar's where k = n.
    """

    rows: pl.DataFrame
    net_p: float | None


def grid(n: int) -> Integers:
    """Return the powers of two below n, and n."""
    return np.unique([*(1 << np.arange(n.bit_length())), n])


def solved_sets(pair: Pair, ks: Integers, confidence: float) -> Sets:
    """Return what both models, one of them and neither solve in k samples.

    Parameters
    ----------
    pair : Pair
    ks : int64 array [K]
        Ascending, none beyond the smallest n.
    confidence : float
        Pointwise level of the intervals, which are over problems.
    """
    profiles, exchanged = oriented(pair)
    base, other = (
        _chances(profiles.mean(curve_at(n, correct, ks, rule)))
        for n, correct, rule in apart(turned(profiles.counts) if exchanged else profiles.counts)
    )
    each = [base * other, (1 - base) * other, base * (1 - other), (1 - base) * (1 - other)]
    units, known = profiles.units.shape[0], profiles.units.shape[0] >= FEWEST_IN_RATIO
    columns: dict[str, object] = {"k": ks}
    mean, se = profiles.mean_and_se(np.concatenate(each, axis=1))
    ends = share_interval(mean, se, units, confidence)
    for place, (name, values) in enumerate(zip(KINDS, each, strict=True)):
        part = slice(place * len(ks), (place + 1) * len(ks))
        columns[name] = profiles.times @ values
        columns[f"{name}_share"] = np.clip(profiles.times @ values / profiles.m, 0.0, 1.0)
        columns |= _ends(name, known, *(end[part] for end in ends))
    mean, se = profiles.mean_and_se(other - base)
    t = float(stdtrit(max(units - 1, 1), 0.5 + confidence / 2))
    low, high = difference_interval(mean, se, units, multiplier=t, miss=1 - confidence)
    summed = [profiles.units @ values for values in (base, other, *each[:3])]
    p = _net_p(mean, se, summed[1] - summed[0]) if known else np.ones(len(ks))
    # What no test at this level tells from no net change holds none.
    open_ = p > 1 - confidence
    low, high = np.where(open_, np.minimum(low, 0), low), np.where(open_, np.maximum(high, 0), high)
    columns |= {"net": mean, **_ends("net", known, low, high)}
    columns |= _ratios(summed, confidence, open_)
    columns |= {"n_problems": pair.m, "n_min": pair.n, "flagged": 2 * ks > pair.n}
    return Sets(pl.DataFrame(columns, nan_to_null=True), float(p[-1]) if known else None)


def _net_p(mean: Floats, se: Floats, sums: Floats) -> Floats:
    """Return p of no net change at each k, of sums ``[C, K]`` over C independent problems."""
    units, size = len(sums), np.abs(mean)
    by_t = np.where(se > 0, 2 * stdtr(units - 1, -size / np.where(se > 0, se, 1.0)), 0.0)
    unseen = np.exp(-units * np.log1p(size))
    exchanged = np.array([_exchanged_p(each) for each in sums.T])
    p: Floats = np.maximum.reduce([np.where(size > 0, by_t, 1.0), unseen, exchanged])
    return p


def _chances(values: Floats) -> Floats:
    """Return means over the ids of a question without what rounding adds to 0 and 1."""
    whole = np.rint(values)
    return np.where(np.abs(values - whole) <= ROUNDING, whole, values)


def _exchanged_p(sums: Floats) -> float:
    """Return the p of the test that exchanges the names in each of C independent problems.

    Exact where sums are whole or few, else its normal limit.
    """
    if np.count_nonzero(sums) <= MOST_EXACT or np.array_equal(sums, np.rint(sums)):
        return clustered_p(sums)
    return 2 * float(ndtr(-abs(sums.sum()) / math.sqrt(float((sums**2).sum()))))


def _ends(name: str, known: bool, low: Floats, high: Floats) -> dict[str, Floats | None]:
    return dict(
        zip((f"{name}{end}" for end in ENDS), (low, high) if known else (None, None), strict=True)
    )


def _ratios(
    summed: list[Floats], confidence: float, unchanged: npt.NDArray[np.bool_]
) -> dict[str, list[float | None]]:
    """Return SRR, NDR, SDS and NSCR of sums over independent problems, ``[C, K]`` each.

    NSCR's interval holds 0 at each k that is ``unchanged``, as that of the net change does.
    """
    made: dict[str, list[float | None]] = {}
    both_hold = (1 + confidence) / 2  # each misses half as often, so that both hold together
    columns = zip(*(x.T for x in summed), unchanged, strict=True)
    for base, other, retained, learned, forgotten, none in columns:
        any_ = retained + learned + forgotten
        cells: dict[str, Interval | Nothing] = {
            "srr": ratio_interval(base, retained, confidence),
            "ndr": ratio_interval(other, learned, confidence),
            "sds": _harmonic(
                ratio_interval(base, retained, both_hold), ratio_interval(other, learned, both_hold)
            ),
            "nscr": _with_0(change_interval(any_, learned - forgotten, confidence), none),
        }
        for name, cell in cells.items():
            for end, value in zip(("", *ENDS), cell, strict=True):
                made.setdefault(f"{name}{end}", []).append(value)
    return made


def _with_0(cell: Interval | Nothing, holds: bool) -> Interval | Nothing:
    """Return an estimate whose interval holds 0 where it must."""
    if cell[0] is None or not holds:
        return cell
    return cell[0], min(cell[1], 0.0), max(cell[2], 0.0)


def _harmonic(one: Interval | Nothing, two: Interval | Nothing) -> Interval | Nothing:
    """Return the harmonic mean of two shares, which grows with each of them, end by end."""
    if one[0] is None or two[0] is None:
        return None, None, None
    mean, low, high = (2 * x * y / (x + y) if x + y else 0.0 for x, y in zip(one, two, strict=True))
    return mean, low, high
