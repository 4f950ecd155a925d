"""A mean over problems and training seeds at once: two crossed random effects.

Of M problems and S seeds a value stands in each cell.  Its mean varies as other problems
could have been drawn, as other seeds could have been trained, and by what is of neither
alone.  With V_P from the means of problems, V_S from those of seeds and V_E from the
residuals, V_P + V_S − V_E is unbiased for the variance of the mean: the two-way analysis of
variance (Scheffé 1959, The Analysis of Variance, chapter 7), and with clusters of problems the
two-way robust variance (Cameron, Gelbach and Miller 2011, J. Bus. Econ. Stat. 29, 238-249).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, fdtri, stdtrit

from boundary.analysis.intervals import (
    ROUNDING,
    Floats,
    difference_interval,
    mean_and_se,
    z_value,
)

#: Fewer seeds have a variance, but none that is known well enough for an interval.
LEAST_SEEDS = 3


@dataclass(frozen=True)
class Crossed:
    """Mean of a difference over problems and seeds, with what its variance is made of.

    Attributes
    ----------
    mean : float64 array [K]
    seeds, problems, units : int
        S, M, and problems drawn independently: clusters where there are any.
    of_problems, of_seeds, of_neither : float64 arrays [K]
        V_P, V_S and V_E.  That of problems alone is V_P, infinite for one unit; the others
        are NaN for one seed, V_E for one unit too.
    problem_sd, residual_sd : float64 arrays [K]
        Between problems, and between cells beyond problem and seed, by the analysis of
        variance, clusters or none; NaN for one seed, the former 0 where its estimate is
        negative.
    """

    mean: Floats
    seeds: int
    problems: int
    units: int
    of_problems: Floats
    of_seeds: Floats
    of_neither: Floats
    problem_sd: Floats
    residual_sd: Floats

    def problems_alone(self, confidence: float) -> tuple[Floats, Floats]:
        """Return the interval for these very seeds, as of any other difference."""
        return difference_interval(
            self.mean,
            np.sqrt(self.of_problems),
            self.units,
            multiplier=z_value(confidence),
            miss=1 - confidence,
        )

    def interval(self, confidence: float) -> tuple[Floats, Floats] | None:
        """Return the interval over seeds and problems; None of fewer than `LEAST_SEEDS`.

        Its variance has two parts that are known apart: V_P − V_E of problems, and V_S of
        seeds and of what is left to each, which S values tell of alone.  Each is taken at
        Student's t of its degrees of freedom, √(t²·(V_P − V_E) + t²·V_S) (Banerjee 1960,
        Sankhya 22, 357-358), which covers where Satterthwaite's approximation falls
        short of three seeds.  It is never narrower than t²·V_P would have it.
        """
        if self.seeds < LEAST_SEEDS:
            return None
        level = 0.5 + confidence / 2
        by_problems = float(stdtrit(max(self.units - 1, 1), level)) ** 2
        by_seeds = float(stdtrit(self.seeds - 1, level)) ** 2
        beyond = np.maximum(self.of_problems - self.of_neither, 0.0)
        squared = by_problems * beyond + by_seeds * self.of_seeds
        # Of one unit nothing is known, and V_P is infinite.
        squared = np.fmax(squared, by_problems * self.of_problems)
        return difference_interval(
            self.mean, np.sqrt(squared), self.units, multiplier=1.0, miss=1 - confidence
        )

    @property
    def seed_sd(self) -> Floats:
        """Standard deviation between seeds over all problems like these, NaN where not known."""
        variance: Floats = self.seeds * np.maximum(self.of_seeds - self.of_neither, 0.0)
        return np.sqrt(variance)

    def seed_sd_interval(self, confidence: float) -> tuple[Floats, Floats]:
        """Return the interval of `seed_sd`, NaN where that is.

        Of Tukey and Williams (Williams 1962, Biometrika 49, 278-281), which takes seeds
        to be normal; it reaches 0 where the seeds differ no more than the residuals do.
        """
        if self.seeds < 2:
            return np.full_like(self.mean, math.nan), np.full_like(self.mean, math.nan)
        free, tail = self.seeds - 1, (1 - confidence) / 2
        free_residual = max(free * (self.units - 1), 1)
        ends = []
        for lower in (1 - tail, tail):
            beyond = self.of_seeds - self.of_neither * fdtri(free, free_residual, lower)
            ends.append(
                np.sqrt(np.maximum(beyond, 0.0) * self.seeds * free / chdtri(free, 1 - lower))
            )
        return ends[0], ends[1]


def crossed(values: Floats, cluster: NDArray[np.int64] | None = None) -> Crossed:
    """Return the mean of one value a problem and seed, with the parts of its variance.

    Parameters
    ----------
    values : float64 array [S, M, K]
    cluster : int64 array [M], optional
        Cluster of each problem, 0 … C − 1; by default each is its own.

    Returns
    -------
    Crossed
        Values that agree to rounding have a variance of 0.
    """
    seeds, m, width = values.shape
    units = m if cluster is None else int(cluster.max()) + 1
    by_problem, by_seed = values.mean(axis=0), values.mean(axis=1)
    mean, se = mean_and_se(by_problem, cluster)
    unknown = np.full(width, math.nan)
    if seeds < 2 or m < 2:
        return Crossed(mean, seeds, m, units, se**2, unknown, unknown, unknown, unknown)
    of_seeds = np.where(np.ptp(by_seed, axis=0) <= ROUNDING, 0.0, by_seed.var(axis=0, ddof=1))
    residuals = values - by_problem - by_seed[:, None] + mean
    errors = np.stack([mean_and_se(each, cluster)[1] for each in residuals])
    free = (m - 1) * (seeds - 1)
    residual = (residuals**2).sum(axis=(0, 1)) / free
    between = by_problem.var(axis=0, ddof=1) - residual / seeds
    return Crossed(
        mean,
        seeds,
        m,
        units,
        of_problems=se**2,
        of_seeds=of_seeds / seeds,
        of_neither=np.where(units > 1, (errors**2).sum(axis=0) / (seeds * (seeds - 1)), math.nan),
        problem_sd=np.sqrt(np.maximum(between, 0.0)),
        residual_sd=np.sqrt(residual),
    )
