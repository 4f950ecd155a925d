"""What a model solves beyond its guess floor, and whether another solves more so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analyses.guess_floor.floor import influence
from boundary.analyses.guess_floor.guesses import Guesses
from boundary.analyses.guess_floor.tables import EXCESS_GAIN
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import (
    Floats,
    Integers,
    difference_interval,
    mean_and_se,
    z_value,
)
from boundary.jobs.reading import ArmKey, ComparedArms


class Solver(NamedTuple):
    """What one arm guesses and solves, kept until arms are compared.

    Attributes
    ----------
    arm : tuple of str
        Model, benchmark and protocol.
    problem_ids : list of str [M]
    guesses : Guesses
    n_min : int
        Samples of the problem that has fewest.
    ks : int64 array [K]
        As of `boundary.analysis.passk.few_ks`.
    solved : float64 array [M, K]
        pass@k of each problem.
    floor_flagged : bool array [K]
        Where the floor is too low to be trusted.
    """

    arm: ArmKey
    problem_ids: list[str]
    guesses: Guesses
    n_min: int
    ks: Integers
    solved: Floats
    floor_flagged: NDArray[np.bool_]


def interval_of(mean: Floats, se: Floats, units: int, confidence: float) -> tuple[Floats, Floats]:
    """Return the interval of an excess, or of a difference of two."""
    return difference_interval(
        mean, se, units, multiplier=z_value(confidence), miss=(1 - confidence) / 2
    )


def gains(
    solvers: Iterable[Solver], comparisons: Iterable[ComparedArms], confidence: float
) -> pl.DataFrame:
    """Return how much more the other model of each comparison solves beyond its floor.

    Both arms are taken on the problems that they share, each with a floor of its own
    answers to them, and the difference is paired by problem: problem j moves it by
    what it moves the other's excess by, less what it moves the base's by.

    Parameters
    ----------
    solvers : iterable of Solver
    comparisons : iterable of ComparedArms
        Those of arms without a floor, or that share fewer than two problems, are left out.
    confidence : float

    Returns
    -------
    polars.DataFrame
        EXCESS_GAIN.
    """
    by_arm = {each.arm: each for each in solvers}
    rows: list[Mapping[str, object]] = []
    for pair in comparisons:
        base, other = (by_arm.get(arm) for arm in pair.arms.values())
        rows += _gain(pair, base, other, confidence) if base and other else []
    return pl.DataFrame(rows, schema=column_types(EXCESS_GAIN))


def _gain(
    pair: ComparedArms, base: Solver, other: Solver, confidence: float
) -> list[Mapping[str, object]]:
    places = {name: place for place, name in enumerate(base.problem_ids)}
    shared = [(places[name], j) for j, name in enumerate(other.problem_ids) if name in places]
    if len(shared) < 2:
        return []
    ks = np.intersect1d(base.ks, other.ks)
    chosen = np.array(shared, dtype=np.int64).T
    (of_base, base_moved), (of_other, other_moved) = (
        _excess(side, places, ks) for side, places in zip((base, other), chosen, strict=True)
    )
    guesses = base.guesses.of(chosen[0])
    mean = of_other - of_base
    se = mean_and_se(other_moved - base_moved, guesses.cluster)[1]
    low, high = interval_of(mean, se, guesses.units, confidence)
    n_min = min(base.n_min, other.n_min)
    flagged = base.floor_flagged[np.isin(base.ks, ks)] | other.floor_flagged[np.isin(other.ks, ks)]
    names = pair.model_dump(include={"comparison", "base", "other", "benchmark", "protocol"})
    names["other_protocol"] = pair.other_protocol or pair.protocol
    columns = {
        "k": ks,
        "base_excess": of_base,
        "other_excess": of_other,
        "gain": mean,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "flagged": 2 * ks > n_min,
        "floor_flagged": flagged,
    }
    return [
        names | {"n_problems": len(shared), "n_min": n_min} | dict(zip(columns, row, strict=True))
        for row in zip(*(values.tolist() for values in columns.values()), strict=True)
    ]


def _excess(side: Solver, places: Integers, ks: Integers) -> tuple[Floats, Floats]:
    """Return the mean excess ``[K]`` and what each problem moves it by, ``[M, K]``."""
    floor, moved = influence(side.guesses.of(places), ks.astype(np.float64))
    solved = side.solved[places][:, np.isin(side.ks, ks)]
    mean = solved.mean(axis=0)
    return mean - floor, solved - mean - moved
