"""Chances of the votes that an answer has among k samples, for many answers at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import xlog1py, xlogy

from boundary.analysis.combinations import log_choose
from boundary.analysis.intervals import Floats, Integers

#: Standard deviations, and votes, beyond which a binomial has less than matters.
REACH = 6.0


class VoteLaw(NamedTuple):
    """Chances of votes: a row for each m of n samples, a column for each number from `start`.

    `start` and `m` are int64 [M], `binomial` and `tail` float64 [M, W]: the chance of as many
    votes by independent draws, and of as many or more by k draws without putting back.
    """

    m: Integers
    start: Integers
    binomial: Floats
    tail: Floats

    @classmethod
    def of(cls, m: Integers, n: Integers, k: int) -> VoteLaw:
        """Work the chances out."""
        p, far = k / n, reach(m, k / n)
        start = np.maximum(m * p - far, 0).astype(np.int64)
        stop = np.minimum(np.ceil(m * p + far).astype(np.int64), np.minimum(m, k))
        j = start[:, None] + np.arange((stop - start).max() + 1)
        all_m, all_n, all_p = m[:, None], n[:, None], p[:, None]
        ways = log_choose(all_m, j)
        drawn = ways + log_choose(all_n - all_m, k - j) - log_choose(all_n, np.array(k))
        independent = ways + xlogy(j, all_p) + xlog1py(np.maximum(all_m - j, 0), -all_p)
        tail = np.cumsum(np.exp(drawn)[:, ::-1], axis=1)[:, ::-1]
        return cls(m, start, np.exp(independent), tail)

    def at_least(self, row: Integers, votes: Integers) -> Floats:
        """Return the chances of as many votes or more by draws without putting back."""
        place, width = np.maximum(votes - self.start[row], 0), self.tail.shape[1]
        chances: Floats = self.tail[row, np.minimum(place, width - 1)]
        return np.where(place < width, chances, 0.0)


def reach(m: Integers, p: Floats) -> Floats:
    """Return how far from its mean a binomial has what matters."""
    far: Floats = REACH * np.sqrt(m * p * (1 - p)) + REACH
    return far
