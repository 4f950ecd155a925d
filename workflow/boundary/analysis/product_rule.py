"""The product rule: a problem of L steps, each solved at a rate p, is solved at p^L.

It holds where problems of one length are alike and their steps independent.  Problems that
differ in p break it upwards at great lengths, as the mean of powers is above the power of
the mean; errors that a model mends do so too, and lengths beyond what it has learned
downwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtrit

from boundary.analysis.intervals import Floats, Integers, clustered_se, unseen_share


@dataclass(frozen=True)
class StepRate:
    """The rate of one step, and what each problem has to do with it.

    Attributes
    ----------
    rate, low, high : float
        p with its interval.
    predicted : float64 array [M]
        p^L of each problem.
    influence : float64 array [M]
        By how much log p moves with each problem; they sum to 0.
    """

    rate: float
    low: float
    high: float
    predicted: Floats
    influence: Floats


def _pull(log_rate: float, lengths: Floats, shares: Floats) -> Floats:
    """Return the derivative of each problem's log-likelihood by log p, ``[M]``."""
    predicted = np.exp(log_rate * lengths)
    pull: Floats = lengths * (shares - predicted) / -np.expm1(log_rate * lengths)
    return pull


def _spread(values: Floats, cluster: Integers | None) -> float:
    """Return the standard error of a sum over problems, by clusters where there are any."""
    deviations = values - values.mean()
    if cluster is not None:
        return float(clustered_se(np.bincount(cluster, weights=deviations).astype(np.float64), 1))
    m = len(values)
    return float(np.sqrt((deviations**2).sum() * (m / (m - 1))))


def step_rate(
    lengths: Floats, shares: Floats, cluster: Integers | None, confidence: float
) -> StepRate:
    """Return the rate of a step by maximum likelihood, every problem of one weight.

    Its interval holds the rates at which the pulls of the problems sum to no more than
    t standard errors of that sum, estimated from the spread between problems or clusters.

    Parameters
    ----------
    lengths, shares : float64 arrays [M]
        Steps of each problem, and the share of its attempts that succeed.
    cluster : int64 array [M], optional
    confidence : float
    """
    units = len(lengths) if cluster is None else int(cluster.max()) + 1
    floor, ceiling = np.log(1e-12), np.log1p(-1e-9)
    t = float(stdtrit(units - 1, 0.5 + confidence / 2)) if units > 1 else np.inf

    def root(shift: float) -> float:
        def at(log_rate: float) -> float:
            pulls = _pull(log_rate, lengths, shares)
            lean = shift * _spread(pulls, cluster) if shift else 0.0
            return float(pulls.sum() + lean)

        if at(floor) <= 0:
            return 0.0
        if at(ceiling) >= 0:
            return 1.0
        return float(np.exp(brentq(at, floor, ceiling, xtol=1e-14)))

    rate = root(0.0)
    low, high = (0.0, 1.0) if units == 1 else (min(root(-t), rate), max(root(t), rate))
    if not 0 < rate < 1:
        # Nothing or everything was solved: what was not seen alone bounds the share that is.
        unseen = unseen_share(units, (1 - confidence) / 2)
        share = unseen if rate == 0 else 1 - unseen
        reach = brentq(lambda p: float((p**lengths).mean()) - share, 0.0, 1.0)
        low, high = (0.0, float(reach)) if rate == 0 else (float(reach), 1.0)
        return StepRate(rate, low, high, rate**lengths, np.zeros(len(lengths)))
    log_rate = float(np.log(rate))
    predicted = np.exp(log_rate * lengths)
    curvature = (lengths**2 * predicted * (1 - shares) / np.expm1(log_rate * lengths) ** 2).sum()
    influence = _pull(log_rate, lengths, shares) / curvature
    return StepRate(rate, low, high, predicted, influence)


def excess_at(
    rows: Integers, lengths: Floats, shares: Floats, fit: StepRate, cluster: Integers | None
) -> tuple[float, float, int]:
    """Return by how much some problems are solved more than the product rule says.

    Its standard error knows that p was fitted to the same problems: each moves the mean
    here, and the rate by which it is predicted.

    Parameters
    ----------
    rows : int64 array [G]
        The problems of one length.
    lengths, shares : float64 arrays [M]
        Of all problems.
    fit : StepRate
    cluster : int64 array [M], optional

    Returns
    -------
    mean, se : float
        Observed less predicted share; se is infinite with one independent problem.
    units : int
        Independent problems of this length.
    """
    gap = shares - fit.predicted
    mean = float(gap[rows].mean())
    moved = -float((lengths * fit.predicted)[rows].mean()) * fit.influence
    moved[rows] += (gap[rows] - mean) / len(rows)
    units = len(rows) if cluster is None else len(np.unique(cluster[rows]))
    return mean, _spread(moved, cluster) if units > 1 else math.inf, units
