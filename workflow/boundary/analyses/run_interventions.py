"""Make the tables of an analysis of what followed edited responses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from boundary.analyses.parts import finished, part, write
from boundary.analyses.record import Options
from boundary.columns import ARM_KEY
from boundary.errors import TableError
from boundary.jobs.interventions import IntervenedArm, InterventionTables
from boundary.jobs.shards import shard_paths
from boundary.meetings import read_pairs, read_scores
from boundary.store import provenance, read_table
from boundary.tables import EDITED


@dataclass(frozen=True)
class InterventionInputs:
    """What such an analysis is given.

    Attributes
    ----------
    trials : polars.DataFrame
        EDITED of all arms, with their names; of each the original's ``answer``, ``correct``
        and ``chain_correct`` (null where no verifier says it), ``implied`` filled in with the
        answer of a donor, and ``new_answer`` and ``new_correct`` of what followed.
    scores : polars.DataFrame
        A SCORES table of the arms.
    confidence : float
    """

    trials: pl.DataFrame
    scores: pl.DataFrame
    confidence: float


def run(analysis: str, job: InterventionTables, options: Options, output: Path) -> None:
    """Make and write the tables of one analysis.

    Raises
    ------
    TableError
        When two files are of different problems or responses.
    """
    inputs = InterventionInputs(
        pl.concat(map(_trials, job.arms)),
        read_scores([Path(arm.scores) for arm in job.arms]),
        job.confidence,
    )
    made = part(analysis, "compute").compute(inputs, options)
    by = provenance(spec=job.model_dump(mode="json", exclude_unset=True))
    write(analysis, finished(analysis, [made]), output, by)


def _trials(arm: IntervenedArm) -> pl.DataFrame:
    labels = {name: getattr(arm, name) for name in ARM_KEY}
    originals = _judged(arm, labels, shard_paths(arm.samples), shard_paths(arm.verdicts))
    followed = _judged(arm, labels, [Path(arm.edited)], [Path(arm.edited_verdicts)])
    edits = read_table(Path(arm.edits), EDITED)
    joined = (
        edits.join(
            originals.rename({"sample_index": "original"}),
            on=["problem_id", "original"],
            how="left",
            maintain_order="left",
        )
        .join(
            originals.select(
                donor_problem="problem_id", donor_sample="sample_index", of_donor="answer"
            ),
            on=["donor_problem", "donor_sample"],
            how="left",
            maintain_order="left",
        )
        .join(
            followed.select(
                "problem_id", "sample_index", new_answer="answer", new_correct="correct"
            ),
            on=["problem_id", "sample_index"],
            how="left",
            maintain_order="left",
        )
    )
    lost = joined.filter(
        pl.col("correct").is_null()
        | (pl.col("new_correct").is_null() & pl.col("excluded").is_null())
    )
    if lost.height:
        raise TableError(
            f"{arm.edits}: {lost.height} of its {joined.height} edits are of responses that "
            f"{arm.edited_verdicts} or the arm's own verdicts lack. Run intervene again."
        )
    return joined.with_columns(
        implied=pl.coalesce("implied", "of_donor"),
        **{name: pl.lit(value) for name, value in labels.items()},
    ).drop("of_donor")


def _judged(
    arm: IntervenedArm, labels: dict[str, str], samples: list[Path], verdicts: list[Path]
) -> pl.DataFrame:
    """Return what the verifier says of responses."""
    frames = []
    for _, rows in read_pairs(Path(arm.problems), samples, verdicts, labels):
        there = "chain_correct" in rows.columns
        chain = pl.col("chain_correct") if there else pl.lit(None, pl.Boolean)
        kept = ("problem_id", "sample_index", "answer", "correct")
        frames.append(rows.select(*kept, chain_correct=chain))
    return pl.concat(frames)
