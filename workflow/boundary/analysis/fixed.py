"""The difference curve on these very problems: what sampling anew would change.

The band of `boundary.analysis.bootstrap` speaks of problems like these; this one of
these problems alone, whose responses are sampled anew.  It is the narrower of the two,
as problems are not drawn, and answers the smaller question.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from boundary.analysis.bootstrap import drawn_columns
from boundary.analysis.intervals import Floats, Integers, z_value
from boundary.analysis.passk import BLOCK_K, curve_blocks
from boundary.analysis.questions import Profiles, distinct_columns
from boundary.analysis.stopped import Counts, apart, with_rule


@dataclass(frozen=True)
class FixedBand:
    """Simultaneous band of D(k) for these problems, over the first k of a grid.

    Attributes
    ----------
    se, low, high : float64 arrays [L]
        For k ≤ n/2, beyond which the sampling variance has no unbiased estimate.
    critical : float
        Critical value of max-|t|.
    """

    se: Floats
    low: Floats
    high: Floats
    critical: float


def fixed_band(
    profiles: Profiles,
    ks: Integers,
    mean: Floats,
    *,
    replicates: int,
    confidence: float,
    seed: int,
) -> FixedBand:
    """Return the simultaneous band of D(k) on the fixed benchmark.

    Samples of a problem are independent, so for k + l ≤ n the covariance of its
    estimates at k and l has the unbiased estimate f_k f_l − f_{k+l}, with
    f_k = C(n − c, k)/C(n, k) the chance that k of its samples fail (Hoeffding 1948,
    of U-statistics).  Sums over problems and arms give the covariance of D; the
    critical value is the quantile of the largest |t| of a normal vector with it.

    The band reaches at least ln(1/α)·k/(n·M) to either side: problems never solved
    may yet have that much between them and show nothing with probability α.

    Parameters
    ----------
    profiles : Profiles
        Of base n, base correct, other n, other correct, with rules as of `Pair.ends`.
    ks : int64 array [L]
        Ascending, the last at most half of the smallest n.
    mean : float64 array [L]
        D at those k.
    replicates : int
        Normal vectors drawn.
    confidence : float
    seed : int
    """
    if not len(ks):  # one sample a problem
        return FixedBand(mean, mean, mean, z_value(confidence))
    columns = drawn_columns(ks)
    rows = np.diff(profiles.starts)
    weight = profiles.shares**2 * np.repeat(profiles.times, rows)
    arms = list(apart(profiles.counts))
    base, other = (_within(arm, weight, ks, columns) for arm in arms)
    m = profiles.m
    variance, covariance = ((a + b) / m**2 for a, b in zip(base, other, strict=True))
    se = np.sqrt(np.maximum(variance, 0.0))
    critical = _critical(covariance, replicates, confidence, seed)
    n = min(int(arm.longest.min()) for arm in arms)
    half = np.maximum(critical * se, -math.log(1 - confidence) * ks / (n * m))
    return FixedBand(se, np.maximum(mean - half, -1.0), np.minimum(mean + half, 1.0), critical)


def _within(arm: Counts, weight: Floats, ks: Integers, columns: Integers) -> tuple[Floats, Floats]:
    """Return Σ w (f_k² − f_2k), ``[L]``, and Σ w (f_k f_l − f_{k+l}), ``[T, T]``, of one arm."""
    rows, place, _ = distinct_columns(with_rule(np.stack([arm.correct, arm.n]), arm.rule))
    rule = None if arm.rule is None else rows[2:]
    total = np.bincount(place, weights=weight)
    last = 2 * int(ks[-1])
    fails, squares, chosen = np.empty(last + 1), np.empty(last + 1), []
    for first, values in curve_blocks(rows[1], rows[0], last, BLOCK_K, rule):
        fail = 1.0 - values
        span = slice(first, first + fail.shape[1])
        fails[span], squares[span] = total @ fail, total @ fail**2
        drawn = ks[columns]
        chosen.append(fail[:, drawn[(drawn >= first) & (drawn < span.stop)] - first])
    at = np.concatenate(chosen, axis=1)
    sums = ks[columns][:, None] + ks[columns]
    return squares[ks] - fails[2 * ks], (at.T * total) @ at - fails[sums]


def _critical(covariance: Floats, replicates: int, confidence: float, seed: int) -> float:
    """Return the quantile of max-|t| of a normal vector, at least the normal quantile."""
    variance = np.diagonal(covariance)
    usable = variance > 0
    if not usable.any():
        return z_value(confidence)
    scale = np.sqrt(variance[usable])
    values, vectors = np.linalg.eigh(covariance[np.ix_(usable, usable)] / np.outer(scale, scale))
    # An unbiased estimate need not be a covariance: negative eigenvalues are noise about 0.
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    root /= np.maximum(np.sqrt((root**2).sum(axis=1, keepdims=True)), 1e-12)
    normal = np.random.default_rng([seed, 1]).standard_normal((replicates, len(values)))
    peaks = np.abs(normal @ root.T).max(axis=1)
    value = float(np.quantile(peaks, confidence, method="higher"))
    # Rounded far below Monte Carlo error: eigenvectors differ between machines.
    return max(round(value, 3), z_value(confidence))
