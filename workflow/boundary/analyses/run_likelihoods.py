"""Make the tables of an analysis of log-probabilities, joined with verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from boundary.analyses.parts import finished, part, write
from boundary.analyses.record import Options
from boundary.jobs.reading import Perplexity
from boundary.jobs.shards import shard_paths
from boundary.likelihood.verdicts import with_verdicts
from boundary.meetings import read_likelihoods, read_verdicts
from boundary.store import provenance


@dataclass(frozen=True)
class LikelihoodInputs:
    """What such an analysis is given.

    Attributes
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table of all scorers and arms, with ``correct``.
    bootstrap : int
        Replicates.
    confidence : float
    temperature, top_p : float, optional
        Of the sampler that drew all responses; log-probabilities are at 1 and 1.
    """

    likelihoods: pl.DataFrame
    bootstrap: int
    confidence: float
    temperature: float | None
    top_p: float | None


def run(analysis: str, job: Perplexity, files: list[Path], options: Options, output: Path) -> None:
    """Make and write the tables of one analysis from likelihood tables and verdicts.

    Raises
    ------
    TableError
        When two files are of different responses.
    """
    judged = {
        (arm.model, arm.benchmark, arm.protocol): shard_paths(arm.verdicts) for arm in job.arms
    }
    verdicts = {
        arm: read_verdicts(paths, None, None, columns=("correct",)) for arm, paths in judged.items()
    }
    joined = with_verdicts(read_likelihoods(files, verdicts, judged), verdicts.items())
    inputs = LikelihoodInputs(joined, job.bootstrap, job.confidence, job.temperature, job.top_p)
    made = part(analysis, "compute").compute(inputs, options)
    by = provenance(spec=job.model_dump(mode="json", exclude_unset=True))
    write(analysis, finished(analysis, [made]), output, by)
