"""The paired problem bootstrap and its simultaneous band.

Problems are drawn with replacement, both models together.  A replicate is a row
of integer weights, so that means over all k at once are one matrix product.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundary.analysis.intervals import Floats, mean_and_se, mean_interval, z_value
from boundary.digests import seed_of
from boundary.errors import InputError

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


def simultaneous_band(
    differences: Floats, replicates: int, confidence: float, seed: int, k_stop: int | None = None
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
    differences : float64 array [M, K]
        One row a problem, one column a k.
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
    m, width = differences.shape
    stop = width if k_stop is None else k_stop
    mean, se = mean_and_se(differences)
    inner, outer = _critical_values(
        differences, mean, se, stop, replicates=replicates, confidence=confidence, seed=seed
    )
    critical = np.where(np.arange(width) < stop, inner, outer)
    bounds = (-1.0, 1.0)
    ci = mean_interval(mean, se, m, multiplier=z, miss=1 - confidence, bounds=bounds)
    band = mean_interval(
        mean, se, m, multiplier=critical, miss=(1 - confidence) / width, bounds=bounds
    )
    return Band(mean, se, *ci, *band, critical=inner)


def _critical_values(
    differences: Floats,
    mean: Floats,
    se: Floats,
    stop: int,
    *,
    replicates: int,
    confidence: float,
    seed: int,
) -> tuple[float, float]:
    """Return the quantiles of max-|t| over columns below stop, and over all."""
    m = len(differences)
    usable = (se > 0) & np.isfinite(se)
    if not usable.any():
        return z_value(confidence), z_value(confidence)
    # The bootstrap's own spread has no M − 1 in it; using se here would make the
    # band of a small set too narrow by √((M−1)/M).
    scale = m * se[usable] * math.sqrt((m - 1) / m)
    standard = ((differences[:, usable] - mean[usable]) / scale).astype(np.float32)
    edge = int(usable[:stop].sum())
    peaks = np.zeros((2, replicates))
    done = 0
    for weights in weight_blocks(m, replicates, seed, standard.shape[1]):
        ratios = weights @ standard
        np.abs(ratios, out=ratios)
        here = slice(done, done + len(weights))
        peaks[0, here] = ratios[:, :edge].max(axis=1, initial=0.0)
        peaks[1, here] = np.maximum(peaks[0, here], ratios[:, edge:].max(axis=1, initial=0.0))
        done += len(weights)
    # Rounded far below Monte Carlo error, so that the order in which a BLAS adds
    # float32 products cannot show.
    quantiles = np.quantile(peaks, confidence, axis=1, method="higher")
    inner, outer = (max(round(float(value), 4), z_value(confidence)) for value in quantiles)
    return inner, outer
