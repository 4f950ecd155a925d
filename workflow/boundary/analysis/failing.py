"""The chance that k samples of a problem all fail, for blocks of consecutive k."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.stopped import orders


def failing(
    n: Integers, correct: Integers, k_stop: int, width: int, rule: Integers | None
) -> Iterator[tuple[int, Floats]]:
    """Yield the blocks of `boundary.analysis.passk.fail_blocks`, of no meaning where k > n.

    Parameters
    ----------
    n, correct : int64 arrays [P]
    k_stop : int
        Last k.
    width : int
        Values of k in a block.
    rule : int64 array [4, P], optional
        See `boundary.analysis.stopped`.
    """
    if rule is not None:
        made = orders(n, correct, rule)
        blocks = _products(made.n, made.correct, made.looked, k_stop, width)
        if not rule[3].any():
            yield from ((first, made.weights @ values) for first, values in blocks)
            return
        wrong = _products(n - correct, rule[3], None, k_stop, width)
        for (first, values), (_, among) in zip(blocks, wrong, strict=True):
            yield first, (made.weights @ values) * among
    else:
        yield from _products(n, correct, None, k_stop, width)


def _products(
    n: Integers, correct: Integers, looked: Integers | None, k_stop: int, width: int
) -> Iterator[tuple[int, Floats]]:
    """Yield fail(k) = fail(k−1)·(n−c−k+1)/(n−k+1), whose ratios are 1 up to ``looked``."""
    size, misses = n[:, None].astype(np.float64), (n - correct)[:, None].astype(np.float64)
    if n.size and n.min() == n.max():
        size = size[:1]  # one denominator serves all rows
    fail = np.ones(len(n))
    for first in range(1, k_stop + 1, width):
        k = np.arange(first, min(first + width, k_stop + 1), dtype=np.float64)
        # The numerator is exactly 0 at k = n−c+1, so that all later products stay 0.
        values = misses - (k - 1)
        values /= np.maximum(size - (k - 1), 1.0)
        if looked is not None:
            values[k <= looked[:, None]] = 1.0
        values[:, 0] *= fail
        np.multiply.accumulate(values, axis=1, out=values)
        fail = values[:, -1].copy()
        yield first, values
