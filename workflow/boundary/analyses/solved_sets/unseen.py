"""What more samples would add: problems that an arm has not solved and would.

A problem of rate p is solved j times in n samples nearly as often as a Poisson variable of mean
np takes the value j, so that the numbers of problems solved once, twice, … tell how many would
be solved for the first time in n further samples (Good and Toulmin 1956).
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from scipy.special import betainc, stdtrit

from boundary.analyses.solved_sets.tables import UNSEEN
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats, Integers, difference_interval, z_value
from boundary.analysis.questions import Questions

#: Heads of so many tosses decide after which term the alternating series ends: of 5, 9 and 15
#: the one with the least spread; its bias is below 0.4 % of all problems (docs/statistics.md).
TOSSES = 5
#: Problems solved once or twice, and samples, below which the number is unreliable.
FEWEST_RARE, FEWEST_SAMPLES = 5, 8


def weights(correct: Integers) -> Floats:
    """Return what a problem that was solved so often adds to the number of new solves.

    (−1)^(j+1)·P(at least j heads in `TOSSES`): the series of Good and Toulmin at twice the
    samples, smoothed as by Efron and Thisted (1976, Biometrika 63, 435-447).
    """
    j = np.minimum(correct, TOSSES + 1)
    inside = (j >= 1) & (j <= TOSSES)
    safe = np.where(inside, j, 1).astype(np.float64)
    heads = betainc(safe, TOSSES - safe + 1, 0.5)
    value: Floats = np.where(inside, np.where(j % 2, 1.0, -1.0) * heads, 0.0)
    return value


def unseen_row(
    n: Integers, correct: Integers, questions: Questions, confidence: float
) -> pl.DataFrame:
    """Return what one arm would solve for the first time, without its names.

    Parameters
    ----------
    n, correct : int64 arrays [R]
    questions : Questions
    confidence : float
        Level of the intervals, which are over problems.

    Returns
    -------
    polars.DataFrame
        One row of UNSEEN.  ``new`` is the expected number of problems solved first in n
        further samples, null of single samples, which do not tell rare solves from sure ones.
        ``chao`` estimates a lower bound of the problems that the model can
        solve and has not (Chao 1987, Biometrics 43, 783-791, for n samples), by
        (n − 1)/n·Φ₁(Φ₁ − 1)/(2(Φ₂ + 1)), Φⱼ the number solved j times; its interval is Chao's,
        of a lognormal law, null where Φ₁ ≤ 1.  Neither exceeds what is unsolved.
    """
    m, units, n_min = questions.m, questions.units, int(n.min())
    unsolved, once, twice = (
        float(questions.mean((correct == j).astype(np.float64)).sum()) for j in (0, 1, 2)
    )
    added, error = (np.atleast_1d(x) for x in questions.mean_and_se(weights(correct)))
    t = float(stdtrit(max(units - 1, 1), 0.5 + confidence / 2))
    ends = difference_interval(added, error, units, multiplier=t, miss=1 - confidence)
    new, low, high = (min(max(0.0, m * float(x[0])), unsolved) for x in (added, *ends))
    part = (n_min - 1) / n_min
    chao = part * max(0.0, once * (once - 1)) / (2 * (twice + 1))
    slopes = part * (2 * once - 1) / (2 * (twice + 1)), -chao / (twice + 1)
    moves = slopes[0] * (correct == 1) + slopes[1] * (correct == 2)
    spread = chao + (m * float(questions.mean_and_se(moves)[1])) ** 2
    factor = None
    if chao > 0 and math.isfinite(spread):
        factor = math.exp(z_value(confidence) * math.sqrt(math.log1p(spread / chao**2)))
    alone = int(n.max()) == 1
    row = {
        "solved": m - unsolved,
        "once": once,
        "twice": twice,
        "new": None if alone else new,
        "new_low": None if alone else low,
        "new_high": None if alone else high,
        "unreliable": once + twice < FEWEST_RARE or n_min < FEWEST_SAMPLES,
        "chao": min(chao, unsolved),
        "chao_low": None if factor is None else min(chao / factor, unsolved),
        "chao_high": None if factor is None else min(chao * factor, unsolved),
        "n_problems": m,
        "n_min": n_min,
        "n_max": int(n.max()),
    }
    types = column_types(UNSEEN)
    return pl.DataFrame([row], schema={name: types[name] for name in row})
