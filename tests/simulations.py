"""Pairs of arms from counts, as simulations and tests take them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from boundary.analysis.pairs import Pair
from boundary.analysis.questions import Questions
from boundary.simulate.populations import Integers

LABELS = {
    "comparison": "simulated",
    "base": "base",
    "other": "other",
    "benchmark": "problems",
    "protocol": "sampled",
    "other_protocol": "sampled",
}


def make_pair(base: Integers, other: Integers, n: int, cluster: Integers | None) -> Pair:
    """Return two arms with n samples of each problem."""
    m = len(base)
    size = np.full(m, n, dtype=np.int64)
    questions = Questions(np.arange(m, dtype=np.int64), cluster)
    return Pair(LABELS, [f"p{i:04d}" for i in range(m)], questions, size, base, size, other)


def exchanged(pair: Pair) -> Pair:
    """Return the pair with the counts of base and other exchanged."""
    return replace(
        pair,
        base_n=pair.other_n,
        base_correct=pair.other_correct,
        other_n=pair.base_n,
        other_correct=pair.base_correct,
    )
