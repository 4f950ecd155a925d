"""pass@k at the best of several temperatures, each problem judged where others chose."""

from __future__ import annotations

import numpy as np

from boundary.analysis.intervals import Floats, Integers

#: Random halvings of the problems over which the choice is averaged.
SPLITS = 200
#: Problems (or clusters) below which a half is too few to choose by.
FEWEST = 8


def halves(units: int, seed: int) -> Floats:
    """Return which units stand in the first half of each split, ``[SPLITS, units]`` of 0 and 1."""
    rng = np.random.default_rng(seed)
    ranks = rng.permuted(np.tile(np.arange(units), (SPLITS, 1)), axis=1)
    first: Floats = (ranks < units // 2).astype(np.float64)
    return first


def crossfitted(values: Floats, first: Floats) -> Floats:
    """Return what each problem has at the temperature that the other half of them chooses.

    The best of several means on the problems that chose it is too high; on others it is
    not.  A half chooses less surely than all problems would, so that an envelope is
    rather too low.

    Parameters
    ----------
    values : float64 array [T, M, K]
        pass@k of each problem at each temperature.
    first : float64 array [S, M]
        1 where a problem stands in the first half of a split, 0 in the second.

    Returns
    -------
    float64 array [M, K]
        Means over the splits.
    """
    share = np.zeros_like(values)
    temperatures = np.arange(len(values))[:, None, None]
    for chooser, judged in ((first, 1 - first), (1 - first, first)):
        means = np.einsum("sm,tmk->tsk", chooser, values)
        chosen = means.argmax(axis=0) == temperatures  # [T, S, K]; of equals the coolest
        share += np.einsum("sm,tsk->tmk", judged, chosen.astype(np.float64))
    weighted: Floats = (share * values).sum(axis=0) / len(first)
    return weighted


def best(values: Floats) -> Integers:
    """Return which temperature all problems together choose at each k, ``[K]``."""
    chosen: Integers = values.mean(axis=1).argmax(axis=0).astype(np.int64)
    return chosen
