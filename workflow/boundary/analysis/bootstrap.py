"""The paired problem bootstrap and its simultaneous band.

Problems are drawn with replacement, both models together.  A replicate is a row
of integer weights, so that means over all k at once are one matrix product.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from boundary.analysis.intervals import ROUNDING, Floats, mean_and_se, mean_interval, z_value
from boundary.digests import seed_of
from boundary.errors import InputError
from boundary.progress import meter

Integers = NDArray[np.int64]

#: Beyond so many problems, so many groups of them are drawn: 10,000 replicates of
#: 100,000 problems would take minutes.
UNITS = 4096
CHUNK_CELLS = 2**21  # cells of a weight or product block: 8 MiB in float32


@dataclass(frozen=True)
class Band:
    """Mean difference with pointwise interval and simultaneous band, over a grid.

    Attributes
    ----------
    mean, se, ci_low, ci_high, low, high : float64 arrays [K]
        ci is the pointwise normal interval, low..high the simultaneous band.
    critical : float
        Critical value of max-|t| over the columns below ``k_stop``.
    """

    mean: Floats
    se: Floats
    ci_low: Floats
    ci_high: Floats
    low: Floats
    high: Floats
    critical: float


def content_seed(*arrays: NDArray[Any]) -> int:
    """Return a seed that depends on the arrays' contents and on nothing else."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.dtype.str}{array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return seed_of("bootstrap", total.hexdigest())


