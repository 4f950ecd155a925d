"""Right answers of the known algorithm and accidents: how many of each, and how typical.

A right answer whose every step the verifier calls right follows the algorithm that its problem
asks for, wholly.  Any other, with wrong steps, none, or those of another algorithm, ends right by
accident.  z is that of `boundary.analyses.typicality`.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from boundary.analyses.phases.tables import ALL, DIFFICULTIES, PHASES
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analyses.typicality.compute import z_score
from boundary.analysis.frames import column_types
from boundary.analysis.holm import holm_adjusted
from boundary.analysis.intervals import Floats
from boundary.analysis.scored import GROUP, require, share_with_interval

PROBLEM = ["scorer", "benchmark", "protocol", "problem_id"]


def phases_table(likelihoods: pl.DataFrame, *, confidence: float = 0.95) -> pl.DataFrame:
    """Divide the right answers of each source by their steps, under each scorer.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table with ``correct``, ``chain_correct`` and sums of entropy and
        varentropy, null where the engine that scored has none.
    confidence : float

    Returns
    -------
    polars.DataFrame
        A PHASES table.  Difficulty is the share of the scorer's own scored responses to a problem
        that are right; given how many are right, which of them follow the algorithm tells
        nothing of the choice.  Every problem weighs the same among those with a response of the
        kind, and intervals are over them: the share as of `share_with_interval`, means of z and
        ``diff``, accidents less whole traces, by Student's t with the degrees of freedom of the
        fewer problems.  ``p_holm`` is of ``diff`` over all problems, adjusted over the rows of
        the table that are tested.

    Raises
    ------
    TableError
        When verdicts tell nothing of steps, or an earlier version scored.
    """
    require(likelihoods, ["top_tokens"], "phases", "z needs sums of entropies")
    ease = (
        likelihoods.filter(pl.col("scorer") == pl.col("source_model"))
        .group_by(PROBLEM)
        .agg(ease=pl.col("correct").mean())
    )
    labels = [*DIFFICULTIES]
    place = pl.sum_horizontal(
        (pl.col("ease") > most).cast(pl.Int64) for most in list(DIFFICULTIES.values())[:-1]
    )
    solving = (
        likelihoods.filter("correct")
        .join(ease, on=PROBLEM, how="inner")
        .with_columns(z=z_score(), place=place)
        .sort(*GROUP, "problem_id", "sample_index")
    )
    require(solving, ["chain_correct"], "phases", "right answers are told apart by their steps")
    rows, tested = [], []
    for key, group in solving.group_by(GROUP, maintain_order=True):
        parts = {ALL: group} | {labels[i]: group.filter(place=i) for i in range(len(labels))}
        for difficulty, part in parts.items():
            if part.height:
                row, p = _row(part, confidence)
                rows.append(dict(zip(GROUP, key, strict=True)) | {"difficulty": difficulty} | row)
                tested.append(p if difficulty == ALL else None)
    for row, p in zip(rows, holm_adjusted(tested), strict=True):
        row["p_holm"] = p
    return pl.DataFrame(rows, schema=column_types(PHASES))


def _row(solving: pl.DataFrame, confidence: float) -> tuple[dict[str, object], float | None]:
    """Return what the table says of some right answers, sorted, and p of a difference of z."""
    ids, problem = np.unique(solving["problem_id"].to_numpy(), return_inverse=True)
    whole = solving["chain_correct"].to_numpy().astype(np.float64)
    share, low, high = share_with_interval(
        np.bincount(problem, whole) / np.bincount(problem), np.ones(len(ids)), confidence
    )
    z = solving["z"].cast(pl.Float64).fill_null(math.nan).to_numpy()
    known = np.isfinite(z)
    row: dict[str, object] = {
        "n_problems": len(ids),
        "n_solving": solving.height,
        "n_whole": int(whole.sum()),
        **_named("whole", share, low, high),
        "n_without_z": int((~known).sum()),
    }
    means, moved, units = [], [], []
    for name, chosen in (("whole", whole == 1), ("accident", whole == 0)):
        mean, influence, m = _mean(z, problem, known & chosen, len(ids))
        means.append(mean)
        moved.append(influence)
        units.append(m)
        row |= {
            f"problems_{name}": m,
            **_named(f"z_{name}", *_by_t(mean, influence, m, confidence)),
        }
    diff, low_end, high_end = _by_t(
        means[1] - means[0], moved[1] - moved[0], min(units), confidence
    )
    se = math.sqrt(math.fsum((moved[1] - moved[0]) ** 2))
    p = None
    if low_end is not None and diff is not None:
        p = 2 * float(stdtr(min(units) - 1, -abs(diff) / se))
    return row | _named("diff", diff, low_end, high_end), p


def _mean(
    z: Floats, problem: NDArray[np.intp], chosen: NDArray[np.bool_], problems: int
) -> tuple[float, Floats, int]:
    """Return the mean over problems of their mean z, how each moves it, and how many they are.

    The squares of what moves it sum to the squared standard error of a mean of m, with m − 1.
    """
    sizes = np.bincount(problem[chosen], minlength=problems)
    there = sizes > 0
    m = int(there.sum())
    each = np.bincount(problem[chosen], z[chosen], problems)[there] / sizes[there]
    mean = float(each.mean()) if m else math.nan
    influence = np.zeros(problems)
    if m > 1:
        influence[there] = (each - mean) / math.sqrt(m * (m - 1))
    return mean, influence, m


def _by_t(
    value: float, influence: Floats, units: int, confidence: float
) -> tuple[float | None, float | None, float | None]:
    """Return a mean with its interval; None where there is none, and no ends without a spread."""
    se = math.sqrt(math.fsum(influence**2))
    if math.isnan(value):
        return None, None, None
    if units < 2 or se == 0:
        return value, None, None
    reach = float(stdtrit(units - 1, 0.5 + confidence / 2)) * se
    return value, value - reach, value + reach


def _named(
    name: str, value: float | None, low: float | None, high: float | None
) -> dict[str, float | None]:
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def compute(inputs: LikelihoodInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return right answers by whether their steps are right."""
    return {PHASES.name: phases_table(inputs.likelihoods, confidence=inputs.confidence)}
