"""The paired problem bootstrap and its simultaneous band.

Problems are drawn with replacement, both models together.  A replicate is a row
of integer weights, so that means over all k at once are one matrix product.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from boundary.analysis.intervals import (
    Floats,
    Integers,
    difference_interval,
    z_value,
)
from boundary.digests import seed_of
from boundary.errors import InputError
from boundary.progress import meter

#: Beyond so many problems, so many groups of them are drawn: 10,000 replicates of
#: 100,000 problems would take minutes.
UNITS = 4096
#: Share of a replicate's own variance in what its deviation is divided by: of 0.5, 0.8, 0.9 and 1
#: the largest at which bands of 30 problems stay useful (docs/statistics.md).
STUDENTISED = 0.9
CHUNK_CELLS = 2**21  # cells of a weight or product block: 8 MiB in float32


@dataclass(frozen=True)
class Band:
    """Mean difference with pointwise interval and simultaneous band, over a grid.

    Attributes
    ----------
    mean, se, ci_low, ci_high, low, high : float64 arrays [K]
        ci is the pointwise interval, low..high the simultaneous band.
    critical : float
        Critical value of max-|t| over the columns below ``k_stop``.
    units : int
        Problems drawn independently: clusters where there are any.
    peaks : float64 array [R]
        Largest |t| over those columns in each replicate, sorted.
    confidence : float
        Of the pointwise interval.
    level : float
        Of the simultaneous band.
    """

    mean: Floats
    se: Floats
    ci_low: Floats
    ci_high: Floats
    low: Floats
    high: Floats
    critical: float
    units: int
    peaks: Floats
    confidence: float
    level: float

    def limits(self, critical: float, confidence: float) -> tuple[Floats, Floats]:
        """Return the band for another critical value and the level that belongs to it."""
        miss = 1 - confidence
        return difference_interval(self.mean, self.se, self.units, multiplier=critical, miss=miss)

    def critical_at(self, confidence: float) -> float:
        """Return the critical value at another level, at least the normal quantile."""
        # Rounded far below Monte Carlo error, so that the order in which a BLAS adds
        # float32 products cannot show.
        value = np.quantile(self.peaks, confidence, method="higher") if len(self.peaks) else 0.0
        return max(round(float(value), 4), z_value(confidence))

    @property
    def critical_error(self) -> float:
        """Monte Carlo standard deviation of the critical value, from order statistics."""
        if not len(self.peaks):
            return 0.0
        step = math.sqrt(self.level * (1 - self.level) / len(self.peaks))
        levels = [max(0.0, self.level - step), min(1.0, self.level + step)]
        lower, upper = np.quantile(self.peaks, levels)
        return float(upper - lower) / 2


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
    mean, se : float64 arrays [K]
        As of `intervals.mean_and_se`.
    units : int
        Problems drawn independently: clusters where there are any.
    columns : int64 array [T]
        The columns over which the maximum is taken.
    draws : tuple of float64 arrays [U, T]
        For each unit that is drawn, the sum of its problems' deviations from the mean.
        Where there are clusters, by clusters and by problems: the larger maximum counts.
    """

    mean: Floats
    se: Floats
    units: int
    columns: Integers
    draws: tuple[Floats, ...]


def draw_groups(units: int, seed: int) -> csr_matrix | None:
    """Put more units than `UNITS` into so many random groups of nearly equal size.

    The sum over a replicate's units is then the sum over its groups.  As groups
    are made at random, deviations of different units of a group are
    uncorrelated, and a unit that stands out of all others stands alone in its
    group: the quantiles of max-|t| differ by Monte Carlo error.

    Returns
    -------
    sparse matrix [UNITS, units] or None
        A one where a unit stands in a group; None where units can be drawn themselves.
    """
    if units <= UNITS:
        return None
    group = np.random.default_rng([seed, UNITS]).permutation(units) % UNITS
    return csr_matrix((np.ones(units), (group, np.arange(units))), shape=(UNITS, units))


def drawn_columns(ks: Integers) -> Integers:
    """Return places of a grid over which the bootstrap takes its maximum: steps of one in 32.

    D(k) hardly moves between them, so the largest |t| is that of the whole grid
    to far less than Monte Carlo error, and time does not grow with n.
    """
    steps = np.geomspace(1, len(ks), 1 + int(32 * np.log(max(1, len(ks)))))
    return np.unique(np.concatenate([np.rint(steps).astype(np.int64), [len(ks)]])) - 1


def simultaneous_band(
    sample: Sample, replicates: int, confidence: float, seed: int, k_stop: int | None = None
) -> Band:
    """Return the max-|t| band of the mean over problems, for a whole grid of k.

    Each replicate's deviation from the observed mean is divided by a standard
    error, and the band's half-width is the quantile of the largest absolute
    ratio over the grid, times the observed standard error.  The one divided by is
    a mixture, `STUDENTISED` of the replicate's own variance and the rest of the
    observed one: the observed alone takes no notice that a set of few discordant
    problems misjudges its own spread, the replicate's alone has no finite
    quantile there.  No band is narrower than `intervals.unseen_ends`, so that
    columns in which all problems agree, which take no part in the maximum, contain
    0 whenever the common value is 0.

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
        Columns over which the band is simultaneous; by default all.  Beyond, it is
        the same multiple of the standard error.

    Returns
    -------
    Band
        With one unit everything is open: the band is [−1, 1] throughout.
    """
    z = z_value(confidence)
    if replicates * (1 - confidence) < 1 - 1e-9:
        raise InputError(
            f"{replicates} bootstrap replicates cannot give a {confidence} band: at least "
            f"{math.ceil(1 / (1 - confidence) - 1e-9)} are needed, 10000 are usual."
        )
    stop = len(sample.mean) if k_stop is None else k_stop
    each = [np.sort(_peaks(sample, drawn, stop, replicates, seed)) for drawn in sample.draws]
    peaks = np.max([values for values in each if len(values)] or [np.zeros(0)], axis=0)
    mean, se, units = sample.mean, sample.se, sample.units
    ci = difference_interval(mean, se, units, multiplier=z, miss=1 - confidence)
    plain = Band(mean, se, *ci, *ci, z, units, peaks, confidence, confidence)
    critical = plain.critical_at(confidence)
    low, high = plain.limits(critical, confidence)
    return replace(plain, low=low, high=high, critical=critical)


def _peaks(sample: Sample, deviations: Floats, stop: int, replicates: int, seed: int) -> Floats:
    """Return the largest |t| over the columns below stop in each replicate, ``[R]``."""
    drawn = len(deviations)
    spread = np.sqrt((deviations**2).sum(axis=0))
    usable = (sample.columns < stop) & (sample.se[sample.columns] > 0) & (spread > 0)
    if drawn < 2 or not usable.any():
        return np.zeros(0)
    standard = (deviations[:, usable] / spread[usable]).astype(np.float32)
    squares = standard**2
    peaks = np.zeros(replicates)
    done = 0
    with meter("bootstrap", replicates, "replicates", brief=True) as progress:
        for weights in weight_blocks(drawn, replicates, seed, 2 * standard.shape[1]):
            total = weights @ standard
            variance = weights @ squares - total**2 / drawn
            total **= 2
            total /= (1 - STUDENTISED) + STUDENTISED * variance
            peaks[done : done + len(weights)] = np.sqrt(total.max(axis=1))
            done += len(weights)
            progress.advance(len(weights))
    return peaks
