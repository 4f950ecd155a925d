"""How many problems each model solves at all, and the exact test of the difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import betainc

from boundary.analysis.intervals import Floats
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import pass_at_each

#: Probability that the numbers of discordant problems left out of a mean p-value have.
NEGLIGIBLE = 1e-18
#: Parts of a problem to which expectations of a cluster are rounded.
PARTS = 256


def mcnemar_p(base_only: Any, other_only: Any) -> Any:
    """Return the exact two-sided McNemar p: a binomial test of the discordant pairs.

    1 when there is no discordant pair (McNemar 1947; exact form after Liddell 1983).
    Elementwise with broadcasting.
    """
    smaller, discordant = np.minimum(base_only, other_only), np.add(base_only, other_only)
    # The distribution of the binomial; where both are 0 the cut keeps betainc within its domain.
    larger = np.maximum(discordant - smaller, 0.5)
    return np.minimum(1.0, 2 * betainc(larger, smaller + 1.0, 0.5))


def thinned_mcnemar_p(base: Floats, other: Floats) -> float:
    """Return the exact McNemar p, averaged over all ways to thin the arm with more samples.

    For any one of them it is the exact test of two models with equal n.  Their
    mean rejects less often: identical models in at most 0.5 % of simulated runs
    at the level of 5 % (n = 128 against 32, 30 to 500 problems).

    Parameters
    ----------
    base, other : float64 arrays [M]
        Probability that each model solves a problem in the samples kept of it;
        at least one of the two is 0 or 1, as its model keeps all.
    """
    numbers = [_number_distribution(side) for side in (base * (1 - other), other * (1 - base))]
    # In an order of their own, so that exchanging the models changes no digit.
    (few, one), (least, two) = sorted(numbers, key=lambda each: (each[0], each[1].tobytes()))
    each = mcnemar_p(few + np.arange(len(one))[:, None], least + np.arange(len(two)))
    return min(float(one @ each @ two), 1.0)


def _number_distribution(chances: Floats) -> tuple[int, Floats]:
    """Return the distribution of how many of independent events happen, and its least number."""
    least, spread = int((chances == 1).sum()), np.ones(1)
    open_ = chances[(chances > 0) & (chances < 1)]
    if not open_.size:
        return least, spread
    from scipy.stats import binom  # half a second, which arms of equal n need not wait for

    for chance, times in zip(*np.unique(open_, return_counts=True), strict=True):
        spread = np.convolve(spread, binom.pmf(np.arange(times + 1), times, chance))
        kept = np.flatnonzero(spread > NEGLIGIBLE)
        least += int(kept[0])
        spread = spread[kept[0] : kept[-1] + 1]
    return least, spread


def clustered_p(sums: Floats) -> float:
    """Return the exact p of the test that flips the models' names in whole clusters.

    McNemar's test flips them in single problems; where problems were drawn in
    clusters, those are what chance could have given to either model.  With
    clusters of one problem it is McNemar's.

    Parameters
    ----------
    sums : float64 array [C]
        Problems of each cluster that the base solves, less those that the other
        does.  Expectations that are not whole are rounded to 1/`PARTS`.
    """
    scale = 1 if np.array_equal(sums, np.rint(sums)) else PARTS
    sizes = np.abs(np.rint(sums * scale)).astype(np.int64)
    chance = np.ones(1)  # of what the flips sum to, even about 0 in its middle
    for size in np.sort(sizes[sizes > 0]):
        moved = np.zeros(len(chance) + 2 * size)
        moved[2 * size :] = chance / 2
        moved[: len(chance)] += chance / 2
        least = int(np.argmax(moved > NEGLIGIBLE))
        chance = moved[least : len(moved) - least]
    apart = abs(int(np.rint(sums * scale).sum()))
    away = np.abs(np.arange(len(chance)) - len(chance) // 2)
    return min(1.0, float(chance[away >= apart].sum()))


@dataclass(frozen=True)
class Sets:
    """The 2×2 table of solved problems and its test; the fields are columns of COVERAGE.

    Attributes
    ----------
    both, base_only, other_only, neither : float
        Expected numbers of problems.
    mcnemar_p : float
        Exact and two-sided.
    n_min, n_max : int
        Fewest and most samples of an id that sets and test speak of.
    n_base, n_other : int
        Smallest n of each arm.
    n_problems : int
    note : str or None
        Of the sets alone: what is to be said of the pair stands in CROSSOVERS.
    """

    both: float
    base_only: float
    other_only: float
    neither: float
    mcnemar_p: float
    n_min: int
    n_max: int
    n_base: int
    n_other: int
    n_problems: int
    note: str | None


def chances(pair: Pair) -> tuple[Floats, Floats]:
    """Return how likely each model solves each problem in equally many samples, ``[M]`` each.

    A problem is solved when c > 0, so the arm with more samples would have the better chance
    at it.  The 2×2 table and its test therefore speak of n samples of either arm, the smaller
    of both: n of the larger arm's samples, chosen at random, hold a correct one with
    probability pass@n.  Ids that ask the same question are one problem, solved when any of
    them is, each in n samples of its own.  A problem that stopped early is solved, and would be
    in the n_max samples that it may have.
    """
    n = np.minimum(*(side.longest for side in pair.sides))
    base, other = (
        _any(pair, pass_at_each(size, correct, n, rule)) for size, correct, rule in pair.sides
    )
    return base, other


def solved_sets(pair: Pair, base: Floats, other: Floats) -> Sets:
    """Return the 2×2 table and its test, from `chances`."""
    of_base, of_other = (side.longest for side in pair.sides)
    n = np.minimum(of_base, of_other)
    notes = []
    if (of_base != of_other).any():
        notes.append("sets and McNemar are expectations at the smaller n of both models")
    cluster, p = pair.questions.cluster, thinned_mcnemar_p(base, other)
    if cluster is not None:
        sums: Floats = np.zeros(pair.questions.units)
        np.add.at(sums, cluster, base - other)
        p = max(p, clustered_p(sums))  # problems that cancel in a cluster would lower it
        notes.append(f"McNemar by the {pair.questions.units} clusters of problems")
    return Sets(
        # Sums rounded once, in which the order of problems cannot show.
        both=math.fsum(base * other),
        base_only=math.fsum(base * (1 - other)),
        other_only=math.fsum((1 - base) * other),
        neither=math.fsum((1 - base) * (1 - other)),
        mcnemar_p=p,
        n_min=int(n.min()),
        n_max=int(n.max()),
        n_base=int(of_base.min()),
        n_other=int(of_other.min()),
        n_problems=pair.m,
        note="; ".join(notes) or None,
    )


def _any(pair: Pair, chances: Floats) -> Floats:
    """Return how likely each problem is solved under any of its ids, ``[M]`` from ``[R]``."""
    if pair.m == len(chances):
        return chances
    with np.errstate(divide="ignore"):
        solved: Floats = -np.expm1(pair.questions.total(np.log1p(-chances)))
    return solved
