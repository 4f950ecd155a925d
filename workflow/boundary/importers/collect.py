"""From rows of importers to one arm a model and benchmark: shards of samples, or counts.

Responses are written as they come, so that memory does not grow with them; what
is kept of a trial is its verdict, of a problem its texts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from boundary.columns import FAULT
from boundary.comparison.side import PROTOCOL
from boundary.errors import InputError
from boundary.importers.columns import COUNTS, TRIALS, Batch, brief, complete
from boundary.importers.record import Offer, Tally
from boundary.stopping import STOPPING
from boundary.used import USED, used_by_correct

#: Rows and bytes of a shard.
SHARD_ROWS, SHARD_BYTES = 65_536, 128 * 2**20
#: Batches that are read while others are collected.
AHEAD = 4
#: Columns that belong to the problem and not to the trial.
OF_PROBLEM = ("question", "answer", "kind", "tests", "metadata")
#: Columns of a trial that its sample keeps as they are.
MEASURED = ("score", "rounds", "cost")
_TEXT_KEY = ("model", "benchmark", "problem_id")


@dataclass
class Arm:
    """What was read of one model on one benchmark.

    Attributes
    ----------
    model, benchmark : str
    counts : polars.DataFrame
        ``problem_id``, ``n``, ``n_unset`` and ``correct`` by the file's verdicts, null
        where it has none for every trial with an outcome; ``strata`` where a file of
        counts has any; lists of `boundary.used` where trials tell them; one row a problem.
    problems : dict of str to tuple
        `OF_PROBLEM` of each problem, in the order of the file.
    shards : list of Path
        Samples tables; none where the file holds no responses.
    theirs : polars.DataFrame or None
        ``problem_id``, ``sample_index`` and ``correct_theirs`` of each response.
    """

    model: str
    benchmark: str
    counts: pl.DataFrame
    problems: dict[str, tuple[str | None, ...]] = field(default_factory=dict)
    shards: list[Path] = field(default_factory=list)
    theirs: pl.DataFrame | None = None


def collect(
    batches: Iterable[Batch],
    offers: Offer,
    folder: Path,
    *,
    model: str,
    benchmark: str,
    tally: Tally,
) -> list[Arm]:
    """Gather the rows of an importer.

    Parameters
    ----------
    batches : iterable of Batch
    offers : str
        What the rows are, `boundary.importers.record.Offer`.
    folder : Path
        Where shards of samples go.
    model, benchmark : str
        Names where the rows have none.
    tally : Tally
        Is told of rows without response.

    Returns
    -------
    list of Arm
        Sorted by model and benchmark.

    Raises
    ------
    InputError
        When there is no row, a row lacks what it needs, a trial or a problem stands
        twice, or a problem has two texts; names file and line.
    """
    schema = COUNTS if offers == "counts" else TRIALS
    names = pl.col("model").fill_null(model), pl.col("benchmark").fill_null(benchmark)
    rows = (
        Batch(complete(batch.rows, schema).with_columns(names), batch.where)
        for batch in _ahead(batches)
    )
    arms = _of_counts(rows) if offers == "counts" else _of_trials(rows, folder, tally)
    if not arms:
        raise InputError("The files hold no row at all; nothing was imported.")
    return sorted(arms, key=lambda arm: (arm.model, arm.benchmark))


def _ahead(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Yield batches while the next ones are read, which keeps a core busy with JSON."""
    iterator, context = iter(batches), copy_context()  # which notes what was read
    with ThreadPoolExecutor(1) as pool:

        def ask() -> Future[Batch | None]:
            return pool.submit(context.run, lambda: next(iterator, None))

        # As many as come in while a shard is written.
        waiting = deque(ask() for _ in range(AHEAD))
        while (batch := waiting.popleft().result()) is not None:
            waiting.append(ask())
            yield batch


