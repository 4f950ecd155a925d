"""Sample responses that two models write together, and say where the donor chose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from boundary.columns import ARM_KEY
from boundary.crossing.positions import ranked_positions, ranking_responses
from boundary.digests import seed_of
from boundary.engines import Filled, Request
from boundary.engines.transformers.engine import TransformersEngine
from boundary.engines.transformers.mixed import check_alike, sample_mixed
from boundary.errors import InputError, TableError
from boundary.images import refuse_images
from boundary.jobs.crossing import Setting, over_budget, settings_of, tokens_of
from boundary.jobs.making import CrossingJob
from boundary.progress import meter
from boundary.prompts import fill
from boundary.tables import SAMPLES

#: Responses scored at once.
CHUNK = 2048


def cross_sample(
    host: TransformersEngine,
    donor: TransformersEngine,
    problems: pl.DataFrame,
    samples: pl.DataFrame,
    verdicts: pl.DataFrame,
    job: CrossingJob,
    most_tokens: int | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sample every setting of one direction of a pair.

    Parameters
    ----------
    host, donor : TransformersEngine
        The two models, loaded.
    problems : polars.DataFrame
        The problem table.
    samples, verdicts : polars.DataFrame
        The donor's own samples of the benchmark, along which positions are ranked, and
        ``problem_id``, ``sample_index`` and ``correct`` of each.
    job : CrossingJob
        What to sample.
    most_tokens : int, optional
        A budget.

    Returns
    -------
    drawn : polars.DataFrame
        A SAMPLES table; sample ``i`` is of the setting ``i // responses`` of
        `boundary.jobs.crossing.settings_of`.
    positions : polars.DataFrame
        A CROSSED_POSITIONS table.

    Raises
    ------
    InputError
        When the two models cannot write together, or the budget is too small.
    TableError
        When the donor has no sample of a problem, or the samples are another arm's.
    """
    check_alike(host, donor)
    rows = problems.filter(pl.col("benchmark") == job.benchmark).sort("problem_id")
    refuse_images(rows, "cross-sampling")
    names = rows["problem_id"].to_list()
    _check_budget(len(names), job, most_tokens)
    _check_arm(samples, job)
    filled = {
        name: fill(job.sampling.prompt, question, metadata)
        for name, question, metadata in rows.select(
            "problem_id", "question", "metadata"
        ).iter_rows()
    }
    ranked_along = ranking_responses(samples, verdicts, names, job.responses)
    gains = _token_gains(host, donor, ranked_along, filled, job)
    positions = ranked_positions(gains, job.seed)
    return _drawn(host, donor, filled, positions, job), positions


def _check_budget(problems: int, job: CrossingJob, most_tokens: int | None) -> None:
    if not problems:
        raise InputError(f"benchmark {job.benchmark!r} has no problems to sample.")
    tokens = tokens_of(problems, job.positions, job.responses, job.sampling.max_tokens)
    if most_tokens is not None and tokens > most_tokens:
        raise InputError(over_budget(job.name, job.benchmark, tokens, most_tokens))


def _check_arm(samples: pl.DataFrame, job: CrossingJob) -> None:
    arm = job.donor.model, job.benchmark, job.protocol
    if strange := [
        one for one in samples.select(ARM_KEY).unique().sort(ARM_KEY).rows() if one != arm
    ]:
        raise TableError(
            f"the samples hold some of {' / '.join(strange[0])}, and positions are ranked along "
            f"those of the donor, {' / '.join(arm)}; give these alone."
        )


def _token_gains(
    host: TransformersEngine,
    donor: TransformersEngine,
    rows: pl.DataFrame,
    filled: dict[str, Filled],
    job: CrossingJob,
) -> pl.DataFrame:
    """Return ln π_donor − ln π_host of every token of the donor's responses."""
    types = {
        "position": pl.List(pl.Int64),
        "token": pl.List(pl.String),
        "gain": pl.List(pl.Float64),
    }
    frames = []
    with meter(f"score {job.donor.model} for {job.host.model}", rows.height, "responses") as bar:
        for chunk in rows.iter_slices(CHUNK):
            scored = host.rows(
                [filled[name] for name in chunk["problem_id"]],
                chunk["response"].to_list(),
                (chunk["finish_reason"] == "stop").to_list(),
                job.sampling,
            )
            theirs, mine = (engine.score(scored) for engine in (donor, host))
            by_token: dict[str, list[Any]] = {
                "position": [range(len(tail)) for _, tail in scored],
                "token": [[host.tokenizer.decode([token]) for token in tail] for _, tail in scored],
                "gain": [a.logprob - b.logprob for a, b in zip(theirs, mine, strict=True)],
            }
            columns = [pl.Series(name, by_token[name], types[name]) for name in types]
            responses = chunk.select("problem_id", "sample_index", "correct")
            # A response without tokens has no row.
            frames.append(responses.with_columns(columns).explode(*types).drop_nulls("position"))
            bar.advance(chunk.height, frames[-1].height)
    return pl.concat(frames)


def _places(setting: Setting, ranked: pl.DataFrame) -> list[int] | None:
    """Return the positions at which the donor chooses; None: all."""
    if setting.m is None:
        return None
    order = "random_rank" if setting.choice == "random" else "rank"
    return ranked.filter(pl.col(order) < setting.m)["position"].to_list()


def _drawn(
    host: TransformersEngine,
    donor: TransformersEngine,
    filled: dict[str, Filled],
    positions: pl.DataFrame,
    job: CrossingJob,
) -> pl.DataFrame:
    settings = settings_of(job.positions)
    ranked = positions.partition_by("problem_id", as_dict=True)
    nowhere = positions.clear()  # of a problem to which all the donor's responses are empty
    requests: list[Request] = []
    places: list[Sequence[int] | None] = []
    for name, prompt in filled.items():
        ids = tuple(host.encode(prompt, job.sampling))
        if ids != tuple(donor.encode(prompt, job.sampling)):
            raise InputError(
                f"cross-sampling: the two models read the prompt of problem {name!r} as different "
                f"tokens, as where their chat templates differ, and one response follows one "
                f"prompt. Compare them under a prompt that is text."
            )
        for setting in settings:
            # What a setting draws depends on no other one.
            requests.append(Request(ids, seed_of(job.seed, setting.choice, setting.m or 0, name)))
            places.append(_places(setting, ranked.get((name,), nowhere)))
    names = list(filled)
    drawn = []
    total = len(requests) * job.responses
    with meter(f"sample {job.name} {job.benchmark}", total, "samples") as bar:
        for batch in sample_mixed(host, donor, requests, places, job.sampling, job.responses):
            for request, sample, response in batch:
                problem, place = divmod(request, len(settings))
                drawn.append(
                    {
                        "model": job.name,
                        "benchmark": job.benchmark,
                        "protocol": job.protocol,
                        "problem_id": names[problem],
                        "sample_index": place * job.responses + sample,
                        "seed": requests[request].seed,
                        "response": response.text,
                        "n_tokens": response.n_tokens,
                        "finish_reason": response.finish_reason,
                        "logprob_sum": response.logprob_sum,
                    }
                )
            bar.advance(len(batch), sum(each.response.n_tokens for each in batch))
    types = {name: each.type for name, each in SAMPLES.columns.items() if name in drawn[0]}
    return pl.DataFrame(drawn, schema=types).sort("problem_id", "sample_index")
