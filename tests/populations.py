"""Populations of problems with a known truth, for simulations of comparisons.

A population is a table of kinds: what a problem of each kind is to the base and
to the other model, and its weight.  Truths are finite sums over the table.  The
continuous ones stand on a grid of logits so fine that sums over it are integrals.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PUBLISHED = Path(__file__).parents[1] / "config" / "published" / "math500_qwen2.5-7b.csv"
#: True differences below this are none: what remains is rounding of the sums.
EQUAL = 1e-9


@dataclass(frozen=True)
class Population:
    """Solve probabilities of problems under two models.

    Attributes
    ----------
    name : str
    base, other, weight : float64 arrays [N]
        Of each kind of problems, the probabilities with which the models solve
        it and its share of the population.
    apart : bool
        Whether the other model's probability is that of a kind drawn by itself.
    copies : int
        Problems of one kind that stand together in a benchmark.
    named : bool
        Whether the benchmark says which these are: a cluster.
    """

    name: str
    base: Floats
    other: Floats
    weight: Floats
    apart: bool = False
    copies: int = 1
    named: bool = True

    def draw(self, m: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw a benchmark of m problems: what they are to base and other, ``[m]`` each."""
        kinds = rng.choice(len(self.weight), m // self.copies, p=self.weight)
        again = rng.choice(len(self.weight), len(kinds), p=self.weight) if self.apart else kinds
        return np.repeat(self.base[kinds], self.copies), np.repeat(self.other[again], self.copies)

    def cluster(self, m: int) -> Integers | None:
        """Return the cluster of each problem of a benchmark, ``[m]``; None where none is named."""
        together = self.copies > 1 and self.named
        return np.arange(m, dtype=np.int64) // self.copies if together else None

    def pass_at_k(self, ks: ArrayLike) -> tuple[Floats, Floats]:
        """Return pass@k of base and other in the whole population."""
        powers = np.asarray(ks, dtype=np.float64)[..., None]
        base, other = (1 - (1 - p) ** powers @ self.weight for p in (self.base, self.other))
        return base, other

    def difference(self, ks: ArrayLike) -> Floats:
        """Return D(k), base minus other, in the whole population."""
        base, other = self.pass_at_k(ks)
        return base - other

    def crossing(self, k_max: int) -> float | None:
        """Return the k up to k_max at which base overtakes other, if signs change just once."""
        ks = np.arange(1, k_max + 1)
        side = sides(self.difference(ks))
        changes = np.flatnonzero(np.diff(side))
        if len(changes) != 1 or side[-1] < 1 or not side.all():
            return None
        left = int(ks[changes[0]])
        return float(brentq(lambda k: float(self.difference(k)), left, left + 1))


def sides(difference: Floats) -> Integers:
    """Return who is truly ahead: 1 the base, −1 the other model, 0 neither."""
    return np.where(np.abs(difference) <= EQUAL, 0, np.sign(difference)).astype(np.int64)


def of_kinds(name: str, *kinds: tuple[float, float, float], **options: bool | int) -> Population:
    """Return a population of kinds, each its weight, base and other probability."""
    weight, base, other = (np.array(column) for column in zip(*kinds, strict=True))
    return Population(name, base, other, weight, **options)


def of_beta(
    name: str, a: float, b: float, sharpen: float = 1.0, shift: float = 0.0, **options: bool | int
) -> Population:
    """Return Beta(a, b) for the base; the other's logit is ``sharpen`` times as large, plus shift.

    On the scale of logits the density is smooth and falls off exponentially, so
    that equal steps integrate it to double precision.
    """
    x = np.arange(-110.0, 70.0, 0.02)
    logs = a * x - (a + b) * np.logaddexp(0.0, x)
    weight = np.exp(logs - logs.max())
    return Population(name, expit(x), expit(sharpen * x + shift), weight / weight.sum(), **options)


@cache
def published() -> tuple[Floats, Floats]:
    """Return c/n of Qwen2.5-7B and its SimpleRL-Zoo model on MATH500, as published."""
    counts = pl.read_csv(PUBLISHED, comment_prefix="#").sort("problem")
    arms = (
        counts.filter(pl.col("model").str.contains("zoo") == trained) for trained in (False, True)
    )
    base, other = ((arm["correct"] / arm["n"]).to_numpy() for arm in arms)
    return base, other


def population(name: str, n: int) -> Population:
    """Return a population by its name; rare kinds depend on n.

    identical       one model twice: published c/n of the base
    swapped         the published pair, the arms exchanged at random by problem:
                    D(k) = 0 at all k, though the problems differ
    independent     Beta(0.4, 0.6), drawn apart for both models: D(k) = 0 too
    published       the published pair
    sharpened early Beta(0.4, 0.6) and logits 1.4 times as large, plus 0.5
    sharpened late  Beta(0.35, 1.2) and logits 1.5 times as large, plus 1.3
    new skill       Beta(0.35, 1.2) for both, but 8 % that only the other model solves
    rare kinds      the base is better at the half that both solve, as good at what
                    both hardly solve, and 5 % only the other solves, which is
                    ahead at every k
    three crossings other, base, other and base again are ahead as k grows
    clusters        independent, each kind five times, named as clusters
    unnamed         the same, not named
    """
    base, other = published()
    each, both = np.full(len(base), 1 / len(base)), np.full(2 * len(base), 0.5 / len(base))
    made = {
        "identical": lambda: Population(name, base, base, each),
        "swapped": lambda: Population(name, np.r_[base, other], np.r_[other, base], both),
        "independent": lambda: of_beta(name, 0.4, 0.6, apart=True),
        "published": lambda: Population(name, base, other, each),
        "sharpened early": lambda: of_beta(name, 0.4, 0.6, 1.4, 0.5),
        "sharpened late": lambda: of_beta(name, 0.35, 1.2, 1.5, 1.3),
        "new skill": lambda: _new_skill(name),
        "rare kinds": lambda: of_kinds(
            name, (0.55, 0.54, 0.50), (0.40, 0.7 / n, 0.7 / n), (0.05, 0.0, 0.54)
        ),
        "three crossings": lambda: of_kinds(
            name,
            (0.760, 0.50, 0.50),
            (0.066, 0.41, 0.98),
            (0.066, 0.28, 0.09),
            (0.073, 0.007, 0.025),
            (0.035, 0.005, 0.0003),
        ),
        "clusters": lambda: of_beta(name, 0.4, 0.6, apart=True, copies=5),
        "unnamed": lambda: of_beta(name, 0.4, 0.6, apart=True, copies=5, named=False),
    }
    return made[name]()


def _new_skill(name: str) -> Population:
    both = of_beta(name, 0.35, 1.2)
    base, other = np.append(both.base, 0.0), np.append(both.base, 0.3)
    return Population(name, base, other, np.append(0.92 * both.weight, 0.08))
