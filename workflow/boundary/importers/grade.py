"""Imported responses graded by ours, beside the verdicts that their file carries."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from boundary.guards.reading import read_reduced
from boundary.imported import disagreement
from boundary.importers.collect import Arm
from boundary.importers.graded import Graded
from boundary.importers.problems import write_problems
from boundary.questions import without_blank
from boundary.scoring import score
from boundary.tables import IMPORTED_SAMPLES, SCORES, check
from boundary.verify.setting import Setting
from boundary.verify.stream import verify_files


def grade(arm: Arm, problems: pl.DataFrame, folder: Path, setting: Setting) -> Graded:
    """Grade the responses of an arm.

    Parameters
    ----------
    arm : Arm
        With shards of responses.
    problems : polars.DataFrame
        Its problems, with gold answers or tests.
    folder : Path
        Where the problem table goes.
    setting : Setting
        How verifiers work.

    Raises
    ------
    MachineError
        When programs are to be run and no sandbox is to be had.
    TableError
        When a gold answer is none.
    """
    path = folder / "problems.parquet"
    write_problems(problems, path)
    verdicts = verify_files(path, arm.shards, lambda kind: setting, table=IMPORTED_SAMPLES)
    rows = read_reduced(arm.shards, IMPORTED_SAMPLES)
    scores = score(without_blank(problems), rows, verdicts, unequal=True)
    scores = scores.with_columns(model=pl.lit(arm.model))
    if not arm.counts["n_unset"].sum():
        scores = scores.drop("n_unset")
    if arm.counts["correct"].null_count() or arm.theirs is None:
        return Graded(scores)
    theirs = arm.counts.select("problem_id", correct_theirs="correct")
    scores = scores.join(theirs, on="problem_id", how="left", validate="1:1")
    both = verdicts.select("problem_id", "sample_index", "correct").join(
        arm.theirs, on=["problem_id", "sample_index"], how="inner"
    )
    return Graded(
        check(scores, SCORES, f"{arm.model} on {arm.benchmark}").sort(SCORES.key),
        disagreement(both),
    )
