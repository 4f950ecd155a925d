"""The law of log-odds of two models, fitted to their counts by maximum likelihood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.log_odds import Law, within_bounds
from boundary.analysis.questions import Profiles

#: Least and largest share of problems off the line.
LEAST_OFF, MOST_OFF = 0.001, 0.4
ROUNDS = 100
#: The fit ends when a round adds less than this to the logarithm of the likelihood.
ENOUGH = 1e-3


def fit_law(counts: Integers, x: Floats, y: Floats, times: Floats) -> Law:
    """Fit the law by maximum likelihood.

    Rounds of Berndt, Hall, Hall and Hausman (1974): a step along the scores,
    measured by their outer products, halved until the likelihood grows; the share
    off the line by the EM algorithm.  Of two beginnings the likelier end.

    Parameters
    ----------
    counts : int64 array [4, D]
        n and correct of the first, then of the second model.
    x, y : float64 arrays [D, G]
        Their cell likelihoods.
    times : float64 array [D]
        Problems with these counts.
    """
    fits = [_climb(law, x, y, times) for law in _firsts(counts, times)]
    return max(fits, key=lambda fit: fit[1])[0]


def _climb(law: Law, x: Floats, y: Floats, times: Floats) -> tuple[Law, float]:
    """Return the law to which rounds lead, and the logarithm of its likelihood."""
    seen = law.seen(x, y)
    height = float(times @ seen.logs)
    for _ in range(ROUNDS):
        off = float(np.clip(times @ (1 - seen.on_line) / times.sum(), LEAST_OFF, MOST_OFF))
        step = _step(law, law.scores(seen), times)
        for _ in range(10):
            higher = Law(within_bounds(law.theta + step), off)
            again = higher.seen(x, y)
            if (reached := float(times @ again.logs)) > height:
                break
            step /= 2
        else:
            break
        gained, law, seen, height = reached - height, higher, again, reached
        if gained < ENOUGH:
            break
    return law, height


def _firsts(counts: Integers, times: Floats) -> list[Law]:
    """Return laws to begin with, by logits with half a sample added.

    One with few problems off a wide line, one with many off a narrow line: from
    the first alone a narrow line is missed where many are.
    """
    (n, correct), (size, hits) = counts[:2], counts[2:]
    logits = [np.log((c + 0.5) / (m - c + 0.5)) for m, c in ((n, correct), (size, hits))]
    share = times / times.sum()
    means = [float(share @ each) for each in logits]
    apart = [each - mean for each, mean in zip(logits, means, strict=True)]
    spread = [max(float(share @ each**2), 0.1) ** 0.5 for each in apart]
    rho = np.clip(share @ (apart[0] * apart[1]) / (spread[0] * spread[1]), -0.9, 0.9)
    wide = np.array([*means, *np.log(spread), np.arctanh(rho)])
    narrow = np.append(wide[:4], np.copysign(2.0, wide[4]))
    return [Law(within_bounds(wide), 0.02), Law(within_bounds(narrow), 0.2)]


def _step(law: Law, scores: Floats, times: Floats) -> Floats:
    slope = times @ scores
    curve = (scores * times[:, None]).T @ scores + 1e-6 * times.sum() * np.eye(5)
    if law.bounded and slope[4] * law.theta[4] > 0:
        curve[4, :4], curve[:4, 4], slope[4] = 0.0, 0.0, 0.0
    step: Floats = np.linalg.solve(curve, slope)
    return step * min(1.0, 1.0 / float(np.abs(step).max() or 1.0))


def standard_errors(
    law: Law, x: Floats, y: Floats, profiles: Profiles, gradients: Floats
) -> Floats | None:
    """Return standard errors of functions of theta, robust to a wrong law.

    The sandwich of Huber (1967) over problems, and where clusters are known the
    larger of this and that over clusters.  A correlation at its bound is taken as
    given.

    Parameters
    ----------
    law : Law
    x, y : float64 arrays [R, G]
        Cell likelihoods of the rows of profiles.
    profiles : Profiles
    gradients : float64 array [F, 5]
        Derivatives of each function by theta.

    Returns
    -------
    float64 array [F] or None
        None where the likelihood is flat.
    """
    free = np.arange(4 if law.bounded else 5)
    rows = row_weights(profiles)
    curve = np.stack([_tilt(law, x, y, rows, place) for place in free.tolist()])[:, free]
    scores = profiles.mean(law.scores(law.seen(x, y))[:, free])
    try:
        influence = scores @ np.linalg.solve((curve + curve.T) / 2, gradients[:, free].T)
    except np.linalg.LinAlgError:
        return None
    clusters, m = profiles.units @ influence, profiles.m
    sums = [profiles.times @ influence**2 * m / (m - 1)]
    sums += [(clusters**2).sum(axis=0) * len(clusters) / (len(clusters) - 1)]
    variance: Floats = np.maximum(*sums)
    return np.sqrt(variance) if ((variance > 0) & (variance < np.inf)).all() else None


def row_weights(profiles: Profiles) -> Floats:
    """Return how many problems each row of profiles stands for, ``[R]``: parts of one of several.

    The likelihood of a problem of several rows is the geometric mean of theirs,
    so that copies of a row tell no more than the row.
    """
    return np.repeat(profiles.times, np.diff(profiles.starts)) * profiles.shares


def _tilt(law: Law, x: Floats, y: Floats, times: Floats, place: int, by: float = 1e-3) -> Floats:
    """Return the second derivatives of the log-likelihood by one parameter and each."""
    ends = []
    for sign in (1, -1):
        theta = law.theta.copy()
        theta[place] += sign * by
        moved = replace(law, theta=theta)
        ends.append(times @ moved.scores(moved.seen(x, y)))
    slope: Floats = (ends[0] - ends[1]) / (2 * by)
    return slope
