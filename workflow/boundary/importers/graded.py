"""Scores of an imported arm, and those that count the verdicts of its file."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from boundary.columns import ARM_KEY
from boundary.comparison.side import PROTOCOL
from boundary.data.counts import UNKNOWN
from boundary.importers.collect import OF_PROBLEM, Arm
from boundary.strata import strata_texts
from boundary.tables import SCORES
from boundary.validating import check


@dataclass(frozen=True)
class Graded:
    """Scores of an arm, and how both graders meet.

    Attributes
    ----------
    scores : polars.DataFrame
        A SCORES table; ``correct_theirs`` where the file has a verdict of every trial.
    verdicts : dict or None
        As of `boundary.imported.disagreement`; None where the file has none to compare.
    """

    scores: pl.DataFrame
    verdicts: dict[str, int] | None = None


def scores_of_theirs(arm: Arm) -> pl.DataFrame:
    """Return the scores of an arm by the verdicts of its file.

    Parameters
    ----------
    arm : Arm
        With verdicts of all its trials.
    """
    counted = arm.counts.with_columns(
        *_names(arm), *(pl.lit(None, dtype=kind).alias(name) for name, kind in UNKNOWN.items())
    )
    if not counted["n_unset"].sum():
        counted = counted.drop("n_unset")
    if (asked := _asked(arm)) is not None:
        counted = counted.join(asked, on="problem_id", how="left", validate="1:1")
    return check(counted, SCORES, f"{arm.model} on {arm.benchmark}").sort(SCORES.key)


def _asked(arm: Arm) -> pl.DataFrame | None:
    """Return clusters and strata of an arm's problems; None where no metadata tell any."""
    columns = ["problem_id", *OF_PROBLEM]
    rows = [(name, *texts) for name, texts in arm.problems.items()]
    problems = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    if not problems["metadata"].count():
        return None
    from boundary.questions import question_clusters  # reads answers, which counts need not

    where = f"{arm.model} on {arm.benchmark}"
    asked = question_clusters(problems.with_columns(pl.col("question").fill_null("")), where)
    return asked.with_columns(strata_texts(problems["metadata"]))


def _names(arm: Arm) -> list[pl.Expr]:
    values = (arm.model, arm.benchmark, PROTOCOL)
    return [pl.lit(value).alias(name) for name, value in zip(ARM_KEY, values, strict=True)]
