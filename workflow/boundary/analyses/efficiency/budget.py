"""How many samples of the model that is weaker at one sample are worth one of the other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from boundary.analysis.intervals import (
    ROUNDING,
    Floats,
    Integers,
    difference_interval,
    z_value,
)
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import curve_at, pass_at_each


@dataclass(frozen=True)
class Budget:
    """Samples of the weaker model with whose pass@k the stronger's pass@1 is reached.

    Attributes
    ----------
    weaker : str or None
        ``base`` or ``other``, whichever has the lower pass@1; None where both are equal.
    k : float or None
        Where the two meet, interpolated in log k; None up to the largest k looked at.
    low, high : float or None
        The last k at which the weaker model is surely behind, at least 1, and the first at
        which it is surely ahead, infinite where there is none.
    """

    weaker: str | None
    k: float | None
    low: float | None
    high: float | None


def budget(pair: Pair, k_max: int, confidence: float) -> Budget:
    """Return the budget of a pair.

    The interval inverts the pointwise test of pass@k of the weaker less pass@1 of the
    stronger model, paired by problem; the former rises with k, so that no correction
    for the number of k is needed.  Exchanging the models exchanges ``weaker`` alone.

    Parameters
    ----------
    pair : Pair
    k_max : int
        Largest k looked at.
    confidence : float
    """
    base, other = pair.sides
    once = [pass_at_each(arm.n, arm.correct, 1, arm.rule) for arm in (base, other)]
    apart = pair.questions.mean(once[0] - once[1]).mean()
    if abs(apart) <= ROUNDING:
        return Budget(None, None, None, None)
    weaker, stronger = (base, once[1]) if apart < 0 else (other, once[0])
    ks = np.arange(1, k_max + 1)
    ahead = curve_at(weaker.n, weaker.correct, ks, weaker.rule) - stronger[:, None]
    mean, se = pair.questions.mean_and_se(ahead)
    low, high = difference_interval(
        mean, se, pair.questions.units, multiplier=z_value(confidence), miss=1 - confidence
    )
    behind, beyond = np.flatnonzero(high < 0), np.flatnonzero(low > 0)
    return Budget(
        "base" if weaker is base else "other",
        _meeting(ks, mean),
        float(ks[behind[-1]]) if len(behind) else 1.0,
        float(ks[beyond[0]]) if len(beyond) else math.inf,
    )


def _meeting(ks: Integers, mean: Floats) -> float | None:
    """Return where a curve that starts below 0 reaches it, interpolated in log k."""
    reached = np.flatnonzero(mean >= 0)
    if not len(reached):
        return None
    right = int(reached[0])
    share = mean[right - 1] / (mean[right - 1] - mean[right])
    return math.exp(math.log(ks[right - 1]) + share * math.log(ks[right] / ks[right - 1]))
