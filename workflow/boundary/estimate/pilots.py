"""What finished blocks and resolved models show: lengths, bytes, seconds, sizes."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from boundary.config.model import GIVEN
from boundary.errors import InputError, TableError
from boundary.plan import Arm, Plan

#: Share of a job's time that its start may take in the estimate of a speed.
LONGEST_START = 0.9


@dataclass(frozen=True)
class PilotBlock:
    """A finished block.

    Attributes
    ----------
    responses, tokens, drawn, bytes : int
        What it holds, and tokens drawn for it, which are more where a sampler proposes
        responses; bytes are those of the shard and of its verdicts.
    seconds : float or None
        Time of the job that finished it; None when it was not measured.
    """

    responses: int
    tokens: int
    drawn: int
    bytes: int
    seconds: float | None


@dataclass(frozen=True)
class Finished:
    """The finished blocks of an arm: at least one."""

    blocks: list[PilotBlock]

    @property
    def responses(self) -> int:
        """Responses in all."""
        return sum(block.responses for block in self.blocks)

    @property
    def tokens(self) -> int:
        """Tokens in all."""
        return sum(block.tokens for block in self.blocks)

    @property
    def drawn(self) -> float:
        """Tokens drawn for each that the responses hold."""
        return sum(block.drawn for block in self.blocks) / max(1, self.tokens)

    @property
    def bytes(self) -> int:
        """Bytes on disk in all."""
        return sum(block.bytes for block in self.blocks)

    @property
    def mean_tokens(self) -> float:
        """Mean tokens of a response."""
        return self.tokens / self.responses

    @property
    def timed(self) -> list[tuple[PilotBlock, float]]:
        """Blocks whose job was timed, with their seconds."""
        return [(b, b.seconds) for b in self.blocks if b.seconds is not None]

    def speed(self, start_up: float) -> float | None:
        """Return tokens per second of a job once it has started; None when nothing was timed.

        The median of the blocks: a resumed job is timed from where it resumed,
        and so looks faster than it was.
        """
        rates = [b.drawn / (s - min(start_up, LONGEST_START * s)) for b, s in self.timed if s > 0]
        return statistics.median(rates) if rates else None


def finished(arm: Arm) -> Finished | None:
    """Read the finished blocks of an arm; None when there is none.

    Raises
    ------
    TableError
        When a shard cannot be read.
    InputError
        When a time that Snakemake measured cannot be read.
    """
    pairs = zip(arm.samples(arm.n_each), arm.verdicts(arm.n_each), strict=True)
    blocks = [_block(Path(s), Path(v), arm) for s, v in pairs if Path(s).is_file()]
    return Finished(blocks) if sum(block.responses for block in blocks) else None


def _block(shard: Path, verdicts: Path, arm: Arm) -> PilotBlock:
    try:
        frame = pl.scan_parquet(shard, glob=False, hive_partitioning=False)
        columns = frame.collect_schema().names()
        of = "tokens_drawn" if "tokens_drawn" in columns else "n_tokens"
        sums = frame.select(pl.len(), pl.col("n_tokens").sum(), drawn=pl.col(of).sum())
        count, tokens, drawn = sums.collect().row(0)
    except pl.exceptions.PolarsError as error:
        raise TableError(
            f"{shard}: cannot be read ({str(error).splitlines()[0]}). Move it away, and it "
            f"is sampled again."
        ) from None
    size = shard.stat().st_size + (verdicts.stat().st_size if verdicts.is_file() else 0)
    timing = Path("results/benchmarks/samples") / arm.folder / f"{shard.stem}.jsonl"
    return PilotBlock(count, tokens, drawn, size, seconds(timing))


def seconds(timing: Path) -> float | None:
    """Return the seconds that Snakemake measured of a job; None when there is no such file.

    Raises
    ------
    InputError
        When the file holds something else.
    """
    if not timing.is_file():
        return None
    try:
        return float(json.loads(timing.read_text(encoding="utf-8").splitlines()[-1])["s"])
    except (ValueError, KeyError, IndexError, TypeError):
        raise InputError(
            f"{timing}: is no benchmark of Snakemake. Move it away; the estimate then goes "
            f"without the time of this job."
        ) from None


def counted_rows(arm: Arm) -> int | None:
    """Return how many problems the table of an arm has; None when it is not made yet."""
    path = Path(arm.problems)
    if not path.is_file():
        return None
    try:
        frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        return int(frame.select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise TableError(
            f"{path}: cannot be read ({str(error).splitlines()[0]}). Move it away, and it is "
            f"made again."
        ) from None


@dataclass(frozen=True)
class KnownWeights:
    """What is known of a model's weights; None where nobody knows.

    Attributes
    ----------
    parameters, bytes : int or None
        Numbers in the weights, and what all files of the model take.
    """

    parameters: int | None = None
    bytes: int | None = None


def resolved(plan: Plan, model: str) -> KnownWeights:
    """Return what is known of a model's weights from where they were resolved.

    Raises
    ------
    InputError
        When its description is no JSON object.
    """
    path = Path(plan.model_file(model))
    if plan.study.models[model].kind in ("lab", *GIVEN) or not path.is_file():
        return KnownWeights()
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        description = None
    if not isinstance(description, dict):
        raise InputError(
            f"{path}: is no JSON object. Move it away, and the model is brought again."
        )
    parameters, files = description.get("parameters"), description.get("files")
    return KnownWeights(
        parameters if isinstance(parameters, int) else None,
        sum(files.values()) if isinstance(files, dict) else None,
    )
