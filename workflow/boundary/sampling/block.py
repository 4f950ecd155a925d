"""Sample one block: the same consecutive sample indices for every problem.

What an engine finishes is kept in a folder beside the output until the block is
whole (`boundary.sampling.parts`), so that a killed job loses what it drew since
the last write, and the rerun draws only what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from boundary.digests import digest, seed_of
from boundary.engines import Drawn, Engine, Request
from boundary.engines.registry import engine_record
from boundary.errors import InputError
from boundary.images import refuse_images
from boundary.jobs.making import SamplingJob
from boundary.jobs.sampling import PROMPT_KEYS, Sampling, filters_of
from boundary.origins import questions_digest
from boundary.progress import meter
from boundary.prompts import fill
from boundary.questions import question_digests
from boundary.sampling.parts import Parts, SampleRow
from boundary.store import provenance

#: Settings that a shard tells of itself, as guards and comparisons need them.
TOLD = ("temperature", "top_p", "max_tokens", "max_model_len", "stop", "samples_per_shard", "seed")
#: Seconds of work that a job may lose whose responses somebody pays for.
PAID_EVERY = 5.0
#: What makes up a prompt, of which a shard tells a digest; what ends a response is told as it is.
_PROMPT = PROMPT_KEYS - set(TOLD)


@dataclass(frozen=True)
class Item:
    """A problem as the engine sees it."""

    problem_id: str
    text: str
    prompt: tuple[int, ...]
    seed: int


def sample_block(
    engine: Engine,
    problems: pl.DataFrame,
    job: SamplingJob,
    output: Path,
    *,
    token_ids: bool = False,
) -> None:
    """Sample a block and write it; go on from what a killed job left.

    Parameters
    ----------
    engine : Engine
        The loaded model.
    problems : polars.DataFrame
        The problem table of the benchmark.
    job : SamplingJob
        What to sample.
    output : Path
        The shard.
    token_ids : bool
        Whether the sampled tokens are kept, which is no part of what a block is.

    Raises
    ------
    InputError
        When the benchmark has no problems.
    """
    items = block_items(engine, problems, job)
    parts = Parts(output, _key(items, job), engine.provenance())
    draw(engine, items, job, parts, token_ids=token_ids)
    by = provenance(
        **drawn_by(engine, items),
        sampling=settings_of(job.sampling),
        block=block_digest(job),
        inputs={"questions": questions_digest(of_benchmark(problems, job))},
    )
    parts.assemble({item.problem_id: job.sampling.samples_per_shard for item in items}, by)


def draw(
    engine: Engine, items: Sequence[Item], job: SamplingJob, parts: Parts, *, token_ids: bool
) -> None:
    """Draw what parts lack of the samples of some problems."""
    whole = len(items) * job.sampling.samples_per_shard
    what = f"sample {job.model} {job.benchmark} block {job.block}"
    if engine_record(job.sampling.engine).remote:
        parts.every = min(parts.every, PAID_EVERY)
    with meter(what, whole, "samples") as bar, parts:
        bar.advance(parts.rows, fresh=False)
        for drawn in engine.sample(_requests(items, job, parts), job.sampling):
            rows = [_row(items[one.request], one, job, token_ids=token_ids) for one in drawn]
            parts.add(rows)
            bar.advance(len(rows), sum(row["n_tokens"] for row in rows))
    if parts.rows != whole:
        raise AssertionError(f"the engine drew {parts.rows} of {whole}")


def drawn_by(engine: Engine, items: Sequence[Item]) -> dict[str, dict[str, str]]:
    """Return what a shard tells of the engine and of the prompts of all problems."""
    prompts = digest([[item.problem_id, item.text] for item in items])
    return {
        "sampled_by": engine.provenance() | {"prompts": prompts},
        "hardware": engine.hardware(),
    }


def block_items(engine: Engine, problems: pl.DataFrame, job: SamplingJob) -> list[Item]:
    """Fill and encode the prompt of every problem, in the order of their ids.

    Raises
    ------
    InputError
        When the benchmark has no problems, or the prompt shows one of them with its answer.
    """
    rows = of_benchmark(problems, job).sort("problem_id")
    if rows.is_empty():
        raise InputError(f"benchmark {job.benchmark!r} has no problems to sample.")
    refuse_images(rows, "sampling")
    _refuse_shown(rows, job)
    items = []
    for name, question, metadata in rows.select("problem_id", "question", "metadata").iter_rows():
        filled = fill(job.sampling.prompt, question, metadata)
        ids = tuple(engine.encode(filled, job.sampling))
        items.append(Item(name, engine.render(filled, job.sampling), ids, seed_of(job.seed, name)))
    return items


def _refuse_shown(problems: pl.DataFrame, job: SamplingJob) -> None:
    """Refuse worked examples that ask what a problem asks: their answers would be copied."""
    if not (shots := job.sampling.prompt.shots):
        return
    examples = question_digests(pl.Series([shot.question for shot in shots])).to_list()
    asked = zip(problems["problem_id"], question_digests(problems["question"]), strict=True)
    for name, question in asked:
        if question is not None and question in examples:
            raise InputError(
                f"benchmark {job.benchmark!r}: worked example {examples.index(question) + 1} of "
                f"the prompt of {job.protocol!r} is the problem {name!r}, whose answer a model "
                f"would copy. Take another example, or leave the problem out."
            )


def of_benchmark(problems: pl.DataFrame, job: SamplingJob) -> pl.DataFrame:
    """Return the problems that a job samples."""
    return problems.filter(pl.col("benchmark") == job.benchmark)


def settings_of(sampling: Sampling) -> dict[str, object]:
    """Return what a shard records of the settings of its spec: the prompt by its digest."""
    spec = sampling.spec()
    prompt = {key: value for key, value in spec.items() if key in _PROMPT}
    settings = {key: spec.get(key) for key in TOLD}
    return settings | filters_of(spec) | ({"prompt": digest(prompt)} if prompt else {})


def _requests(items: Sequence[Item], job: SamplingJob, parts: Parts) -> list[Request]:
    """Ask for every sample of every problem, and say which are there."""
    first = job.block * job.sampling.samples_per_shard
    done = parts.done()
    return [
        Request(
            item.prompt,
            item.seed,
            frozenset(index - first for index in done.get(item.problem_id, ())),
        )
        for item in items
    ]


def block_digest(job: SamplingJob) -> str:
    """Return what tells a block from all others, whichever problems a shard of it holds."""
    return digest(_made_of(job))


def _made_of(job: SamplingJob) -> dict[str, object]:
    """Return what is set of a job; how weights are loaded always is."""
    return {"loading": {}} | job.model_dump(mode="json", exclude_unset=True)


def _key(items: Sequence[Item], job: SamplingJob) -> str:
    """Digest the settings that decide the rows of a block."""
    what = [[item.problem_id, item.text, list(item.prompt), item.seed] for item in items]
    return digest({"block": _made_of(job), "items": what})


def _row(item: Item, drawn: Drawn, job: SamplingJob, *, token_ids: bool) -> SampleRow:
    response = drawn.response
    row: SampleRow = {
        "model": job.model,
        "benchmark": job.benchmark,
        "protocol": job.protocol,
        "problem_id": item.problem_id,
        "sample_index": job.block * job.sampling.samples_per_shard + drawn.sample,
        "seed": item.seed,
        "response": response.text,
        "n_tokens": response.n_tokens,
        "finish_reason": response.finish_reason,
        "logprob_sum": response.logprob_sum,
    }
    if token_ids or job.sampling.token_logprobs:
        row["token_ids"] = list(response.token_ids)
    if job.sampling.token_logprobs:
        row["logprobs"] = list(response.logprobs or ())
    if job.sampling.sampler is not None:
        row["tokens_drawn"] = response.tokens_drawn
        row["moves"], row["accepted"] = response.moves, response.accepted
    return row
