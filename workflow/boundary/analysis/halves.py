"""Exact expectations over all ways to choose half of a problem's samples.

Of n samples, c correct, a half of h without order holds J correct ones by the
hypergeometric law.  Nothing here is drawn at random.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.questions import distinct_columns

#: Counts of a half further from the mean than so many standard deviations, and as many more,
#: have a probability below double precision.
FAR = 10
#: Cells of probabilities held at once.
BLOCK = 2**20


def at_most(n: Integers, correct: Integers, half: Integers, most: Integers) -> Floats:
    """Return the probability that a half holds at most so many correct samples.

    Parameters
    ----------
    n, correct, half : int64 arrays [R]
        Samples, correct ones and the size of the half.
    most : int64 array [R, B]

    Returns
    -------
    float64 array [R, B]
    """
    if not most.size:
        return np.zeros(most.shape)
    distinct, place, _ = distinct_columns(np.stack([n, correct, half, *most.T]))
    (n, correct, half), most = distinct[:3], distinct[3:].T
    mean = half * correct / n
    spread = np.sqrt(mean * (n - correct) / n * (n - half) / np.maximum(n - 1, 1))
    reach = int(np.ceil(FAR * (spread.max(initial=0.0) + 1)))
    offsets = np.arange(-reach, reach + 1)
    parts, rows = [], max(1, BLOCK // len(offsets))
    for start in range(0, len(n), rows):
        of = slice(start, start + rows)
        hits = np.rint(mean[of])[:, None].astype(np.int64) + offsets
        chance = _chances(n[of, None], correct[of, None], half[of, None], hits)
        summed = np.concatenate([np.zeros((len(hits), 1)), np.cumsum(chance, axis=1)], axis=1)
        upto = np.clip(most[of] - hits[:, :1] + 1, 0, len(offsets))
        parts.append(np.take_along_axis(summed, upto, axis=1) / summed[:, -1:])
    return np.concatenate(parts)[place]


def _chances(n: Integers, correct: Integers, half: Integers, hits: Integers) -> Floats:
    """Return C(c, j)·C(n−c, h−j), up to a factor of each row, 0 where there is none."""
    least, most = np.maximum(0, half - (n - correct)), np.minimum(correct, half)
    inside = np.clip(hits, least, most)
    others = half - inside
    logs = -(
        gammaln(inside + 1)
        + gammaln(correct - inside + 1)
        + gammaln(others + 1)
        + gammaln(n - correct - others + 1)
    )
    values: Floats = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.where(hits == inside, values, 0.0)


def within(
    n: Integers, correct: Integers, half: Integers, edges: Integers
) -> tuple[Floats, Floats]:
    """Return how likely a half lies in each bin, and the correct samples that it holds there.

    Parameters
    ----------
    n, correct, half : int64 arrays [R]
    edges : int64 array [R, B + 1]
        A bin holds counts above its edge, up to the next.

    Returns
    -------
    chance : float64 array [R, B]
    correct_then : float64 array [R, B]
        E[J; bin], J the correct samples in the half.  As j·C(c, j) = c·C(c−1, j−1),
        it is h·c/n times the chance that a half of h − 1 of n − 1 samples, c − 1 of
        them correct, lies in the bin below by one.
    """
    chance = np.diff(at_most(n, correct, half, edges), axis=1)
    some = correct > 0
    rest = np.diff(at_most(n[some] - 1, correct[some] - 1, half[some] - 1, edges[some] - 1), axis=1)
    hits = np.zeros_like(chance)
    hits[some] = rest * (half * correct / n)[some, None]
    return chance, hits
