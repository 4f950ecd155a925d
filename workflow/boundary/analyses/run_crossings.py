"""Make the tables of an analysis of what two models wrote together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from boundary.analyses.parts import finished, part, write
from boundary.analyses.record import Options
from boundary.jobs.crossing import CrossedArm, CrossingTables, direction, settings_of
from boundary.meetings import read_pairs, read_scores
from boundary.store import provenance, read_table
from boundary.tables import CROSSED_POSITIONS, PROBLEMS

_PAIR = ("comparison", "benchmark", "protocol", "host", "donor")


@dataclass(frozen=True)
class CrossingInputs:
    """What such an analysis is given.

    Attributes
    ----------
    trials : polars.DataFrame
        A row a comparison, benchmark, protocol, host, donor, ``problem_id`` and setting
        (``choice``, ``m``), with ``n`` responses, ``c`` of them correct, their ``tokens`` in
        all, and the ``family`` of the problem (null where none is named).
    positions : polars.DataFrame
        CROSSED_POSITIONS of all of them, with the same names and ``family``.
    scores : polars.DataFrame
        A SCORES table of each model alone, as the study counted it.
    bootstrap : int
        Replicates.
    confidence : float
    """

    trials: pl.DataFrame
    positions: pl.DataFrame
    scores: pl.DataFrame
    bootstrap: int
    confidence: float


def run(analysis: str, job: CrossingTables, options: Options, output: Path) -> None:
    """Make and write the tables of one analysis.

    Raises
    ------
    TableError
        When two files are of different problems or responses.
    """
    trials: list[pl.DataFrame] = []
    positions: list[pl.DataFrame] = []
    for arm in job.arms:
        families = _families(Path(arm.problems), arm.benchmark)
        names = {name: pl.lit(getattr(arm, name)) for name in _PAIR}
        ranked = read_table(Path(arm.positions), CROSSED_POSITIONS)
        for frames, rows in ((trials, _trials(arm, job)), (positions, ranked)):
            frames.append(rows.join(families, on="problem_id", how="left").with_columns(**names))
    scores = [path for arm in job.arms for path in (arm.host_scores, arm.donor_scores)]
    inputs = CrossingInputs(
        pl.concat(trials),
        pl.concat(positions),
        read_scores([Path(path) for path in dict.fromkeys(scores)]),
        job.bootstrap,
        job.confidence,
    )
    made = part(analysis, "compute").compute(inputs, options)
    by = provenance(spec=job.model_dump(mode="json", exclude_unset=True))
    write(analysis, finished(analysis, [made]), output, by)


def _families(problems: Path, benchmark: str) -> pl.DataFrame:
    rows = read_table(problems, PROBLEMS, columns=(*PROBLEMS.key, "metadata"))
    return rows.filter(benchmark=benchmark).select(
        "problem_id", family=pl.col("metadata").str.json_path_match("$.family")
    )


def _trials(arm: CrossedArm, job: CrossingTables) -> pl.DataFrame:
    """Count the responses to every problem in every setting."""
    labels = {
        "model": direction(arm.host, arm.donor),
        "benchmark": arm.benchmark,
        "protocol": arm.protocol,
    }
    ((rows, verdicts),) = read_pairs(
        Path(arm.problems), [Path(arm.samples)], [Path(arm.verdicts)], labels
    )
    settings = pl.DataFrame(
        [(i, *setting) for i, setting in enumerate(settings_of(job.positions))],
        schema={"setting": pl.Int64, "choice": pl.String, "m": pl.Int64},
        orient="row",
    )
    return (
        rows.join(
            verdicts.select("problem_id", "sample_index", "correct"),
            on=["problem_id", "sample_index"],
            how="left",
        )
        .group_by("problem_id", setting=pl.col("sample_index") // job.responses)
        .agg(
            n=pl.len().cast(pl.Int64),
            c=pl.col("correct").sum().cast(pl.Int64),
            tokens=pl.col("n_tokens").sum(),
        )
        .join(settings, on="setting", how="left", validate="m:1")
        .drop("setting")
        .sort("problem_id", "choice", "m")
    )