def weight_blocks(
    m: int, replicates: int, seed: int, width: int = 1
) -> Iterator[NDArray[np.float32]]:
    """Yield multinomial bootstrap weights, a block of replicates at a time.

    Parameters
    ----------
    m : int
        Problems.
    replicates : int
    seed : int
    width : int
        Columns that the caller makes of each replicate; bounds a block so that
        neither weights nor products exceed 8 MiB.

    Yields
    ------
    float32 array [≤ replicates, m]
        Times that each problem was drawn; every row sums to m.

    Raises
    ------
    InputError
        When fewer than one replicate is asked for.
    """
    if replicates < 1:
        raise InputError(f"A bootstrap needs replicates; {replicates} were asked for.")
    rng = np.random.default_rng(seed)
    rows = max(1, CHUNK_CELLS // max(m, width))
    for start in range(0, replicates, rows):
        size = min(rows, replicates - start)
        drawn = rng.integers(0, m, size=(size, m), dtype=np.int32)
        drawn += np.arange(size, dtype=np.int32)[:, None] * m
        counts = np.bincount(drawn.ravel(), minlength=size * m)
        yield counts.reshape(size, m).astype(np.float32)


@dataclass(frozen=True)
class Sample:
    """What the problems come to at each k, and the units in which they are drawn anew.

    Attributes
    ----------
    m : int
        Problems.
    mean, se : float64 arrays [K]
        As of `intervals.mean_and_se`.
    deviations : float64 array [U, K]
        For each unit the sum of its problems' deviations from the mean.
    spread : float64 array [K]
        Standard deviation that the units' bootstrap gives to the sum of deviations.
    """

    m: int
    mean: Floats
    se: Floats
    deviations: Floats
    spread: Floats

    @classmethod
    def of_problems(cls, values: Floats) -> Sample:
        """Draw problem by problem; ``values`` is ``[M, K]``."""
        m = len(values)
        mean, se = mean_and_se(values)
        # The bootstrap's own spread has no M − 1 in it; using se here would make the
        # band of a small set too narrow by √((M−1)/M).
        with np.errstate(invalid="ignore"):  # infinite for one problem, which is not drawn
            spread = m * se * math.sqrt((m - 1) / m)
        return cls(m, mean, se, values - mean, spread)

    @classmethod
    def of_groups(cls, blocks: Iterable[tuple[Floats, Integers]], m: int, seed: int) -> Sample:
        """Draw in `UNITS` random groups of nearly equal size, in memory that m does not touch.

        The sum over a replicate's problems is then the sum over its groups.  As
        groups are made at random, deviations of different problems of a group
        are uncorrelated, and a problem that stands out of all others stands
        alone in its group: the quantiles of max-|t| differ by Monte Carlo error.

        Parameters
        ----------
        blocks : iterable of (float64 array [D, K], int64 array [D])
            Values, and of how many problems they are, m in all.
        m : int
            Problems.
        seed : int
        """
        group = np.random.default_rng([seed, UNITS]).permutation(m) % UNITS
        done, mean, square = 0, np.zeros(1), np.zeros(1)
        least, most, sums = np.array([np.inf]), np.array([-np.inf]), np.zeros(1)
        for values, times in blocks:
            new = int(times.sum())
            owner = group[done : done + new], np.repeat(np.arange(len(times)), times)
            sums = sums + csr_matrix((np.ones(new), owner), shape=(UNITS, len(times))) @ values
            # Means and squares of two parts joined (Chan, Golub and LeVeque 1983).
            here = times @ values / new
            step = here - mean
            square = square + times @ (values - here) ** 2 + step**2 * (done * new / (done + new))
            mean = mean + step * (new / (done + new))
            least = np.minimum(least, values.min(axis=0))
            most = np.maximum(most, values.max(axis=0))
            done += new
        se = np.where(most - least <= ROUNDING, 0.0, np.sqrt(square / (m - 1) / m))
        deviations = sums - np.bincount(group, minlength=UNITS)[:, None] * mean
        return cls(m, mean, se, deviations, np.sqrt((deviations**2).sum(axis=0)))


def simultaneous_band(
    sample: Sample, replicates: int, confidence: float, seed: int, k_stop: int | None = None
) -> Band:
    """Return the max-|t| band of the mean over problems, for a whole grid of k.

    Each replicate's deviation from the observed mean is divided by the plug-in
    standard error, and the band's half-width is the quantile of the largest
    absolute ratio over the grid, times the standard error.  Columns in which
    all problems agree have no spread to resample: they take no part in the
    maximum, and their band is the Clopper-Pearson limit of
    `intervals.mean_interval` at an error probability shared out over the grid
    (Bonferroni), which contains 0 whenever the common value is 0.

    Parameters
    ----------
    sample : Sample
        One column a k.
    replicates : int
        At least 1/(1 − confidence), below which the quantile does not exist.
    confidence : float
    seed : int
        See `content_seed`.
    k_stop : int, optional
        Columns over which the band is simultaneous; by default all.  Columns
        beyond take the larger critical value of the whole grid.

    Returns
    -------
    Band
        With one problem everything is open: the band is [−1, 1] throughout.
    """
    z = z_value(confidence)
    if replicates * (1 - confidence) < 1 - 1e-9:
        raise InputError(
            f"{replicates} bootstrap replicates cannot give a {confidence} band: at least "
            f"{math.ceil(1 / (1 - confidence) - 1e-9)} are needed, 10000 are usual."
        )
    m, mean, se = sample.m, sample.mean, sample.se
    width = len(mean)
    stop = width if k_stop is None else k_stop
    inner, outer = _critical_values(sample, stop, replicates, confidence, seed)
    critical = np.where(np.arange(width) < stop, inner, outer)
    bounds = (-1.0, 1.0)
    ci = mean_interval(mean, se, m, multiplier=z, miss=1 - confidence, bounds=bounds)
    band = mean_interval(
        mean, se, m, multiplier=critical, miss=(1 - confidence) / width, bounds=bounds
    )
    return Band(mean, se, *ci, *band, critical=inner)


def _critical_values(
    sample: Sample, stop: int, replicates: int, confidence: float, seed: int
) -> tuple[float, float]:
    """Return the quantiles of max-|t| over columns below stop, and over all."""
    usable = (sample.se > 0) & np.isfinite(sample.se)
    if not usable.any():
        return z_value(confidence), z_value(confidence)
    standard = (sample.deviations[:, usable] / sample.spread[usable]).astype(np.float32)
    edge = int(usable[:stop].sum())
    peaks = np.zeros((2, replicates))
    done = 0
    with meter("bootstrap", replicates, "replicates", brief=True) as progress:
        for weights in weight_blocks(len(standard), replicates, seed, standard.shape[1]):
            ratios = weights @ standard
            np.abs(ratios, out=ratios)
            here = slice(done, done + len(weights))
            peaks[0, here] = ratios[:, :edge].max(axis=1, initial=0.0)
            peaks[1, here] = np.maximum(peaks[0, here], ratios[:, edge:].max(axis=1, initial=0.0))
            done += len(weights)
            progress.advance(len(weights))
    # Rounded far below Monte Carlo error, so that the order in which a BLAS adds
    # float32 products cannot show.
    quantiles = np.quantile(peaks, confidence, axis=1, method="higher")
    inner, outer = (max(round(float(value), 4), z_value(confidence)) for value in quantiles)
    return inner, outer
