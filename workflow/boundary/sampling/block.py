"""Sample one block: the same consecutive sample indices for every problem.

The block is cut into micro-batches that depend on the block alone.  Each is
written as it is done into a folder beside the output, so that a killed job
loses one micro-batch at most, and the rerun draws only what is missing and
ends in the same rows.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from boundary.digests import digest, seed_of
from boundary.engines import Engine
from boundary.errors import InputError, TableError
from boundary.progress import meter
from boundary.prompts import render
from boundary.store import provenance, read_provenance, read_table, write_table
from boundary.tables import SAMPLES


@dataclass(frozen=True)
class Block:
    """What one block is made of, as its spec says.

    Attributes
    ----------
    model, benchmark, protocol : str
        Names for the rows.
    sampling : mapping
        Template, temperature, top_p, max_tokens, samples_per_shard, batch_size…
    block : int
        Its index; sample indices begin at block · samples_per_shard.
    seed : int
        Block seed; a problem's seed is H(block seed, problem_id).
    checkpoint : str
        Folder of the model.
    """

    model: str
    benchmark: str
    protocol: str
    sampling: Mapping[str, Any]
    block: int
    seed: int
    checkpoint: str

    @property
    def samples(self) -> int:
        """Samples per problem."""
        return int(self.sampling["samples_per_shard"])


@dataclass(frozen=True)
class Item:
    """A problem as the engine sees it."""

    problem_id: str
    prompt: str
    seed: int


def sample_block(
    engine: Engine, problems: pl.DataFrame, block: Block, output: Path
) -> pl.DataFrame:
    """Sample a block and write it; reuse the micro-batches that a killed job left.

    Parameters
    ----------
    engine : Engine
        The loaded model.
    problems : polars.DataFrame
        The problem table of the benchmark.
    block : Block
        What to sample.
    output : Path
        The shard; finished micro-batches stand in ``.{name}.parts/`` beside it
        until it is whole.

    Raises
    ------
    InputError
        When the benchmark has no problems.
    """
    problems = problems.filter(pl.col("benchmark") == block.benchmark)
    if problems.is_empty():
        raise InputError(f"benchmark {block.benchmark!r} has no problems to sample.")
    parts = output.with_name(f".{output.name}.parts")
    made_by = engine.provenance()
    batches = micro_batches(engine, problems, block)
    what = f"sample {block.model} {block.benchmark} block {block.block}"
    frames = []
    with meter(what, problems.height * block.samples, "samples") as bar:
        for i, batch in enumerate(batches):
            path = parts / f"{i:05d}.parquet"
            key = _key(batch, block, made_by)
            frame = _finished(path, key)
            fresh = frame is None
            if frame is None:
                frame = _rows(engine, batch, block)
                frame = write_table(frame, path, SAMPLES, provenance={"key": key})
            bar.advance(frame.height, int(frame["n_tokens"].sum()), fresh=fresh)
            frames.append(frame)
    whole = write_table(pl.concat(frames), output, SAMPLES, provenance=provenance(**made_by))
    shutil.rmtree(parts)
    return whole


def micro_batches(engine: Engine, problems: pl.DataFrame, block: Block) -> list[list[Item]]:
    """Group problems of similar prompt length; depends on the block alone.

    A batch ends early where the prompt length changes, if it is half full by
    then: a batch of one length needs no padding.
    """
    items = []
    template = str(block.sampling["template"])
    for problem_id, question in problems.select("problem_id", "question").iter_rows():
        prompt = render(template, question)
        item = Item(problem_id, prompt, seed_of(block.seed, problem_id))
        items.append((engine.prompt_tokens(prompt), problem_id, item))
    items.sort(key=lambda entry: entry[:2])
    size = max(1, int(block.sampling["batch_size"]) // block.samples)
    batches: list[list[Item]] = []
    previous = -1
    for length, _, item in items:
        room = size // 2 if length != previous else size
        if not batches or len(batches[-1]) >= max(1, room):
            batches.append([])
        batches[-1].append(item)
        previous = length
    return batches


def _key(batch: Sequence[Item], block: Block, made_by: Mapping[str, str]) -> str:
    """Digest everything that decides the rows of a micro-batch."""
    spec = {**block.__dict__, "sampling": dict(block.sampling)}
    items = [[item.problem_id, item.prompt, item.seed] for item in batch]
    return digest({"block": spec, "items": items, "by": dict(made_by)})


def _finished(path: Path, key: str) -> pl.DataFrame | None:
    """Return a micro-batch that an earlier job finished, if it is of this block."""
    if not path.exists():
        return None
    try:
        frame = read_table(path, SAMPLES)
        found = read_provenance(path).get("key")
    except TableError as error:
        print(f"{path} is left over and damaged, so it is sampled again: {error}", file=sys.stderr)
        return None
    if found != key:
        print(f"{path} is left over from other settings; it is sampled again.", file=sys.stderr)
        return None
    return frame


def _rows(engine: Engine, batch: Sequence[Item], block: Block) -> pl.DataFrame:
    responses = engine.sample(
        [item.prompt for item in batch], [item.seed for item in batch], block.sampling
    )
    first = block.block * block.samples
    rows = [
        {
            "model": block.model,
            "benchmark": block.benchmark,
            "protocol": block.protocol,
            "problem_id": item.problem_id,
            "sample_index": first + j,
            "seed": item.seed,
            "response": response.text,
            "n_tokens": response.n_tokens,
            "finish_reason": response.finish_reason,
            "logprob_sum": response.logprob_sum,
        }
        for item, drawn in zip(batch, responses, strict=True)
        for j, response in enumerate(drawn)
    ]
    return pl.DataFrame(rows)
