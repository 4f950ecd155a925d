"""Score the responses that one model sampled under another model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from boundary.columns import ARM_KEY, FAULT
from boundary.engines import Engine
from boundary.engines.token_scores import Extras, Nucleus, Row, TokenScores
from boundary.errors import InputError, TableError
from boundary.images import refuse_images
from boundary.jobs.sampling import Sampling
from boundary.likelihood import statistics
from boundary.origins import response_digests
from boundary.progress import meter
from boundary.prompts import fill
from boundary.tables import LIKELIHOODS, TOKEN_SCORES

#: Distinct responses handed to the engine at once.
CHUNK = 2048


@dataclass(frozen=True)
class Scoring:
    """What is scored and what is kept of it.

    Attributes
    ----------
    scorer : str
        Name of the model under which responses are scored.
    samples : range
        Indices of the samples of each problem.
    sampling : Sampling
        The protocol under which they were sampled; its prompt is filled anew for
        each question.
    nuclei : tuple of Nucleus
        Samplers whose reach is asked for.
    tokens_of : int
        Samples with a smaller index keep what is said of each token.
    cut : bool
        Whether of a response longer than the scorer's context the beginning is
        scored; else it is an error.
    """

    scorer: str
    samples: range
    sampling: Sampling
    nuclei: tuple[Nucleus, ...] = ()
    tokens_of: int = 0
    cut: bool = True


def score_responses(
    engine: Engine, problems: pl.DataFrame, samples: pl.DataFrame, asked: Scoring
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Score responses to every problem under the engine's model.

    Equal responses to a problem are scored once.  Sampled token ids are scored
    where the samples have them and they are tokens of the scorer's vocabulary, that is
    where they decode to the response; else the text is tokenised.  The end of a response
    that stopped is the scorer's, where the source ends in a token at which the scorer goes on.

    Parameters
    ----------
    engine : Engine
        The scorer, loaded.
    problems, samples : polars.DataFrame
        Tables of one arm.  Responses without outcome (``finish_reason`` error)
        are not scored.
    asked : Scoring
        What is scored and what is kept.

    Returns
    -------
    likelihoods, token_scores : polars.DataFrame
        Tables LIKELIHOODS and TOKEN_SCORES.

    Raises
    ------
    TableError
        When a response has no problem, or a problem lacks some of the responses:
        the mean over what is there would be of something else.
    InputError
        When a response is longer than the scorer's context and none is cut, a
        prompt alone is, or the model's numbers are none.
    """
    refuse_images(problems, "scoring")
    rows = _responses(problems, samples, asked.samples)
    place, first = _distinct(rows)
    of_tokens = rows["sample_index"] < asked.tokens_of
    kept = sorted({number for number, keep in zip(place, of_tokens, strict=True) if keep})
    distinct = rows[first].with_columns(keep=pl.arange(len(first)).is_in(kept))
    parts, lists = [], []
    source = samples["model"][0]
    with meter(f"score {source} under {asked.scorer}", distinct.height, "responses") as bar:
        for chunk in distinct.iter_slices(CHUNK):
            scored, by_token = _score_chunk(engine, chunk, asked)
            parts.append(scored)
            lists.append(by_token)
            bar.advance(chunk.height, int(scored["n_tokens"].sum()))
    named = rows.select(
        "benchmark",
        "protocol",
        "problem_id",
        "sample_index",
        scorer=pl.lit(asked.scorer),
        source_model="model",
        sampled_tokens="n_tokens",
        sampled_logprob_sum="logprob_sum",
        response_bytes=pl.col("response").str.len_bytes().cast(pl.Int64),
        response_digest=response_digests(rows["response"]),
        vocabulary=pl.lit(engine.vocabulary),
    )
    at = {number: i for i, number in enumerate(kept)}
    likelihoods = named.hstack(pl.concat(parts)[place])
    token_scores = named.filter(of_tokens).hstack(
        pl.concat(lists)[[at[number] for number in pl.Series(place).filter(of_tokens)]]
    )
    return (
        likelihoods.select(name for name in LIKELIHOODS.columns if name != "correct"),
        token_scores.select(*TOKEN_SCORES.columns),
    )


def _distinct(rows: pl.DataFrame) -> tuple[list[int], list[int]]:
    """Return the number of each row's response, and the first row of each number."""
    numbers: dict[tuple[object, ...], int] = {}
    first: list[int] = []
    place: list[int] = []
    columns = rows.select("benchmark", "problem_id", "response", "stopped", "token_ids")
    for i, (*key_of_text, ids) in enumerate(columns.iter_rows()):
        key = (*key_of_text, None if ids is None else tuple(ids))
        if key not in numbers:
            numbers[key] = len(first)
            first.append(i)
        place.append(numbers[key])
    return place, first


