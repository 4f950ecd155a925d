"""Populations of problems with a known truth.

A population is a table of kinds: what a problem of each kind is to the base and
to the other model, and its weight.  Truths are finite sums over the table.  The
continuous ones stand on a grid of logits so fine that sums over it are integrals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit

from boundary.errors import InputError
from boundary.shipped import shipped

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PUBLISHED = shipped("published") / "math500_qwen2.5-7b.csv"
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

    def turns(self, k_max: int) -> list[tuple[float, int]]:
        """Return from which k on up to k_max who is ahead, as of `sides`, ascending in k.

        A k at which signs change is a root of D, not a whole number.
        """
        ks = np.arange(1, k_max + 1)
        side = sides(self.difference(ks))
        made = [(1.0, int(side[0]))]
        for left in np.flatnonzero(np.diff(side)):
            k, ahead = float(ks[left + 1]), int(side[left + 1])
            if side[left] * ahead < 0:
                k = float(brentq(lambda x: float(self.difference(x)), ks[left], ks[left + 1]))
            made.append((k, ahead))
        return made

    def crossing(self, k_max: int) -> float | None:
        """Return the k up to k_max at which base overtakes other, if signs change just once."""
        turns = self.turns(k_max)
        return turns[1][0] if [side for _, side in turns] == [-1, 1] else None


def sides(difference: Floats) -> Integers:
    """Return who is truly ahead: 1 the base, −1 the other model, 0 neither."""
    return np.where(np.abs(difference) <= EQUAL, 0, np.sign(difference)).astype(np.int64)


def of_kinds(name: str, *kinds: tuple[float, float, float]) -> Population:
    """Return a population of kinds, each its weight, base and other probability."""
    weight, base, other = (np.array(column) for column in zip(*kinds, strict=True))
    return Population(name, base, other, weight)


def of_beta(
    name: str,
    a: float,
    b: float,
    sharpen: float = 1.0,
    shift: float = 0.0,
    *,
    apart: bool = False,
    copies: int = 1,
    named: bool = True,
) -> Population:
    """Return Beta(a, b) for the base; the other's logit is ``sharpen`` times as large, plus shift.

    On the scale of logits the density is smooth and falls off exponentially, so
    that equal steps integrate it to double precision.
    """
    x = np.arange(-110.0, 70.0, 0.02)
    logs = a * x - (a + b) * np.logaddexp(0.0, x)
    weight = np.exp(logs - logs.max())
    rates = expit(x), expit(sharpen * x + shift)
    return Population(name, *rates, weight / weight.sum(), apart, copies, named)


@cache
def published() -> tuple[Floats, Floats]:
    """Return c/n of Qwen2.5-7B and its SimpleRL-Zoo model on MATH500, as published."""
    counts = pl.read_csv(PUBLISHED, comment_prefix="#").sort("problem")
    arms = (
        counts.filter(pl.col("model").str.contains("zoo") == trained) for trained in (False, True)
    )
    base, other = ((arm["correct"] / arm["n"]).to_numpy() for arm in arms)
    return base, other


def known(name: str) -> str:
    """Return the name of a population, which is in `TRUTHS`.

    Raises
    ------
    InputError
        When there is none of this name.
    """
    if name not in TRUTHS:
        raise InputError(f"There is no truth {name!r} to simulate; choose {', '.join(TRUTHS)}.")
    return name


def population(name: str, n: int) -> Population:
    """Return a population by its name in `TRUTHS`; the rates of rare kinds depend on n."""
    return TRUTHS[name](name, n)


def _published(name: str, n: int) -> Population:
    """Return c/n of Qwen2.5-7B and its SimpleRL-Zoo model on MATH500, 128 samples of 500."""
    base, other = published()
    return Population(name, base, other, np.full(len(base), 1 / len(base)))


def _identical(name: str, n: int) -> Population:
    """Return one model twice: published c/n of the base."""
    of = _published(name, n)
    return Population(name, of.base, of.base, of.weight)


def _swapped(name: str, n: int) -> Population:
    """Return the published pair, exchanged at random by problem: they differ, and D(k) = 0."""
    of = _published(name, n)
    both = np.r_[of.base, of.other], np.r_[of.other, of.base]
    return Population(name, *both, np.tile(of.weight, 2) / 2)


def _new_skill(name: str, n: int) -> Population:
    """Return Beta(0.35, 1.2) for both, but 8 % that only the other model solves."""
    both = of_beta(name, 0.35, 1.2)
    base, other = np.append(both.base, 0.0), np.append(both.base, 0.3)
    return Population(name, base, other, np.append(0.92 * both.weight, 0.08))


def _rare_kinds(name: str, n: int) -> Population:
    """Return a base that is better at the half that both solve, and behind at every k.

    Both are as good at what both hardly solve, and only the other model solves 5 %.
    """
    return of_kinds(name, (0.55, 0.54, 0.50), (0.40, 0.7 / n, 0.7 / n), (0.05, 0.0, 0.54))


def _three_crossings(name: str, n: int) -> Population:
    """Return models of which other, base, other and base again are ahead as k grows."""
    return of_kinds(
        name,
        (0.760, 0.50, 0.50),
        (0.066, 0.41, 0.98),
        (0.066, 0.28, 0.09),
        (0.073, 0.007, 0.025),
        (0.035, 0.005, 0.0003),
    )


def _long_horizon(name: str, n: int) -> Population:
    """Return problems of 1, 2, 4, … 128 steps, all of which must be right.

    The base gets a step right with 0.95, the other model with 0.98, but with 0.8 where the
    problem is of the tenth that it unlearned: it is overtaken near k = 1,000.
    """
    steps = 2.0 ** np.arange(8)
    other = np.r_[0.98**steps, 0.8**steps]
    return Population(name, np.tile(0.95**steps, 2), other, np.repeat([0.9, 0.1], 8) / 8)


#: Makers of populations by name, given the name and n.
TRUTHS: dict[str, Callable[[str, int], Population]] = {
    "identical": _identical,
    "swapped": _swapped,
    "independent": lambda name, n: of_beta(name, 0.4, 0.6, apart=True),
    "published": _published,
    "sharpened early": lambda name, n: of_beta(name, 0.4, 0.6, 1.4, 0.5),
    "sharpened late": lambda name, n: of_beta(name, 0.35, 1.2, 1.5, 1.3),
    "new skill": _new_skill,
    "rare kinds": _rare_kinds,
    "three crossings": _three_crossings,
    "long horizon": _long_horizon,
    "clusters": lambda name, n: of_beta(name, 0.4, 0.6, apart=True, copies=5),
    "unnamed": lambda name, n: of_beta(name, 0.4, 0.6, apart=True, copies=5, named=False),
}
