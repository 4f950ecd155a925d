"""Make the tables of what models completed of partial problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from boundary.analyses.parts import finished, part, write
from boundary.analyses.record import Options
from boundary.errors import TableError
from boundary.jobs.reading import ComparisonRow
from boundary.jobs.screen import ScreenedArm, ScreenTables
from boundary.meetings import read_scores
from boundary.screen_tables import COMPLETIONS
from boundary.store import provenance, read_table


@dataclass(frozen=True)
class ScreenInputs:
    """What such an analysis is given.

    Attributes
    ----------
    completions : polars.DataFrame
        COMPLETIONS of all arms, with their names.
    scores : polars.DataFrame
        A SCORES table of these arms.
    comparisons : sequence of ComparisonRow
        Those with a model that was screened.
    compared : polars.DataFrame
        A SCORES table of their arms.
    level : float
        At which a problem is flagged.
    bootstrap, confidence, k_max, min_n, decides
        As of `boundary.analyses.score_inputs.ScoreInputs`.
    """

    completions: pl.DataFrame
    scores: pl.DataFrame
    comparisons: Sequence[ComparisonRow]
    compared: pl.DataFrame
    level: float
    bootstrap: int
    confidence: float
    k_max: int | None = None
    min_n: int | None = None
    decides: str = "population"


def run(analysis: str, job: ScreenTables, options: Options, output: Path) -> None:
    """Make and write the tables of one analysis.

    Raises
    ------
    TableError
        When completions are of other problems than the scores.
    """
    scores = read_scores([Path(arm.scores) for arm in job.arms])
    inputs = ScreenInputs(
        pl.concat(_completions(arm, scores) for arm in job.arms),
        scores,
        job.comparisons,
        read_scores([Path(path) for path in job.compared]) if job.compared else scores,
        job.level,
        job.bootstrap,
        job.confidence,
        job.k_max,
        job.min_n,
        job.decides,
    )
    made = part(analysis, "compute").compute(inputs, options)
    by = provenance(spec=job.model_dump(mode="json", exclude_unset=True))
    write(analysis, finished(analysis, [made]), output, by)


def _completions(arm: ScreenedArm, scores: pl.DataFrame) -> pl.DataFrame:
    frame = read_table(Path(arm.completions), COMPLETIONS)
    counted = scores.filter(**arm.labels)["problem_id"]
    if {*frame["problem_id"]} != {*counted}:
        raise TableError(
            f"{arm.completions}: its problems are not those of {arm.scores}. Run screen again."
        )
    labels = {name: pl.lit(value) for name, value in arm.labels.items()}
    return frame.select(**labels, **{name: pl.col(name) for name in frame.columns})
