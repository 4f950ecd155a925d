"""What it costs to solve a problem, its samples taken in random order until one is right.

k samples of a model with long responses cost more than k of one with short ones.  Taken in
random order until a budget is spent, a problem is solved where a right sample ends within it.
The cost of the first right sample is drawn for `ORDERS` orders of all n samples: independent
uniform times order them, those before the earliest right one are paid, and it.  Orders are
seeded by the problem's name and samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundary.analysis.bootstrap import content_seed
from boundary.analysis.intervals import Floats, Integers

#: Orders of a problem's samples.  Over M problems they add at most 0.5/√(64 M) to the error
#: of a mean, a sixth of what problems themselves add to a share of one half.
ORDERS = 64


def first_costs(problem: str, tokens: Integers, correct: NDArray[np.bool_]) -> Floats:
    """Return the tokens up to the end of the first right sample, by order.

    Parameters
    ----------
    problem : str
        Its name, without which problems of equal samples would have equal errors.
    tokens : int64 array [n]
    correct : bool array [n]

    Returns
    -------
    float64 array [ORDERS]
        Infinite where no sample is right.
    """
    if not correct.any():
        return np.full(ORDERS, np.inf)
    tokens = np.concatenate([np.sort(tokens[~correct]), np.sort(tokens[correct])])
    correct = np.sort(correct)
    named = np.frombuffer(problem.encode(), dtype=np.uint8)
    times = np.random.default_rng(content_seed(named, tokens, correct)).random(
        (ORDERS, len(tokens))
    )
    wrong = int((~correct).sum())
    winner = times[:, wrong:].argmin(axis=1)
    earliest = times[np.arange(ORDERS), wrong + winner]
    before: Floats = (times[:, :wrong] < earliest[:, None]) @ tokens[:wrong].astype(np.float64)
    before += tokens[wrong:][winner]
    return before
