"""Scores of an imported arm, and those that count the verdicts of its file."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from boundary.columns import ARM_KEY
from boundary.comparison.side import PROTOCOL
from boundary.data.counts import UNKNOWN
from boundary.importers.collect import Arm
from boundary.tables import SCORES
from boundary.validating import confirm


@dataclass(frozen=True)
class Graded:
    """Scores of an arm, and how both graders meet.

    Attributes
    ----------
    scores : polars.DataFrame
        A SCORES table; ``correct_theirs`` where the file has a verdict of every trial.
    ours_only, theirs_only, judged : int
        Responses that only we, or only the file, call correct; and those that both judged.
    """

    scores: pl.DataFrame
    ours_only: int = 0
    theirs_only: int = 0
    judged: int = 0

    @property
    def disagreements(self) -> int:
        """Responses on which the two differ."""
        return self.ours_only + self.theirs_only


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
    return confirm(counted, SCORES, f"{arm.model} on {arm.benchmark}").sort(SCORES.key)


def _names(arm: Arm) -> list[pl.Expr]:
    values = (arm.model, arm.benchmark, PROTOCOL)
    return [pl.lit(value).alias(name) for name, value in zip(ARM_KEY, values, strict=True)]
