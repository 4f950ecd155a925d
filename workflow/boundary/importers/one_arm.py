"""One model on one benchmark of files of another tool, as tables of a study."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from boundary.analysis.stopped import planned
from boundary.atomic import whole_file
from boundary.columns import ARM_KEY
from boundary.errors import InputError
from boundary.imported import IMPORTED, THEIRS
from boundary.importers.collect import Arm, collect
from boundary.importers.columns import Batch
from boundary.importers.graded import scores_of_theirs
from boundary.importers.identified import Identified
from boundary.importers.identity import content_digest
from boundary.importers.problems import problem_table
from boundary.importers.record import Request, Tally
from boundary.importers.registry import Chosen, choose
from boundary.importers.source import stem
from boundary.inputs import refuse_input
from boundary.jobs.importing import Import
from boundary.kinds import CUSTOM
from boundary.store import (
    METADATA_KEY,
    Provenance,
    provenance,
    read_table,
    storage_error,
    write_table,
)
from boundary.tables import IMPORTED_SAMPLES, PROBLEMS, SCORES, check
from boundary.wording import first_of

#: What a folder of an imported arm holds.
SAMPLES_FILE, PROBLEMS_FILE = "00000.parquet", "problems.parquet"
#: Names that a message lists.
SHOWN = 12


@dataclass
class _Read:
    """An arm as it was read, and what must be said of that."""

    arm: Arm
    chosen: Chosen
    sha256: str
    tally: Tally
    given: pl.DataFrame | None

    def origin(self, job: Import, called: str) -> Provenance:
        """Return the provenance of what is made of it."""
        stated = job.model_dump(include={"citation", "settings", "caution"}, exclude_none=True)
        of_file = {
            "file": job.path,
            "sha256": self.sha256,
            "format": self.chosen.importer.name,
            "recognised": self.chosen.reason,
            "model": called,
            "remarks": list(self.tally.remarks()),
            **stated,
        }
        return provenance(**{IMPORTED: of_file})


def import_responses(job: Import, output: Path) -> tuple[str, ...]:
    """Write samples and problems of an arm into a folder.

    Parameters
    ----------
    job : Import
    output : Path
        Is given `SAMPLES_FILE`, last, and `PROBLEMS_FILE`.

    Returns
    -------
    tuple of str
        What was dropped, joined or guessed, a sentence each.

    Raises
    ------
    InputError
        When the files are damaged, have changed, have no such model or benchmark, no
        response, or nothing by which to grade.
    """
    for name in (SAMPLES_FILE, PROBLEMS_FILE):
        refuse_input(output / name)
    with _scratch(output) as folder:
        read = _read(job, folder)
        arm, called = read.arm, read.arm.model
        arm.model, arm.benchmark = job.model, job.benchmark
        if not arm.shards:
            raise InputError(
                f"{job.path}: holds verdicts of {called} and no responses, which could be graded. "
                f"Take the verdicts by --trust theirs."
            )
        problems = _of_files(job, read) if read.given is None else read.given
        problems = problems.filter(pl.col("problem_id").is_in([*arm.problems]))
        by = read.origin(job, called)
        write_table(problems, output / PROBLEMS_FILE, PROBLEMS, provenance=by)
        _write_samples(job, arm, output / SAMPLES_FILE, by)
    return read.tally.remarks()


def import_scores(job: Import, output: Path) -> tuple[str, ...]:
    """Write scores of an arm by the verdicts of its files; returns as `import_responses`.

    Raises
    ------
    InputError
        As of `import_responses`; and when the files do not have a verdict of every trial.
    """
    with _scratch(output) as folder:
        read = _read(job, folder)
    arm, called = read.arm, read.arm.model
    if arm.counts["correct"].null_count():
        raise InputError(
            f"{job.path}: has no verdict of its own on every response of {called} on "
            f"{arm.benchmark}; leave out --trust theirs, so that they are graded."
        )
    names = dict(zip(ARM_KEY, (job.model, job.benchmark, job.protocol), strict=True))
    scores = scores_of_theirs(arm).with_columns(pl.lit(v).alias(k) for k, v in names.items())
    write_table(scores, output, SCORES, provenance=read.origin(job, called))
    return read.tally.remarks()


@contextmanager
def _scratch(output: Path) -> Iterator[Path]:
    """Give a hidden neighbour of an output, which a killed job leaves and the next one takes."""
    folder = output.with_name(f".{output.name}.importing")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read(job: Import, scratch: Path) -> _Read:
    """Read the one arm that a job names."""
    path = Path(job.path)
    chosen, tally = choose(path, job.format, job.fields), Tally()
    sha256 = content_digest(path, chosen.sources)
    if job.sha256 not in (None, sha256):
        raise InputError(
            f"{path}: has changed since the study was read, so that its results would stand under "
            f"the name of the former content; run again."
        )
    asked, given = _Asked(path, job), None
    rows = asked.of(chosen.read(Request(job.named, job.fields, job.name), tally))
    if job.problems is not None:
        path = Path(job.problems)
        given = read_table(path, PROBLEMS).filter(benchmark=job.benchmark)
        if given.is_empty():
            raise InputError(f"{path}: has no problem of {job.benchmark}.")
        rows = Identified(path, given, tally).batches(rows)
    arms = collect(
        rows,
        chosen.importer.offers,
        scratch,
        model=asked.stem,
        benchmark=asked.benchmark,
        tally=tally,
    )
    arm = asked.one(arms)
    _hold_to_n(job, arm, tally)
    _hold_to_known(job, arm, tally)
    return _Read(arm, chosen, sha256, tally, given)


class _Asked:
    """The rows that a job asks for, and the names that it could have asked for."""

    def __init__(self, path: Path, job: Import) -> None:
        self._path, self._job = path, job
        self.stem, self.benchmark = stem(path), job.named or job.benchmark
        self._models: dict[str, None] = {}
        self._benchmarks: dict[str, None] = {}

    def of(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Yield the rows of the benchmark, and of the model where one is named.

        Raises
        ------
        InputError
            After the last, when there was none.
        """
        taken = False
        for batch in batches:
            rows = batch.rows
            rows = self._only(rows, "benchmark", self._job.named, self.benchmark, self._benchmarks)
            rows = self._only(rows, "model", self._job.name, self.stem, self._models)
            if rows.height:
                taken = True
                yield Batch(rows, batch.where)
        if not taken and self._job.named not in (None, *self._benchmarks) and self._benchmarks:
            raise InputError(
                f"{self._path}: has nothing on benchmark {self._job.named!r}; it has: "
                f"{first_of(self._benchmarks, SHOWN)}. Say by --benchmark what it is called there."
            )
        if not taken and self._models:
            raise InputError(
                f"{self._path}: has no model named {self._job.name!r}"
                f"{f' on {self.benchmark!r}' if self._benchmarks else ''}; it has: "
                f"{first_of(self._models, SHOWN)}."
            )

    @staticmethod
    def _only(
        rows: pl.DataFrame, column: str, asked: str | None, default: str, seen: dict[str, None]
    ) -> pl.DataFrame:
        if column not in rows.columns:
            return rows
        names = rows[column].fill_null(default).cast(pl.String)
        seen.update(dict.fromkeys(names.unique(maintain_order=True)))
        return rows if asked is None else rows.filter(names == asked)

    def one(self, arms: list[Arm]) -> Arm:
        """Return the arm that the job asks for.

        Raises
        ------
        InputError
            When there are several.
        """
        models = list(dict.fromkeys(arm.model for arm in arms))
        model = self._job.model if len(models) > 1 else models[0]
        if model not in models:
            raise InputError(
                f"{self._path}: holds {len(models)} models: {first_of(models, SHOWN)}. Say which, "
                f"as in '{self._path}#{models[0]}'."
            )
        kept = [arm for arm in arms if arm.model == model]
        if len(kept) > 1:
            raise InputError(
                f"{self._path}: holds {len(kept)} benchmarks: "
                f"{first_of([arm.benchmark for arm in kept], SHOWN)}. Say which by --benchmark."
            )
        return kept[0]


