"""How many of k samples are right: draws from the n that there are, and fresh attempts.

Both distributions are single-peaked, and are worked out from their peak outwards by the
exact ratios of neighbours, so that what matters carries the fewest roundings.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from boundary.analysis.intervals import Floats, Integers


def drawn_correct(n: Integers, correct: Integers, k: int) -> Floats:
    """Return the chances that j of k samples drawn from n are correct, j = 0..k.

    Hypergeometric: k are drawn without order and without putting back.

    Parameters
    ----------
    n, correct : int64 arrays [P]
        Samples, at least k, and those of them that are correct.
    k : int

    Returns
    -------
    float64 array [P, k + 1]
    """
    hits, misses = correct[:, None].astype(np.float64), (n - correct)[:, None].astype(np.float64)

    def up(j: Floats) -> tuple[Floats, Floats]:
        return (hits - j) * (k - j), (j + 1) * (misses - k + j + 1)

    peak = (k + 1) * (correct + 1) // (n + 2)
    return _from_peak(
        up, np.clip(peak, np.maximum(0, k - (n - correct)), np.minimum(correct, k)), k
    )


def fresh_correct(n: Integers, correct: Integers, k: int) -> Floats:
    """Return the chances that j of k fresh samples are correct, from a flat prior, j = 0..k.

    Beta-binomial with parameters c + 1 and n − c + 1: the posterior predictive
    distribution of a rate of which n samples are known (Hariri et al. 2026).

    Parameters
    ----------
    n, correct : int64 arrays [P]
    k : int
        May exceed n.

    Returns
    -------
    float64 array [P, k + 1]
    """
    hits, misses = correct[:, None].astype(np.float64), (n - correct)[:, None].astype(np.float64)

    def up(j: Floats) -> tuple[Floats, Floats]:
        return (k - j) * (hits + 1 + j), (j + 1) * (misses + k - j)

    # Ratios are above 1 as long as j n < k c − (n − c).
    peak = -((n - correct - k * correct) // n)
    return _from_peak(up, np.clip(peak, 0, k), k)


def _from_peak(up: Callable[[Floats], tuple[Floats, Floats]], peak: Integers, k: int) -> Floats:
    """Return distributions from the ratios of neighbours.

    ``up`` returns numerator and denominator of the chance of j + 1 over that of j.
    """
    start, steps = peak[:, None], np.arange(k, dtype=np.float64)
    chances = np.zeros((len(peak), k + 1))
    np.put_along_axis(chances, start, 1.0, axis=1)
    for sign in (1, -1):
        place = start + sign * (np.arange(k) + 1)
        inside = (place >= 0) & (place <= k)
        above, below = up(np.where(sign > 0, start + steps, start - 1 - steps))
        if sign < 0:
            above, below = below, above
        possible = inside & (above > 0) & (below > 0)
        ratio = np.divide(above, below, out=np.zeros_like(chances[:, :k]), where=possible)
        terms = np.multiply.accumulate(ratio, axis=1)
        row, column = np.nonzero(inside)
        chances[row, place[row, column]] = terms[row, column]
    chances /= chances.sum(axis=1, keepdims=True)
    return chances
