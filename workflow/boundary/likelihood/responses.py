"""Score the responses that one model sampled under another model."""

from __future__ import annotations

import polars as pl

from boundary.columns import ARM_KEY, FAULT
from boundary.engines import Engine
from boundary.errors import TableError
from boundary.jobs.sampling import Sampling
from boundary.origins import response_digests
from boundary.progress import meter
from boundary.prompts import fill

#: Responses handed to the engine at once.
CHUNK = 2048


def score_responses(
    engine: Engine,
    scorer: str,
    problems: pl.DataFrame,
    samples: pl.DataFrame,
    *,
    responses: int,
    sampling: Sampling,
) -> pl.DataFrame:
    """Score the first responses to every problem under the engine's model.

    Parameters
    ----------
    engine : Engine
        The scorer, loaded.
    scorer : str
        Its name.
    problems, samples : polars.DataFrame
        Tables of one arm.  Responses without outcome (``finish_reason`` error)
        are not scored.
    responses : int
        Samples with a smaller index are scored.
    sampling : Sampling
        The protocol under which the responses were sampled; its prompt is filled
        anew for each question.

    Returns
    -------
    polars.DataFrame
        The likelihoods table. ``perplexity`` is exp(−logprob_sum / n_tokens)
        under the scorer's raw distribution (temperature 1, nothing cut off),
        null for a response without tokens.

    Raises
    ------
    TableError
        When a response has no problem, or a problem lacks some of its first
        responses: the mean over what is there would be of something else.
    """
    rows = _first_responses(problems, samples, responses)
    totals: list[tuple[int, float]] = []
    source = samples["model"][0]
    with meter(f"score {source} under {scorer}", rows.height, "responses") as bar:
        for chunk in rows.iter_slices(CHUNK):
            scored = engine.score(
                [
                    fill(sampling.prompt, question, metadata)
                    for question, metadata in chunk.select("question", "metadata").iter_rows()
                ],
                chunk["response"].to_list(),
                (chunk["finish_reason"] == "stop").to_list(),
                sampling,
            )
            totals += scored
            bar.advance(chunk.height, sum(tokens for tokens, _ in scored))
    return rows.select(
        scorer=pl.lit(scorer),
        source_model="model",
        benchmark="benchmark",
        protocol="protocol",
        problem_id="problem_id",
        sample_index="sample_index",
        n_tokens=pl.Series([tokens for tokens, _ in totals], dtype=pl.Int64),
        logprob_sum=pl.Series([total for _, total in totals], dtype=pl.Float64),
    ).with_columns(
        perplexity=pl.when(pl.col("n_tokens") > 0).then(
            (-pl.col("logprob_sum") / pl.col("n_tokens")).exp()
        ),
        response_digest=response_digests(rows["response"]),
    )


def _first_responses(problems: pl.DataFrame, samples: pl.DataFrame, responses: int) -> pl.DataFrame:
    """Return the first samples of every problem with their questions, sorted."""
    if samples.is_empty():
        raise TableError("there are no responses to score: the sample table is empty.")
    keys = ["benchmark", "problem_id"]
    rows = samples.filter(pl.col("sample_index") < responses).join(
        problems.select(*keys, "question", "metadata"), on=keys, how="left", validate="m:1"
    )
    strange = rows.filter(pl.col("question").is_null()).select(keys)
    if not strange.is_empty():
        raise TableError(
            f"{strange.height} responses are to problems that the problem table lacks, first "
            f"{strange.row(0)}; give the table that they were sampled from."
        )
    # Unique indices below the limit: as many as the limit means that none is missing.
    arms = samples.select(ARM_KEY).unique()
    expected = arms.join(problems.select(keys), on="benchmark")
    held = rows.group_by("model", *keys, "protocol").len()
    short = (
        expected.join(held, on=["model", *keys, "protocol"], how="left")
        .filter(pl.col("len").fill_null(0) < responses)
        .sort("model", *keys, "protocol")
    )
    if not short.is_empty():
        raise TableError(
            f"{short.height} problems have fewer than the first {responses} responses, first "
            f"{short.select(keys).row(0)}; give every sample shard that holds them, or score fewer."
        )
    return rows.filter(pl.col("finish_reason") != FAULT).sort("problem_id", "sample_index")
