"""Sample one block: the same consecutive sample indices for every problem.

What an engine finishes is kept in a folder beside the output until the block is
whole (`boundary.sampling.parts`), so that a killed job loses what it drew since
the last write, and the rerun draws only what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from boundary.digests import digest, seed_of
from boundary.engines import Drawn, Engine, Request
from boundary.errors import InputError
from boundary.origins import questions_digest
from boundary.progress import meter
from boundary.prompts import fill
from boundary.prompts.template import ChatPrompt, TextPrompt
from boundary.sampling.parts import Parts
from boundary.store import provenance

#: Settings that a shard tells of itself, as guards and comparisons need them.
TOLD = ("temperature", "top_p", "max_tokens", "max_model_len", "stop", "samples_per_shard", "seed")
#: What makes up a prompt, of which a shard tells a digest; what ends a response is told as it is.
_PROMPT = (TextPrompt.model_fields.keys() | ChatPrompt.model_fields.keys()) - set(TOLD)


@dataclass(frozen=True)
class Block:
    """What one block is made of, as its spec says.

    Attributes
    ----------
    model, benchmark, protocol : str
        Names for the rows.
    sampling : mapping
        Prompt, temperature, top_p, max_tokens, samples_per_shard, batch_size…
    block : int
        Its index; sample indices begin at block · samples_per_shard.
    seed : int
        Block seed; a problem's seed is H(block seed, problem_id).
    checkpoint : str
        Folder of the model.
    loading : mapping
        How the weights are loaded, where the study says.
    """

    model: str
    benchmark: str
    protocol: str
    sampling: Mapping[str, Any]
    block: int
    seed: int
    checkpoint: str
    loading: Mapping[str, str] = field(default_factory=dict)

    @property
    def samples(self) -> int:
        """Samples per problem."""
        return int(self.sampling["samples_per_shard"])


@dataclass(frozen=True)
class Item:
    """A problem as the engine sees it."""

    problem_id: str
    text: str
    prompt: tuple[int, ...]
    seed: int


def sample_block(engine: Engine, problems: pl.DataFrame, block: Block, output: Path) -> None:
    """Sample a block and write it; go on from what a killed job left.

    Parameters
    ----------
    engine : Engine
        The loaded model.
    problems : polars.DataFrame
        The problem table of the benchmark.
    block : Block
        What to sample.
    output : Path
        The shard.

    Raises
    ------
    InputError
        When the benchmark has no problems.
    """
    items = block_items(engine, problems, block)
    made_by = engine.provenance()
    prompts = digest([[item.problem_id, item.text] for item in items])
    parts = Parts(output, _key(items, block), made_by)
    what = f"sample {block.model} {block.benchmark} block {block.block}"
    with meter(what, len(items) * block.samples, "samples") as bar, parts:
        bar.advance(parts.rows, fresh=False)
        for drawn in engine.sample(_requests(items, block, parts), block.sampling):
            rows = [_row(items[one.request], one, block) for one in drawn]
            parts.add(rows)
            bar.advance(len(rows), sum(row["n_tokens"] for row in rows))
    if parts.rows != len(items) * block.samples:
        raise AssertionError(f"the engine drew {parts.rows} of {len(items) * block.samples}")
    by = provenance(
        sampled_by=made_by | {"prompts": prompts},
        hardware=engine.hardware(),
        sampling=settings_of(block.sampling),
        block=digest(block.__dict__),
        inputs={"questions": questions_digest(_of_benchmark(problems, block))},
    )
    parts.assemble({item.problem_id: block.samples for item in items}, by)


def block_items(engine: Engine, problems: pl.DataFrame, block: Block) -> list[Item]:
    """Fill and encode the prompt of every problem, in the order of their ids.

    Raises
    ------
    InputError
        When the benchmark has no problems.
    """
    rows = _of_benchmark(problems, block).sort("problem_id")
    if rows.is_empty():
        raise InputError(f"benchmark {block.benchmark!r} has no problems to sample.")
    items = []
    for name, question, metadata in rows.select("problem_id", "question", "metadata").iter_rows():
        filled = fill(block.sampling, question, metadata)
        ids = tuple(engine.encode(filled, block.sampling))
        items.append(Item(name, engine.render(filled), ids, seed_of(block.seed, name)))
    return items


def _of_benchmark(problems: pl.DataFrame, block: Block) -> pl.DataFrame:
    return problems.filter(pl.col("benchmark") == block.benchmark)


def settings_of(sampling: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a shard tells of the settings of its spec: the prompt by its digest."""
    prompt = {key: value for key, value in sampling.items() if key in _PROMPT}
    settings = {key: sampling.get(key) for key in TOLD}
    return settings | ({"prompt": digest(prompt)} if prompt else {})


def _requests(items: Sequence[Item], block: Block, parts: Parts) -> list[Request]:
    """Ask for every sample of every problem, and say which are there."""
    first = block.block * block.samples
    done = parts.done()
    return [
        Request(
            item.prompt,
            item.seed,
            frozenset(index - first for index in done.get(item.problem_id, ())),
        )
        for item in items
    ]


def _key(items: Sequence[Item], block: Block) -> str:
    """Digest the settings that decide the rows of a block."""
    what = [[item.problem_id, item.text, list(item.prompt), item.seed] for item in items]
    return digest({"block": block.__dict__, "items": what})


def _row(item: Item, drawn: Drawn, block: Block) -> dict[str, Any]:
    response = drawn.response
    row = {
        "model": block.model,
        "benchmark": block.benchmark,
        "protocol": block.protocol,
        "problem_id": item.problem_id,
        "sample_index": block.block * block.samples + drawn.sample,
        "seed": item.seed,
        "response": response.text,
        "n_tokens": response.n_tokens,
        "finish_reason": response.finish_reason,
        "logprob_sum": response.logprob_sum,
    }
    if block.sampling.get("token_logprobs"):
        row |= {
            "token_ids": list(response.token_ids or ()),
            "logprobs": list(response.logprobs or ()),
        }
    return row