def _of_counts(batches: Iterable[Batch]) -> list[Arm]:
    frames = [batch.rows.with_columns(where=pl.lit(batch.where)) for batch in batches]
    if not frames:
        return []
    rows = pl.concat(frames)
    doubled = rows.filter(pl.struct(_TEXT_KEY).is_duplicated())
    if doubled.height:
        first, second = doubled.filter(pl.struct(_TEXT_KEY) == pl.struct(_TEXT_KEY).first()).rows(
            named=True
        )[:2]
        raise InputError(
            f"{second['where']}: line {second['line']}: problem {second['problem_id']} of model "
            f"{second['model']} on {second['benchmark']} stands in {first['where']}, line "
            f"{first['line']}, already. Leave one of them out; give files of two models apart."
        )
    given = [name for name in (*STOPPING, "strata") if rows[name].count()]
    return [
        Arm(
            str(model),
            str(benchmark),
            part.select("problem_id", "n", pl.col("n_unset").fill_null(0), "correct", *given),
        )
        for (model, benchmark), part in rows.group_by("model", "benchmark", maintain_order=True)
    ]


def _of_trials(batches: Iterable[Batch], folder: Path, tally: Tally) -> list[Arm]:
    stores: dict[tuple[str, str], _Store] = {}
    for batch in batches:
        parts = batch.rows.group_by("model", "benchmark", maintain_order=True)
        for (model, benchmark), part in parts:
            key = str(model), str(benchmark)
            if key not in stores:
                stores[key] = _Store(*key, folder / f"{len(stores):03d}")
            stores[key].add(part, batch.where)
    return [store.finished(tally) for store in stores.values()]


class _Store:
    """The trials of one model on one benchmark, as they come."""

    def __init__(self, model: str, benchmark: str, folder: Path) -> None:
        self._arm = Arm(model, benchmark, pl.DataFrame())
        self._folder = folder
        self._waiting: list[pl.DataFrame] = []
        self._kept: list[pl.DataFrame] = []
        self._tried: dict[str, int] = {}
        self._rows = self._bytes = 0
        self._responses = False

    def add(self, rows: pl.DataFrame, where: str) -> None:
        """Take some trials of one file."""
        self._note_problems(rows, where)
        tried = {name: self._tried.get(name, 0) for name in rows["problem_id"].unique()}
        before = rows["problem_id"].replace_strict(tried, return_dtype=pl.Int64)
        number = pl.int_range(pl.len()).over("problem_id") + before
        for name, more in rows["problem_id"].value_counts().iter_rows():
            self._tried[name] = tried[name] + int(more)
        rows = rows.with_columns(number=number)
        self._kept.append(
            rows.select(
                "problem_id",
                "number",
                "sample_index",
                "correct_theirs",
                "line",
                pl.col("unset").fill_null(False),
                *USED,
                where=pl.lit(where, dtype=pl.Categorical),
                silent=pl.col("response").is_null(),
            )
        )
        if rows["response"].null_count() < rows.height:
            self._responses = True
        self._waiting.append(self._samples(rows))
        self._rows += rows.height
        self._bytes += int(self._waiting[-1].estimated_size())
        if self._rows >= SHARD_ROWS or self._bytes >= SHARD_BYTES:
            self._write()

    def finished(self, tally: Tally) -> Arm:
        """Return the arm, with all that was taken."""
        trials = pl.concat(self._kept)
        _refuse_doubled(trials, self._arm)
        _tell_joined(trials, self._arm, tally)
        verdict = pl.col("correct_theirs")
        known = (verdict.is_not_null() | pl.col("unset")).all()
        used = self._used(trials, verdict & ~pl.col("unset"), tally)
        self._arm.counts = trials.group_by("problem_id", maintain_order=True).agg(
            n=pl.len(),
            n_unset=pl.col("unset").sum(),
            correct=pl.when(known).then((verdict & ~pl.col("unset")).sum()),
            **used,
        )
        if not self._responses:
            _require_verdicts(trials, self._arm)
            for shard in self._arm.shards:
                shard.unlink()
            self._arm.shards.clear()
            return self._arm
        silent = trials.filter(pl.col("silent") & ~pl.col("unset"))
        if silent.height:
            row = silent.row(0, named=True)
            tally.count(
                f"trials of {self._arm.model} have no response and are graded as empty ones",
                silent.height,
                f"{row['where']}, line {row['line']}",
            )
        self._write()
        self._arm.theirs = trials.filter(~pl.col("unset")).select(
            "problem_id", sample_index="number", correct_theirs="correct_theirs"
        )
        return self._arm

    def _used(self, trials: pl.DataFrame, right: pl.Expr, tally: Tally) -> dict[str, pl.Expr]:
        """Return what right trials used; of responses the samples themselves tell their tokens."""
        names = [name for name in USED if name != "n_tokens" or not self._responses]
        lists, silent = used_by_correct(trials, right, names)
        for name, number in silent.items():
            unit = name.removeprefix("n_")
            what = f"right trials of {self._arm.model} do not tell {unit}, so none is looked at"
            tally.count(what, number)
        return lists

    def _note_problems(self, rows: pl.DataFrame, where: str) -> None:
        """Keep the texts of each problem, which must be the same in all its rows."""
        texts = rows.select("problem_id", *OF_PROBLEM, "line")
        for row in texts.unique(texts.columns[:-1], keep="first", maintain_order=True).iter_rows():
            name, *given, line = row
            held = self._arm.problems.get(name)
            if held is None:
                self._arm.problems[name] = tuple(given)
                continue
            for column, one, other in zip(OF_PROBLEM, held, given, strict=True):
                if one != other:
                    raise InputError(
                        f"{where}: line {line}: problem {name} has another {column} here than "
                        f"before ({brief(other)} and {brief(one)}), so they are two problems of "
                        f"one id."
                    )

    def _samples(self, rows: pl.DataFrame) -> pl.DataFrame:
        unset = pl.col("unset").fill_null(False)
        return rows.select(
            "model",
            "benchmark",
            pl.lit(PROTOCOL).alias("protocol"),
            "problem_id",
            pl.col("number").alias("sample_index"),
            pl.lit(None, dtype=pl.Int64).alias("seed"),
            pl.col("response").fill_null(""),
            "n_tokens",
            pl.when(unset).then(pl.lit(FAULT)).otherwise("finish_reason").alias("finish_reason"),
            pl.lit(None, dtype=pl.Float64).alias("logprob_sum"),
            pl.when(~unset).then("correct_theirs").alias("correct_theirs"),
            *MEASURED,
        )

    def _write(self) -> None:
        if not self._waiting:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{len(self._arm.shards):05d}.parquet"
        pl.concat(self._waiting).write_parquet(path, compression="zstd", compression_level=1)
        self._arm.shards.append(path)
        self._waiting.clear()
        self._rows = self._bytes = 0


