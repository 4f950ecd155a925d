"""D(k): pass@k of the base minus pass@k of the other model, paired by problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

from boundary.analysis.bootstrap import (
    Band,
    Sample,
    content_seed,
    draw_groups,
    drawn_columns,
    simultaneous_band,
)
from boundary.analysis.fixed import FixedBand, fixed_band
from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import BLOCK_K, curve_blocks
from boundary.analysis.questions import Profiles
from boundary.analysis.stopped import apart, turned
from boundary.comparison_tables import DIFFERENCES
from boundary.errors import InputError
from boundary.progress import meter

#: Up to here the grid holds every k; beyond, steps of one part in 1024.
DENSE_K = 10_000


@dataclass(frozen=True)
class DifferenceCurve:
    """Everything that the decision rule and the figures need of a comparison.

    Attributes
    ----------
    pair : Pair
    ks : int64 array [K]
        The grid, 1..n (see `comparison_grid`).
    k_max : int
        Where the rule looks no further: n/2 unless asked for more.
    band : Band
        Simultaneous over k ≤ k_max, for problems like these.
    fixed : FixedBand
        For these very problems, over k ≤ k_max and n/2.
    confidence : float
    """

    pair: Pair
    ks: Integers
    k_max: int
    band: Band
    fixed: FixedBand
    confidence: float

    @property
    def inside(self) -> int:
        """Number of grid points with k ≤ k_max."""
        return int(np.searchsorted(self.ks, self.k_max, side="right"))


def comparison_grid(n: int, k_max: int) -> Integers:
    """Return the k at which two curves are compared: all of them up to 10,000.

    Beyond, a logarithmic grid with steps of one part in 1024 keeps n = 10⁶
    within memory; D is smooth on that scale.  k_max, n/2 and n are always in it.
    """
    dense = np.arange(1, min(n, DENSE_K) + 1)
    if n <= DENSE_K:
        return dense
    steps = int(np.log(n / DENSE_K) * 1024) + 1
    sparse = np.rint(np.geomspace(DENSE_K, n, steps)).astype(np.int64)
    return np.unique(np.concatenate([dense, sparse, [k_max, n // 2, n]]))


def default_k_max(n: int, k_max: int | None, comparison: str) -> int:
    """Return K of the decision rule: n/2, or what the study asks for.

    Raises
    ------
    InputError
        When k_max is not within 1..n.
    """
    if k_max is None:
        return max(1, n // 2)
    if 1 <= k_max <= n:
        return k_max
    raise InputError(
        f"Comparison {comparison}: k_max is {k_max}, but its problems share n = {n} samples, and "
        f"pass@k has an unbiased estimate for k ≤ n only. Lower k_max, raise n, or drop problems "
        f"with fewer samples (min_n)."
    )


def difference_curve(
    pair: Pair, *, replicates: int = 10_000, confidence: float = 0.95, k_max: int | None = None
) -> DifferenceCurve:
    """Return D(k) with pointwise intervals and the simultaneous bootstrap band.

    The bootstrap's seed derives from the counts, taken in an order of their own,
    so that neither the names nor the order of problems or studies matter.

    Parameters
    ----------
    pair : Pair
    replicates : int
        Bootstrap replicates.
    confidence : float
    k_max : int, optional
        Default n/2, with n the smaller of both arms.
    """
    stop = default_k_max(pair.n, k_max, pair.labels["comparison"])
    ks = comparison_grid(pair.n, stop)
    profiles, exchanged = oriented(pair)
    seed = content_seed(*profiles.content())
    inside = int(np.searchsorted(ks, stop, side="right"))
    sample = _sample(profiles, exchanged, ks, inside, seed)
    band = simultaneous_band(sample, replicates, confidence, seed, inside)
    within = ks[: np.searchsorted(ks, min(stop, pair.n // 2), side="right")]
    fixed = fixed_band(
        profiles,
        within,
        band.mean[: len(within)],
        replicates=replicates,
        confidence=confidence,
        seed=seed,
    )
    return DifferenceCurve(pair, ks, stop, band, fixed, confidence)


def oriented(pair: Pair) -> tuple[Profiles, bool]:
    """Return the profiles of both arms, and whether the other arm stands first in them.

    Which arm does depends on the counts alone, so that exchanging base and
    other draws the same replicates, and D, band and verdict are the same but
    for the sign.
    """
    made = [Profiles.of(each, pair.questions) for each in (pair.ends, turned(pair.ends))]
    contents = [tuple(array.tobytes() for array in each.content()) for each in made]
    exchanged = contents[1] < contents[0]
    return made[exchanged], exchanged


def _sample(profiles: Profiles, exchanged: bool, ks: Integers, inside: int, seed: int) -> Sample:
    """Return D(k) of the problems as the bootstrap takes it, worked out in blocks of k."""
    base, other = apart(turned(profiles.counts) if exchanged else profiles.counts)
    drawn, columns = drawn_units(profiles, seed), drawn_columns(ks[:inside])
    means, errors = [], []
    deviations: list[list[Floats]] = [[] for _ in drawn]
    last = int(ks[-1])
    pairs = zip(
        *(curve_blocks(n, c, last, BLOCK_K, rule) for n, c, rule in (base, other)),
        strict=True,
    )
    with meter("compare", last, "k", brief=True) as progress:
        for (first, of_base), (_, of_other) in pairs:
            begin, end = np.searchsorted(ks, [first, first + of_base.shape[1]])
            values = profiles.mean(of_base - of_other)[:, ks[begin:end] - first]
            mean, se = profiles.mean_and_se(values)
            chosen = columns[(columns >= begin) & (columns < end)] - begin
            for parts, each in zip(deviations, drawn, strict=True):
                parts.append(each @ (values[:, chosen] - mean[chosen]))
            means.append(mean)
            errors.append(se)
            progress.advance(of_base.shape[1])
    mean, se = np.concatenate(means), np.concatenate(errors)
    draws = tuple(np.concatenate(parts, axis=1) for parts in deviations)
    return Sample(mean, se, profiles.units.shape[0], columns, draws)


def drawn_units(profiles: Profiles, seed: int) -> list[csr_matrix]:
    """Return how many questions of each profile stand in what the bootstrap draws, ``[U, D]`` each.

    Clusters are drawn by problems too, so that naming them narrows no band; many units in groups.
    """
    drawn = [profiles.units]
    if profiles.clustered:
        place = np.repeat(np.arange(len(profiles.times)), profiles.times)
        single = (np.ones(len(place)), place, np.arange(len(place) + 1))
        drawn.append(csr_matrix(single, shape=(len(place), profiles.units.shape[1])))
    grouped = [draw_groups(each.shape[0], seed) for each in drawn]
    return [each if by is None else by @ each for each, by in zip(drawn, grouped, strict=True)]


def differences_frame(curve: DifferenceCurve) -> pl.DataFrame:
    """Return a DIFFERENCES table of one comparison; flagged where k > n/2.

    The band of the fixed benchmark is null beyond K and beyond n/2.

    With one problem there is no standard error: it is infinite, and interval
    and band are [−1, 1].
    """
    band, fixed = curve.band, curve.fixed
    beyond = [None] * (len(curve.ks) - len(fixed.se))
    return (
        pl.DataFrame(
            {
                "k": curve.ks,
                "diff": band.mean,
                "se": band.se,
                "ci_low": band.ci_low,
                "ci_high": band.ci_high,
                "band_low": band.low,
                "band_high": band.high,
                "fixed_se": [*fixed.se, *beyond],
                "fixed_low": [*fixed.low, *beyond],
                "fixed_high": [*fixed.high, *beyond],
                "n_problems": np.full(len(curve.ks), curve.pair.m),
                "flagged": 2 * curve.ks > curve.pair.n,
            }
        )
        .select(*(pl.lit(value).alias(name) for name, value in curve.pair.labels.items()), pl.all())
        .select(list(DIFFERENCES.columns))
    )
