"""Make the tables of an analysis of log-probabilities, joined with verdicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import polars as pl

from boundary.allowed import GOLD
from boundary.analyses.parts import finished, part, write
from boundary.analyses.record import Options
from boundary.errors import InputError
from boundary.jobs.reading import GoldArm, Perplexity
from boundary.jobs.shards import shard_paths
from boundary.likelihood.gold import gold_samples
from boundary.likelihood.verdicts import JUDGED, with_verdicts
from boundary.meetings import read_likelihoods, read_pairs, read_verdicts
from boundary.store import provenance, read_table
from boundary.tables import PROBLEMS, TOKEN_SCORES, UNTESTED

#: What names a response.
RESPONSE_KEY = ("source_model", "benchmark", "protocol", "problem_id", "sample_index")


def _unread() -> pl.DataFrame:
    raise InputError(
        "--spec: this analysis reads texts; give `problems` and `samples` of each arm beside its "
        "`verdicts`, and token scores beside the likelihood tables."
    )


@dataclass(frozen=True)
class LikelihoodInputs:
    """What such an analysis is given.

    Attributes
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table of all scorers and arms, with ``correct``, and
        ``chain_correct`` where verdicts have it.
    bootstrap : int
        Replicates.
    confidence : float
    temperature, top_p : float, optional
        Of the sampler that drew all responses; log-probabilities are at 1 and 1.
    tokens : callable
        Returns a TOKEN_SCORES table of all scorers and arms, with ``correct``.
    texts : callable
        Returns the texts of the responses with token scores, where the analysis
        declares that it reads them: names, ``response``, ``answer`` (null: none)
        and ``question``.
    in_part : polars.DataFrame
        Rows as ``likelihoods`` of responses of which the beginning alone was scored, as
        they are longer than the scorer's context; no others have them.
    """

    likelihoods: pl.DataFrame
    bootstrap: int
    confidence: float
    temperature: float | None
    top_p: float | None
    tokens: Callable[[], pl.DataFrame] = _unread
    texts: Callable[[], pl.DataFrame] = _unread
    in_part: pl.DataFrame = field(default_factory=pl.DataFrame)


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
        arm: read_verdicts(paths, None, None, columns=JUDGED) for arm, paths in judged.items()
    }
    scored = read_likelihoods(files, verdicts, judged)
    of_gold = pl.col("source_model").eq(GOLD) if job.gold else pl.lit(False)
    # Nobody judges worked solutions: they are neither right nor wrong.
    joined = pl.concat(
        [with_verdicts(scored.filter(~of_gold), verdicts.items()), scored.filter(of_gold)],
        how="diagonal",
    )
    in_part = (
        pl.col("left_out_tokens") > 0 if "left_out_tokens" in joined.columns else pl.lit(False)
    )
    inputs = LikelihoodInputs(
        joined.filter(~in_part),
        job.bootstrap,
        job.confidence,
        job.temperature,
        job.top_p,
        in_part=joined.filter(in_part),
    )
    tokens = cache(lambda: _tokens(job, inputs.likelihoods))
    inputs = replace(inputs, tokens=tokens, texts=cache(lambda: _texts(job, tokens())))
    made = part(analysis, "compute").compute(inputs, options)
    by = provenance(spec=job.model_dump(mode="json", exclude_unset=True))
    write(analysis, finished(analysis, [made]), output, by)


def _tokens(job: Perplexity, likelihoods: pl.DataFrame) -> pl.DataFrame:
    """Return what was said of each token, with the verdicts of the likelihoods."""
    frames = [read_table(Path(path), TOKEN_SCORES) for path in job.token_scores()]
    keys = list(TOKEN_SCORES.key)
    verdicts = likelihoods.select(*keys, "correct")
    return pl.concat(frames).join(verdicts, on=keys, how="inner", maintain_order="left")


def _texts(job: Perplexity, tokens: pl.DataFrame) -> pl.DataFrame:
    """Return question, response and answer of the responses with token scores."""
    keys = [*RESPONSE_KEY]
    kept = tokens.select(keys).unique()
    frames = []
    for arm in job.arms:
        if arm.problems is None or arm.samples is None:
            return _unread()
        pairs = read_pairs(
            Path(arm.problems), shard_paths(arm.samples), shard_paths(arm.verdicts), arm.labels
        )
        questions = read_table(Path(arm.problems), PROBLEMS, columns=(*PROBLEMS.key, "question"))
        for samples, verdicts in pairs:
            answers = verdicts.select("problem_id", "sample_index", "answer")
            frames.append(
                samples.rename({"model": "source_model"})
                .select(*keys, "response")
                .join(kept, on=keys, how="semi")
                .join(answers, on=["problem_id", "sample_index"], how="left")
                .join(questions, on=["benchmark", "problem_id"], how="left")
            )
    frames += [_solutions(arm).join(kept, on=keys, how="semi") for arm in job.gold]
    return pl.concat(frames).sort(keys)


def _solutions(arm: GoldArm) -> pl.DataFrame:
    """Return the worked solutions of a benchmark with their questions, no answer marked."""
    problems = read_table(Path(arm.problems), PROBLEMS, columns=UNTESTED)
    return (
        gold_samples(problems, arm.benchmark, arm.protocol)
        .rename({"model": "source_model"})
        .select(*RESPONSE_KEY, "response", answer=pl.lit(None, pl.String))
        .join(
            problems.select("benchmark", "problem_id", "question"),
            on=["benchmark", "problem_id"],
            how="left",
        )
    )