def _refuse_doubled(trials: pl.DataFrame, arm: Arm) -> None:
    """Refuse a trial whose index stands twice for its problem."""
    given = trials.filter(pl.col("sample_index").is_not_null())
    key = pl.struct("problem_id", "sample_index")
    doubled = given.filter(key.is_duplicated())
    if doubled.is_empty():
        return
    first, second = doubled.filter(key == key.first()).rows(named=True)[:2]
    raise InputError(
        f"{second['where']}: line {second['line']}: sample {second['sample_index']} of problem "
        f"{second['problem_id']} ({arm.model} on {arm.benchmark}) stands in {first['where']}, line "
        f"{first['line']}, already; leave one of them out."
    )


def _tell_joined(trials: pl.DataFrame, arm: Arm, tally: Tally) -> None:
    """Tell where trials of one problem without index come from several files."""
    unnamed = trials.filter(pl.col("sample_index").is_null())
    files = unnamed.group_by("problem_id").agg(pl.col("where").n_unique())
    joined = files.filter(pl.col("where") > 1)
    if joined.height:
        names = unnamed["where"].unique(maintain_order=True)
        tally.say(
            f"{joined.height:,} problems of {arm.model} on {arm.benchmark} stand in several files, "
            f"such as {names[0]} and {names[1]}, whose trials are joined as those of one model"
        )


def _require_verdicts(trials: pl.DataFrame, arm: Arm) -> None:
    """Require a verdict of each trial with an outcome, where there are no responses to grade."""
    lacking = trials.filter(pl.col("correct_theirs").is_null() & ~pl.col("unset"))
    if lacking.is_empty():
        return
    row = lacking.row(0, named=True)
    raise InputError(
        f"{row['where']}: line {row['line']}: problem {row['problem_id']} ({arm.model} on "
        f"{arm.benchmark}) has neither response nor verdict ({lacking.height:,} such rows)."
    )