def _score_chunk(
    engine: Engine, chunk: pl.DataFrame, asked: Scoring
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the sums of distinct responses, and the lists of those that keep them."""
    prompts = [
        fill(asked.sampling.prompt, question, metadata)
        for question, metadata in chunk.select("question", "metadata").iter_rows()
    ]
    texts, stopped = chunk["response"].to_list(), chunk["stopped"].to_list()
    as_text = engine.rows(prompts, texts, stopped, asked.sampling)
    ends = engine.ends(asked.sampling)
    sampled = [
        _sampled(engine, ids, tail, text, ends if ended else None)
        for (_, tail), text, ended, ids in zip(
            as_text, texts, stopped, chunk["token_ids"].to_list(), strict=True
        )
    ]
    rows: list[Row] = [
        (head, ids or tail) for (head, tail), ids in zip(as_text, sampled, strict=True)
    ]
    rows, left_out = _fitted(engine, rows, asked)
    scores = engine.score(rows, Extras(nuclei=asked.nuclei))
    # An overflowing logit leaves other tokens without probability, and no likeliest one.
    if any(_no_number(each) for each in scores):
        raise InputError(
            f"the probabilities of {asked.scorer!r} are not numbers with its dtype; take bfloat16 "
            f"or float32 in the study file (models.{asked.scorer}.dtype)."
        )
    summed = statistics.sums(scores, asked.nuclei).with_columns(
        left_out_tokens=pl.Series(left_out, dtype=pl.Int64)
    )
    kept = [i for i, keep in enumerate(chunk["keep"]) if keep]
    places = [None if sampled[i] else _token_ends(engine, texts[i], len(rows[i][1])) for i in kept]
    by_token = statistics.tokens([scores[i] for i in kept]).with_columns(
        token_ends=pl.Series(places, dtype=pl.List(pl.Int64))
    )
    return summed, by_token


def _sampled(
    engine: Engine,
    ids: list[int] | None,
    tail: Sequence[int],
    text: str,
    ends: Sequence[int] | None,
) -> list[int] | None:
    """Return sampled tokens as the scorer's, of a response that stopped with an end of its own.

    None where they are not known, are those of the text, or are others to the scorer.
    """
    if ids and ends is not None and ids[-1] not in ends:
        ids = [*ids[:-1], *tail[-1:]]
    if not ids or ids == list(tail) or engine.decode(ids) != text:
        return None
    return ids


def _no_number(scores: TokenScores) -> bool:
    """Whether some logit was no finite number."""
    top = scores.top_logprob
    return math.isnan(scores.total) or (top is not None and bool(np.isnan(top).any()))


def _fitted(engine: Engine, rows: Sequence[Row], asked: Scoring) -> tuple[list[Row], list[int]]:
    """Return rows that fit the scorer's context, and how many tokens of each do not."""
    room = engine.context(max(len(head) + len(tail) for head, tail in rows))
    over = [max(0, len(head) + len(tail) - room) for head, tail in rows]
    if any(over):
        prompt = max(len(head) for head, _ in rows)
        if prompt >= room:
            raise InputError(
                f"a prompt of {prompt:,} tokens leaves no room for a response in the {room:,} "
                f"tokens of the context of {asked.scorer!r}; leave the problem out, or the model "
                f"out of analyses.likelihood.models."
            )
        if not asked.cut:
            raise InputError(
                f"{sum(map(bool, over))} responses are longer than the context of "
                f"{asked.scorer!r}, {room:,} tokens, the longest by {max(over):,}; take "
                f"analyses.likelihood.too_long: cut to score their beginnings, or leave the "
                f"model out."
            )
    fitted = [
        (head, tail[: len(tail) - left]) for (head, tail), left in zip(rows, over, strict=True)
    ]
    return fitted, over


def _token_ends(engine: Engine, text: str, count: int) -> list[int] | None:
    """Return the character at which each scored token ends; an end token adds none."""
    ends = engine.token_ends(text)
    return None if ends is None else [*ends, *[len(text)] * (count - len(ends))][:count]


def _responses(problems: pl.DataFrame, samples: pl.DataFrame, indices: range) -> pl.DataFrame:
    """Return some samples of every problem with their questions, sorted."""
    if samples.is_empty():
        raise TableError("there are no responses to score: the sample table is empty.")
    keys = ["benchmark", "problem_id"]
    asked = pl.col("sample_index").is_between(indices.start, indices.stop, closed="left")
    rows = samples.filter(asked).join(
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
        .filter(pl.col("len").fill_null(0) < len(indices))
        .sort("model", *keys, "protocol")
    )
    if not short.is_empty():
        raise TableError(
            f"{short.height} problems have fewer than the {len(indices)} responses from index "
            f"{indices.start} on, first {short.select(keys).row(0)}; give every sample shard that "
            f"holds them, or score fewer."
        )
    rows = rows.with_columns(stopped=pl.col("finish_reason") == "stop")
    if "token_ids" not in rows.columns:
        rows = rows.with_columns(token_ids=pl.lit(None, pl.List(pl.Int64)))
    return rows.filter(pl.col("finish_reason") != FAULT).sort("problem_id", "sample_index")
