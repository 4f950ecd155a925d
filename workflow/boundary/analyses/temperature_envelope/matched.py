"""The temperature at which a model's answers are as diverse as another's."""

from __future__ import annotations

import numpy as np

from boundary.analysis.intervals import Floats
from boundary.analysis.questions import Questions

#: Steps of the temperatures between the ends of a grid at which the match is tested.
STEPS = 400


def matched_temperature(
    entropies: Floats, temperatures: Floats, target: Floats, questions: Questions, z: float
) -> tuple[float | None, float | None, float | None]:
    """Return where the mean entropy first reaches that of another model, and its interval.

    Entropies between two temperatures are interpolated, problem by problem.  The interval
    is every temperature at which the paired difference lies within z standard errors of 0;
    an end at an end of the grid is open.

    Parameters
    ----------
    entropies : float64 array [T, R]
        Of each problem at each temperature.
    temperatures : float64 array [T]
        Ascending.
    target : float64 array [R]
        Of the other model.
    questions : Questions
        Which rows are one problem.
    z : float

    Returns
    -------
    estimate, low, high : float, or None
        None, all three, where it is reached nowhere on the grid; None for open ends.
    """
    at = np.linspace(temperatures[0], temperatures[-1], STEPS + 1)
    upper = np.clip(np.searchsorted(temperatures, at), 1, len(temperatures) - 1)
    part = (at - temperatures[upper - 1]) / (temperatures[upper] - temperatures[upper - 1])
    between = entropies[upper - 1] * (1 - part)[:, None] + entropies[upper] * part[:, None]
    mean, se = questions.mean_and_se((between - target).T)
    crossing = np.flatnonzero((mean[:-1] <= 0) & (mean[1:] >= 0))
    if not len(crossing):
        return None, None, None
    i = crossing[0]
    rise = mean[i + 1] - mean[i]  # none where both are equal to the target
    estimate = at[i] - (at[i + 1] - at[i]) * (mean[i] / rise if rise else 0.0)
    kept = np.flatnonzero(np.abs(mean) <= z * se)
    low, high = min([i, *kept]), max([i + 1, *kept])
    return (
        float(estimate),
        None if low == 0 else float(at[low]),
        None if high == STEPS else float(at[high]),
    )
