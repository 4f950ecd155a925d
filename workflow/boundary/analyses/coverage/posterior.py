"""What the counts of a model say of the rate at which it solves each problem.

The rates of one arm are taken for draws from a Beta distribution, whose two moments the counts
of all its problems give without bias; the posterior of a problem is then Beta(a + c, b + n − c).
The joint prior beside it (`joint_prior`) is no help here: rates of its grid lie further apart
than the counts tell rates apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import fail_at
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import longest
from boundary.decisions import FEWEST_IN_RATIO

#: The prior where counts give none: Jeffreys'.
FLAT = (0.5, 0.5)
#: No more further samples than these are asked for.
MOST_FURTHER = 10**6


def beta_prior(
    n: Integers, correct: Integers, questions: Questions, rule: Integers | None = None
) -> tuple[float, float]:
    """Return a and b of the Beta distribution with the moments of an arm's rates.

    c/n and c(c − 1)/(n(n − 1)) are unbiased for a rate and its square; where problems stop
    early, 1 − fail_1 and 1 − 2·fail_1 + fail_2 are.  a + b is at most the number of all
    samples.  `FLAT` where fewer than `FEWEST_IN_RATIO` problems have two samples, and where all
    samples are wrong or all are right.

    Parameters
    ----------
    n, correct : int64 arrays [R]
    questions : Questions
    rule : int64 array [4, R], optional
        By which problems stopped early, see `boundary.analysis.stopped`.
    """
    several = longest(n, rule) > 1
    known = questions.mean(several.astype(np.float64)) == 1
    if known.sum() < FEWEST_IN_RATIO:
        return FLAT
    size, most = np.maximum(n, 2), float(questions.mean(n).sum())
    if rule is None:
        rates, squares = correct / n, correct * (correct - 1) / (size * (size - 1))
    else:
        once, twice = fail_at(n, correct, np.array([1, 2]), rule).T
        rates, squares = 1 - once, 1 - 2 * once + twice
    rate = questions.mean(rates)[known].mean()
    square = questions.mean(squares)[known].mean()
    if not 0 < rate < 1:
        return FLAT
    spread = square - rate**2
    total = min((rate - square) / spread, most) if spread > 0 else most
    total = max(total, 1 / most)  # all samples of each problem alike
    return float(rate * total), float((1 - rate) * total)


@dataclass(frozen=True)
class Rates:
    """The posterior of one model's rates: a Beta distribution a problem.

    Attributes
    ----------
    a, b : float64 arrays [M]
    none, all : bool arrays [M]
        Problems with no right sample, and with right ones alone: the interval reaches 0 and
        1, which no number of samples excludes and the prior has no mass at.
    """

    a: Floats
    b: Floats
    none: NDArray[np.bool_]
    all: NDArray[np.bool_]

    @classmethod
    def of(
        cls, n: Integers, correct: Integers, questions: Questions, rule: Integers | None = None
    ) -> Rates:
        """Return the posterior of an arm; a question has the mean counts of its ids.

        By what rule a problem stopped is no part of the likelihood of its rate.
        """
        a, b = beta_prior(n, correct, questions, rule)
        right: Floats = questions.mean(correct).astype(np.float64)
        wrong: Floats = questions.mean(n - correct).astype(np.float64)
        return cls(a + right, b + wrong, right == 0, wrong == 0)

    @property
    def mean(self) -> Floats:
        """Posterior means, ``[M]``."""
        mean: Floats = self.a / (self.a + self.b)
        return mean

    def interval(self, confidence: float) -> tuple[Floats, Floats]:
        """Return the central interval of each rate, ``[M]`` and ``[M]``."""
        tail = (1 - confidence) / 2
        low = np.where(self.none, 0.0, betaincinv(self.a, self.b, tail))
        return low, np.where(self.all, 1.0, betaincinv(self.a, self.b, 1 - tail))


def settled_after(n: Floats, limit: Floats, confidence: float) -> Floats:
    """Return after how many further failures a rate lies below a limit, whatever the prior.

    Of N failures the upper end of the exact interval (Clopper and Pearson 1934) is below the
    limit when (1 − limit)^N < (1 − confidence)/2.

    Parameters
    ----------
    n : float64 array [M]
        Samples so far, which all failed.
    limit : float64 array [M]
    confidence : float
        Level of the interval.

    Returns
    -------
    float64 array [M]
        The smallest such number, 0 where the samples there are suffice; NaN where
        `MOST_FURTHER` do not.
    """
    with np.errstate(divide="ignore"):
        needed = np.floor(np.log((1 - confidence) / 2) / np.log1p(-limit)) + 1
    further = np.maximum(np.ceil(needed - n), 0.0)
    return np.where(further > MOST_FURTHER, np.nan, further)


def problem_rates(pair: Pair, confidence: float) -> dict[str, Floats]:
    """Return what COVERAGE_PROBLEMS says of rates, by column.

    Parameters
    ----------
    pair : Pair
    confidence : float
        Level of the intervals.

    Returns
    -------
    dict of str to float64 array [M]
        ``settled_after`` is of problems that one model alone solved, NaN elsewhere: after how
        many further samples of the other, if all fail, its rate lies below the lower end of
        the solver's interval (`settled_after`).
    """
    base, other = (Rates.of(n, c, pair.questions, rule) for n, c, rule in pair.sides)
    sides = base, other
    columns: dict[str, Floats] = {}
    for name, side in zip(("base", "other"), sides, strict=True):
        low, high = side.interval(confidence)
        columns |= {f"{name}_rate": side.mean, f"{name}_rate_low": low, f"{name}_rate_high": high}
    settled = np.full(pair.m, np.nan)
    for name, solver, loser, n in (
        ("base", *sides, pair.other_n),
        ("other", *sides[::-1], pair.base_n),
    ):
        alone = loser.none & ~solver.none
        size, limit = pair.questions.mean(n)[alone], columns[f"{name}_rate_low"][alone]
        settled[alone] = settled_after(size, limit, confidence)
    return columns | {"settled_after": settled}
