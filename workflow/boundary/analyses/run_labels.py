"""Make the tables of an analysis of what was said of chains of thought."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from boundary.analyses.parts import finished, part, write
from boundary.analyses.record import Options
from boundary.analysis.stopped import stops_early
from boundary.chain_tables import CHAIN_ITEMS, CHAIN_JUDGEMENTS, CHAIN_LABELS
from boundary.chains.outcome import with_outcomes
from boundary.columns import ARM_KEY
from boundary.jobs.chains import ChainCurves
from boundary.meetings import as_one, check_items, check_scores, solved_by
from boundary.store import provenance, read_table
from boundary.tables import SCORES


@dataclass(frozen=True)
class LabelInputs:
    """What such an analysis is given.

    Attributes
    ----------
    scores : polars.DataFrame
        A SCORES table of the arms whose chains were selected.
    chains : polars.DataFrame
        A CHAINS table: the selected responses, and what was said of each.
    judge : str
        Name of the language model that judged; empty when none did.
    confidence : float
    draws, min_n : int, optional
    """

    scores: pl.DataFrame
    chains: pl.DataFrame
    judge: str
    confidence: float
    draws: int | None
    min_n: int | None


def run(
    analysis: str, job: ChainCurves, items: Path, files: list[Path], options: Options, output: Path
) -> None:
    """Make and write the tables of one analysis.

    Parameters
    ----------
    analysis : str
    job : ChainCurves
        Judgements, labels and settings.
    items : Path
        The selected responses.
    files : list of Path
        The scores of their arms.
    options : Options
    output : Path
        Folder of the tables.

    Raises
    ------
    TableError
        When the responses were selected from others than the scores count.
    """
    judgements = read_table(Path(job.judgements), CHAIN_JUDGEMENTS) if job.judgements else None
    labels = read_table(Path(job.labels), CHAIN_LABELS) if job.labels else None
    selected = read_table(items, CHAIN_ITEMS)
    frames = {path: read_table(path, SCORES) for path in files}
    check_scores(frames)
    check_items(selected, items, frames)
    scores, chains = as_one(frames), with_outcomes(selected, judgements, labels)
    if stops_early(scores):  # pass@k by another count than that of correct is not worked out
        scores = scores.filter(pl.col("n_max").is_null().all().over(ARM_KEY))
        chains = chains.join(scores, on=ARM_KEY, how="semi")
    judge = "" if judgements is None or judgements.is_empty() else str(judgements["judge"][0])
    inputs = LabelInputs(
        scores,
        chains,
        judge,
        job.confidence,
        job.draws,
        job.min_n,
    )
    made = part(analysis, "compute").compute(inputs, options)
    by = provenance(
        spec=job.model_dump(mode="json", exclude_unset=True),
        judge=judge or None,
        solved=solved_by(scores),
    )
    write(analysis, finished(analysis, [made]), output, by)
