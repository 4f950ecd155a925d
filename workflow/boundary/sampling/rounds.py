"""Blocks whose rows other studies may have drawn: they are copied, and the rest is drawn.

A block is the same whoever draws it: its seeds follow from problem and sample, and what it is
made of stands in its shards.  So an arm that draws other problems of it than another study,
or all of them where that one drew some, takes from the other's shards what they hold, and
loads the model only for what lacks.  Shards of one arm stand in one folder and in those below.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import polars as pl

from boundary.digests import digest
from boundary.engines import Engine
from boundary.errors import InputError
from boundary.jobs.making import SamplingJob
from boundary.origins import ALL_QUESTIONS, questions_digest
from boundary.sampled_by import differences
from boundary.sampling.block import (
    block_digest,
    block_items,
    draw,
    drawn_by,
    of_benchmark,
    settings_of,
)
from boundary.sampling.parts import Parts
from boundary.store import GOING, Provenance, provenance, read_batches, read_provenance
from boundary.tables import SAMPLES

#: What a shard tells of what made it, beside its settings.
_TOLD = ("sampled_by", "hardware")


def siblings(arm: Path, job: SamplingJob, output: Path) -> list[Path]:
    """Return the other shards of an arm that hold rows of a block, the one of all problems first.

    Parameters
    ----------
    arm : Path
        The folder of the arm's shards.
    job : SamplingJob
        The block.
    output : Path
        The shard that is to be made of it.
    """
    name, made_of = f"{job.block:05d}.parquet", block_digest(job)
    paths = [arm / name, *sorted(arm.glob(f"*/{name}"))]
    paths = [path for path in paths if path != output and path.is_file()]
    return [path for path in paths if read_provenance(path).get("block") == made_of]


def sample_shared(
    load: Callable[[], Engine],
    problems: pl.DataFrame,
    jobs: Sequence[SamplingJob],
    outputs: Sequence[Path],
    arm: Path,
    going: Collection[str] | None = None,
    *,
    token_ids: bool = False,
) -> None:
    """Make shards of blocks of one arm, of rows that others drew and of rows that lack.

    No shard is there before all are whole: a job that is killed keeps what it has as parts,
    while Snakemake removes the outputs of a job that did not end.

    Parameters
    ----------
    load : callable
        Loads the model; not called where nothing lacks.
    problems : polars.DataFrame
        The problem table of the benchmark.
    jobs : sequence of SamplingJob
        The blocks.
    outputs : sequence of Path
        The shard of each.
    arm : Path
        The folder of the arm's shards.
    going : collection of str, optional
        Problems that are sampled; by default all.
    token_ids : bool
        Whether sampled tokens are kept.

    Raises
    ------
    InputError
        When the arm's shards were drawn by another engine than would draw the rest.
    """
    asked = of_benchmark(problems, jobs[0])
    names = asked["problem_id"].sort().to_list()
    if going is not None:
        names = sorted({*names} & {*going})
    source = _Source(load, arm, asked, jobs[0])
    shards = [_Shard(job, output, names, source) for job, output in zip(jobs, outputs, strict=True)]
    for shard in shards:
        shard.fill(token_ids)
    for shard in shards:
        shard.merge(None if going is None else len(names))
    for shard in shards:
        shard.parts.remove()


class _Source:
    """What draws the rows of an arm: its model, as long as needed, and what drew those there.

    Parameters
    ----------
    load : callable
    arm : Path
    asked : polars.DataFrame
        All problems of the benchmark.
    job : SamplingJob
        Any block of the arm.
    """

    def __init__(
        self, load: Callable[[], Engine], arm: Path, asked: pl.DataFrame, job: SamplingJob
    ) -> None:
        self._load, self.arm, self.asked, self._job = load, arm, asked, job

    @cached_property
    def engine(self) -> Engine:
        """The loaded model, which must be what drew the shards of the arm."""
        engine = self._load()
        now = drawn_by(engine, block_items(engine, self.asked, self._job))
        if unlike := differences(self._recorded.get("sampled_by", {}), now["sampled_by"]):
            raise InputError(
                f"{self.arm}: holds responses drawn by another engine than this "
                f"({', '.join(unlike.values())}), and those of one model must be drawn by one. Go "
                f"back to that version, or move the folder away to draw all anew."
            )
        self._now: Provenance = now
        return engine

    @cached_property
    def _recorded(self) -> Provenance:
        """What a shard of the arm tells of what drew it; nothing where none does."""
        for path in [
            *sorted(self.arm.glob("[0-9]*.parquet")),
            *sorted(self.arm.glob("*/*.parquet")),
        ]:
            told = read_provenance(path)
            if told.get("block") and told.get("sampled_by"):
                return {key: told.get(key, {}) for key in _TOLD}
        return {}

    @property
    def told(self) -> Provenance:
        """What drew the rows: of the loaded model, or where none is as the arm's shards tell."""
        if "engine" in self.__dict__ or not self._recorded:
            _ = self.engine
            return self._now
        return self._recorded

    @property
    def made_by(self) -> dict[str, str]:
        """The engine alone, by which parts of a killed job are told."""
        return {k: v for k, v in self.told["sampled_by"].items() if k != "prompts"}


class _Shard:
    """The parts of one block that is being made."""

    def __init__(
        self, job: SamplingJob, output: Path, names: Sequence[str], source: _Source
    ) -> None:
        self.job, self._names, self._source = job, names, source
        self.copied: dict[str, int] = {}
        questions = questions_digest(source.asked)
        key = digest({"block": block_digest(job), "problems": names, "questions": questions})
        self.parts = Parts(output, key, source.made_by)
        held: set[tuple[object, ...]] = set()
        for path in siblings(source.arm, job, output):
            told = read_provenance(path).get("sampled_by", {})
            if not differences(told, source.told["sampled_by"]):
                # Also what a killed job has copied before, so that the next tells the same.
                before = len(held)
                for rows in self._of_going(path):
                    self.parts.copy(rows)
                    held |= {*rows.select("problem_id", "sample_index").rows()}
                if len(held) > before:
                    self.copied[path.relative_to(source.arm).as_posix()] = len(held) - before

    def _of_going(self, path: Path) -> Iterator[pl.DataFrame]:
        for batch in read_batches(path, SAMPLES, columns=tuple(SAMPLES.columns)):
            yield batch.filter(pl.col("problem_id").is_in(self._names))

    def fill(self, token_ids: bool) -> None:
        """Draw what lacks."""
        if self.parts.rows < len(self._names) * self.job.sampling.samples_per_shard:
            engine, of = self._source.engine, pl.col("problem_id").is_in(self._names)
            items = block_items(engine, self._source.asked.filter(of), self.job)
            draw(engine, items, self.job, self.parts, token_ids=token_ids)

    def merge(self, going: int | None) -> None:
        """Write the shard; ``going`` says how many problems it should hold if not all."""
        questions = questions_digest(self._source.asked)
        by = provenance(
            **self._source.told,
            sampling=settings_of(self.job.sampling),
            block=block_digest(self.job),
            inputs={"questions" if going is None else ALL_QUESTIONS: questions},
            **({} if going is None else {GOING: going}),
            **({"copied": self.copied} if self.copied else {}),
        )
        self.parts.merge(dict.fromkeys(self._names, self.job.sampling.samples_per_shard), by)