def _hold_to_n(job: Import, arm: Arm, tally: Tally) -> None:
    most = arm.counts.with_columns(n=planned(arm.counts)).sort("n").row(-1, named=True)
    if job.n is None or most["n"] == job.n:
        return
    if most["n"] > job.n:
        raise InputError(
            f"{job.path}: has {most['n']} samples of problem {most['problem_id']}, and the study "
            f"says n = {job.n}. Leave n out, as the files say it, or write 'n: {most['n']}' under "
            f"models.{job.model}."
        )
    tally.say(f"at most {most['n']} samples a problem, fewer than the n = {job.n} of the study")


def _hold_to_known(job: Import, arm: Arm, tally: Tally) -> None:
    """Refuse more problems than the registry says that the benchmark has; say that they are fewer.

    Results of a thousand problems under the name of a benchmark of five hundred are
    results of something else.
    """
    count = arm.counts.height
    if job.known is None or count == job.known:
        return
    if count > job.known:
        raise InputError(
            f"{job.path}: has {count:,} problems of {job.benchmark}, and that benchmark has "
            f"{job.known:,} (config/benchmarks.yaml). They are of something else: name the "
            f"benchmark otherwise in the study."
        )
    tally.say(f"{count:,} of the {job.known:,} problems that {job.benchmark} has")


def _of_files(job: Import, read: _Read) -> pl.DataFrame:
    """Return the problems of the files, by whose gold answers or tests responses are graded."""
    problems = problem_table(read.arm, job.kind, read.tally)
    if problems is None:
        raise InputError(
            f"{job.path}: has neither gold answers nor tests, by which to grade the responses. "
            f"Give the problems by --problems, or take the verdicts of the file by --trust theirs."
        )
    if job.kind not in (None, CUSTOM):
        other = problems.filter(pl.col("kind") != job.kind)
        if other.height:
            name, kind = other.row(0, named=True)["problem_id"], other["kind"][0]
            raise InputError(
                f"{job.path}: problem {name} is of kind {kind}, and the study says that those of "
                f"{job.benchmark} are {job.kind}; write 'kind: {kind}'."
            )
    return problems


def _write_samples(job: Import, arm: Arm, path: Path, by: Provenance) -> None:
    """Join the shards of an arm into one, row group by row group."""
    rows = pl.scan_parquet(arm.shards).with_columns(
        pl.lit(job.model).alias("model"),
        pl.lit(job.benchmark).alias("benchmark"),
        pl.lit(job.protocol).alias("protocol"),
    )
    if arm.counts["correct"].null_count():
        rows = rows.drop(THEIRS)
    for shard in arm.shards:
        check(pl.read_parquet(shard), IMPORTED_SAMPLES, f"{job.path} (as imported)")
    metadata = {METADATA_KEY: json.dumps(by, sort_keys=True)}
    try:
        with whole_file(path) as partial:
            rows.sink_parquet(partial, compression="zstd", metadata=metadata)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise storage_error(path, error) from error
