"""Checks of models whose responses another tool made: their files, and how they are graded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from boundary.config import raw as lenient
from boundary.config.model import Model
from boundary.config.problems import kind_of
from boundary.config.raw import Raw, reference
from boundary.config.reading import Reading
from boundary.config.study import Benchmark
from boundary.errors import BoundaryError, InputError
from boundary.importers.identity import Known, identify
from boundary.importers.keys import in_study
from boundary.importers.source import split_model
from boundary.kinds import ABOUT, UNKNOWN


def import_source(source: str) -> tuple[str, str | None]:
    """Return path and model of ``import:PATH`` or ``import:PATH#MODEL``.

    >>> import_source("import:runs/base.jsonl#qwen")
    ('runs/base.jsonl', 'qwen')
    """
    path, model = split_model(source.removeprefix("import:"))
    return path, model or None


def reading_of(model: Model) -> Reading:
    """Return how the files of a model are read."""
    return model.reading or Reading()


def identified(model: Model) -> Known:
    """Return what the files of a model are.

    Raises
    ------
    InputError, StorageError
        When they are not there, or of no form that is read.
    """
    path, reading = import_source(model.source)[0], reading_of(model)
    return identify(Path(path), reading.format, reading.fields)


def by_theirs(model: Model) -> bool:
    """Whether a model's responses count by the verdicts of its files, as of `identified`."""
    return identified(model).offers == "counts" or reading_of(model).trust == "theirs"


def graded_by_benchmark(raw: Raw, model: str, benchmark: str) -> bool:
    """Whether gold answers and tests are those of the benchmark, and not of a model's files."""
    entry = lenient.models(raw).get(model)
    stated = entry.reading.problems if entry and entry.reading else None
    if stated is not None:
        return stated == "benchmark"
    source = lenient.entries(raw, "benchmarks").get(benchmark, {}).get("source")
    return source is not None or any(arm[1] == benchmark for arm in lenient.sampled_arms(raw))


def kinds(raw: Raw) -> set[str]:
    """Return the kinds of problems that the study's responses answer, drawn or graded here.

    Entries that are not in order are left out: what is wrong with them is told elsewhere.
    """
    present = set()
    read = {n: m for n, m in lenient.models(raw).items() if lenient.imported(raw, n)}
    drawn = {arm[0] for arm in lenient.sampled_arms(raw)}
    for name, benchmark in dict.fromkeys(arm[:2] for arm in lenient.arms(raw)):
        with contextlib.suppress(ValidationError, BoundaryError):
            if name not in drawn and (name not in read or by_theirs(read[name])):
                continue
            entry = lenient.entries(raw, "benchmarks").get(benchmark, {})
            present.add(kind_of(benchmark, Benchmark.model_validate(entry)))
    return present


def imports(raw: Raw) -> Iterator[str]:
    """Yield why the files of a model cannot be had as the study asks for them."""
    models, arms = lenient.models(raw), dict.fromkeys(arm[:2] for arm in lenient.arms(raw))
    for name, entry in lenient.entries(raw, "models").items():
        where = f"models.{name}"
        if not lenient.imported(raw, name):
            if entry.get("reading") is not None:
                yield f"{where}.reading: only goes with import: sources."
            continue
        model = models.get(name)
        if model is None or model.source == "import:":
            continue  # the types, or what checks sources, tell what is wrong with it
        if any(mark in import_source(model.source)[0] for mark in "{}"):
            yield f"{where}.source: Snakemake takes no path with a brace in it; rename the file."
            continue
        for benchmark in reading_of(model).benchmarks:
            yield from reference(
                f"{where}.reading.benchmarks",
                benchmark,
                lenient.names(raw, "benchmarks"),
                "benchmark",
            )
        try:
            graded = not by_theirs(model)
        except BoundaryError as error:
            cited = f" It cites: {model.citation}" if model.citation else ""
            yield f"{where}.source: {in_study(' '.join(str(error).split()))}{cited}"
            continue
        if graded:
            for benchmark in [arm[1] for arm in arms if arm[0] == name]:
                yield from _kind(raw, name, benchmark)


def _kind(raw: Raw, model: str, benchmark: str) -> Iterator[str]:
    """Yield that nobody says as what responses are to be graded."""
    entry = lenient.entries(raw, "benchmarks").get(benchmark)
    try:
        kind = kind_of(benchmark, Benchmark.model_validate(entry)) if entry is not None else None
    except (ValidationError, InputError):
        return  # told of the benchmark
    if kind == UNKNOWN:
        yield (
            f"benchmarks.{benchmark}.kind: missing; the responses of {model!r} are graded, and "
            f"nothing says as what: {ABOUT}. To count the verdicts of the file, write 'reading: "
            f"{{trust: theirs}}' under models.{model}."
        )
