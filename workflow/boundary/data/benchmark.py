"""The problem table of a benchmark: fetch or find its file, read, adapt, count."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
from pydantic import Field

from boundary.config.benchmarks import REGISTRY_FILE, Copy, Entry, File, Window, registry
from boundary.data.adapters import Adapter, adapter
from boundary.data.fetch import fetch
from boundary.data.pictures import Open, kept, of_source, within
from boundary.data.problem import Picture, Problem, Row
from boundary.data.rows import read_rows
from boundary.digests import file_digest
from boundary.errors import InputError, MachineError
from boundary.images import Kept, keep, load
from boundary.lookalikes import refuse_lookalikes
from boundary.options import refuse_bad_options
from boundary.questions import question_clusters, repeated_questions
from boundary.store import Provenance, read_table
from boundary.tables import PROBLEMS, check

SCHEMA = {name: pl.String for name, each in PROBLEMS.columns.items() if each.need}


@dataclass(frozen=True)
class ProblemRequest:
    """Which problems a job should make: its spec.

    Attributes
    ----------
    benchmark : str
        Name in the table.
    source : str
        ``hf:ORG/NAME``, ``github:OWNER/REPOSITORY`` or ``file:PATH``.
    entry : str or None
        Entry of the registry; none is needed for a file of plain rows.
    revision : str or None
        Commit; by default the one that the registry has for the source.
    unverified : bool
        Whether the study says that nobody could establish the revision.
    limit : int or None
        Only the first problems, in the order of their ids; 2 comes before 10.
    kind : str or None
        What they should be (a name of `boundary.kinds`), which plain
        rows are unless they say; None takes any.
    images : str or None
        Folder of the images that rows name; by default those of a ``hf:`` or
        ``github:`` source are fetched from there.
    """

    benchmark: str
    source: str
    entry: str | None = None
    revision: str | None = None
    unverified: bool = False
    limit: Annotated[int, Field(ge=1)] | None = None
    kind: str | None = None
    images: str | None = None

    #: A misspelt key is refused: without its `limit` a spec would bring other problems.
    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012


def benchmark_problems(
    request: ProblemRequest, folder: Path | None = None
) -> tuple[pl.DataFrame, Provenance]:
    """Make the table of problems.

    Parameters
    ----------
    request : ProblemRequest
        Which.
    folder : Path, optional
        Where the table will stand, beside which images are kept.

    Returns
    -------
    polars.DataFrame
        A problems table, sorted by id.
    dict
        Provenance: ``source``, ``revision``, ``unverified``, ``files`` (path and SHA-256
        of each, and whether the registry has that), ``rows`` (before the limit),
        ``repeated`` (how many questions those are, where some stand there again) and
        ``left_out`` (rows of the data that are no problems of the benchmark).

    Raises
    ------
    InputError
        When source or revision are not to be had, a row or an image cannot be read
        (names file and row), ids repeat, a question has two golds, or the number of
        problems is not the registry's.
    MachineError
        When a file is neither here nor to be fetched; names it.
    """
    entry = _entry(request.entry)
    if request.source.startswith("file:"):
        path = Path(request.source.removeprefix("file:"))
        frame, left_out = _from_file(path, request, entry, folder)
        details = _file_details(path, request, entry)
    else:
        frame, left_out, details = _from_afar(request, entry, folder)
    if left_out:
        details["left_out"] = left_out
    if entry is not None and entry.rows not in (None, frame.height):
        raise InputError(
            f"{request.source}: has {frame.height} problems, and {request.entry!r} in "
            f"{REGISTRY_FILE} has {entry.rows}: it is incomplete or another set. Take the right "
            f"file, or give the benchmark an entry of its own."
        )
    strange = frame.filter(pl.col("kind") != (request.kind or pl.col("kind")))
    if not strange.is_empty():
        raise InputError(
            f"{request.source}: {strange.height} problems are of kind {strange['kind'][0]!r}, "
            f"first {strange['problem_id'][0]!r}, and the study takes the benchmark for "
            f"{request.kind!r}; set benchmarks.{request.benchmark}.kind."
        )
    details["rows"] = frame.height
    frame = check(frame, PROBLEMS, request.source)
    refuse_bad_options(frame, request.source)
    refuse_lookalikes(frame["problem_id"], request.source)
    repeated = repeated_questions(question_clusters(frame, request.source))
    if repeated is not None:
        details["repeated"] = repeated
    return _first(frame, request.limit), details


#: A number within an id.
_NUMBER = re.compile(r"0*([0-9]+)")


def _first(frame: pl.DataFrame, limit: int | None) -> pl.DataFrame:
    """Return the first problems, sorted by id; numbers within ids count as numbers."""
    if limit is None or limit >= frame.height:
        return frame.sort("problem_id")
    order = sorted(frame["problem_id"], key=lambda name: (_natural(name), name))
    return frame.filter(pl.col("problem_id").is_in(order[:limit])).sort("problem_id")


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key by which 2 comes before 10: text and numbers in turn, each with its length."""
    parts = _NUMBER.split(name)
    return [(len(part) * (i % 2), part) for i, part in enumerate(parts)]


def _entry(name: str | None) -> Entry | None:
    if name is None:
        return None
    if name not in registry():
        raise InputError(
            f"{name!r} is no entry of {REGISTRY_FILE}; it has: {', '.join(registry())}."
        )
    return registry()[name]


def _from_afar(
    request: ProblemRequest, entry: Entry | None, folder: Path | None
) -> tuple[pl.DataFrame, int, Provenance]:
    if entry is None:
        raise InputError(
            f"{request.source}: no entry of {REGISTRY_FILE} says how to read it. Name one under "
            f"benchmarks.{request.benchmark}.registry, or bring a file and write 'file:PATH'."
        )
    copy = _pinned(request, entry)
    assert copy.revision is not None  # noqa: S101  # _pinned has it
    paths = []
    for file in copy.files:
        try:
            paths.append(fetch(copy.source, copy.revision, file.path, file.sha256))
        except MachineError as error:
            raise MachineError(f"benchmarks.{request.benchmark}: {error}{_join(copy)}") from None
    forms = [file.format for file in copy.files]
    rows = _rows(list(zip(paths, forms, strict=True)), entry.window)
    read = adapter(entry.adapter, str(request.entry), request.kind)
    named = None if request.images else of_source(copy.source, copy.revision)
    frame, left_out = _frame(request, rows, read, folder, named)
    details = {
        "source": copy.source,
        "revision": copy.revision,
        "unverified": copy.unverified,
        "files": [
            {"path": file.path, "sha256": file_digest(path), "pinned": file.sha256 is not None}
            for path, file in zip(paths, copy.files, strict=True)
        ],
    }
    return frame, left_out, details


def _pinned(request: ProblemRequest, entry: Entry) -> Copy:
    """Return the copy to take, at the requested revision."""
    known = entry.copy_at(request.source)
    where = f"benchmarks.{request.benchmark}"
    bring = 'bring a file and write `source: "file:PATH"`'
    if known is None or not known.files:
        note = f" {entry.note}" if known is not None and entry.note else ""
        raise InputError(
            f"{where}: {REGISTRY_FILE} does not say which files of {request.source} to read.{note} "
            f"Add them under {request.entry}.copies, or {bring}."
        )
    revision = request.revision or known.revision
    if revision is None:
        raise InputError(
            f"{where}: nobody could establish a revision of {request.source}, so it cannot be "
            f"fetched. {entry.note} {_establish(request.source)} Then write it under "
            f"{where}.revision; or {bring}."
        )
    if revision == known.revision:
        return known
    # Another commit may have other bytes: what the registry knows of them does not hold.
    files = [File(path=file.path, format=file.format) for file in known.files]
    return Copy(source=known.source, revision=revision, unverified=True, files=files)


def _establish(source: str) -> str:
    kind, _, name = source.partition(":")
    if kind == "hf":
        return f"https://huggingface.co/api/datasets/{name} tells it, under 'sha'."
    return f"https://api.github.com/repos/{name}/commits tells it, under 'sha'."


def _join(copy: Copy) -> str:
    if len(copy.files) < 2:
        return ""
    names = shlex.join(file.path for file in copy.files)
    return f" All of it: {names}; join them into one file, in this order."


def _from_file(
    path: Path, request: ProblemRequest, entry: Entry | None, folder: Path | None
) -> tuple[pl.DataFrame, int]:
    if not path.is_file():
        raise InputError(
            f"{path}: no such file of problems (benchmarks.{request.benchmark}.source; paths are "
            f"relative to the working directory)."
        )
    table = _problem_table(path, request)
    if table is not None:
        return _with_images(table, path, folder), 0
    rows = _rows([(path, _format(path, entry))], entry.window if entry else None)
    name = entry.adapter if entry else "plain"
    read = adapter(name, str(request.entry), request.kind)
    return _frame(request, rows, read, folder)


def _known_files(entry: Entry | None) -> list[File]:
    """Return the files of all copies of an entry."""
    return [file for copy in (entry, *entry.copies) for file in copy.files] if entry else []


def _format(path: Path, entry: Entry | None) -> str | None:
    """Return the format that the registry has for a file of this name, if any."""
    named = (file for file in _known_files(entry) if Path(file.path).name == path.name)
    return next((file.format for file in named if file.format), None)


def _file_details(path: Path, request: ProblemRequest, entry: Entry | None) -> Provenance:
    digest = file_digest(path)
    pinned = digest in {file.sha256 for file in _known_files(entry)}
    return {
        "source": request.source,
        "revision": None,
        "unverified": False,  # a file is its content
        "files": [{"path": str(path), "sha256": digest, "pinned": pinned}],
    }


def _problem_table(path: Path, request: ProblemRequest) -> pl.DataFrame | None:
    """Return a Parquet file that is a table of problems already; None for any other."""
    if path.suffix != ".parquet":
        return None
    try:
        columns = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError):
        return None  # reading its rows tells what is wrong
    if not set(SCHEMA) <= set(columns):
        return None
    frame = read_table(path, PROBLEMS)
    names = frame["benchmark"].unique().sort()
    if len(names) > 1:
        raise InputError(
            f"{path}: holds problems of several benchmarks ({', '.join(names)}); take one of them."
        )
    return frame.with_columns(benchmark=pl.lit(request.benchmark))


def _with_images(table: pl.DataFrame, path: Path, folder: Path | None) -> pl.DataFrame:
    """Bring the images that stand beside a table of problems to where it will stand."""
    if "images" not in table.columns:
        return table
    for name, images in table.select("problem_id", "images").iter_rows():
        for image in images or ():
            try:
                same = keep(load(image, path.parent), folder) == image
            except InputError as error:
                raise InputError(f"{path}: problem {name!r}: {error}") from None
            if not same:
                raise InputError(
                    f"{path}: problem {name!r}: tells of the image {image['file']} what it is not."
                )
    return table


def _rows(files: list[tuple[Path, str | None]], window: Window | None) -> Iterator[tuple[str, Row]]:
    """Yield the rows within the window, each with its place in the file."""
    for path, form in files:
        for number, row in enumerate(read_rows(path, form), start=1):
            where = f"{path}: row {number}"
            if window is None or _within(row, window, where):
                yield where, row


def _within(row: Row, window: Window, where: str) -> bool:
    value = row.get(window.field)
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        raise InputError(
            f"{where}: {window.field!r} should begin with a date as 2024-08-31, found {value!r}."
        ) from None
    return window.first <= day <= window.last


def _frame(
    request: ProblemRequest,
    rows: Iterator[tuple[str, Row]],
    read: Adapter,
    folder: Path | None,
    named: Open | None = None,
) -> tuple[pl.DataFrame, int]:
    """Return the problems of rows, and of how many rows there is none."""
    open_named = named or within(Path(request.images) if request.images else None)
    problems: list[Problem] = []
    images: list[list[Kept] | None] = []
    first: dict[str, str] = {}
    left_out = 0
    for where, row in rows:
        try:
            problem = read(row, len(problems))
            if problem is None:
                left_out += 1
                continue
            _require_text(problem)
            pictures = problem.pop("pictures", ())
            images.append(_kept(request, problem, pictures, open_named, folder))
        except InputError as error:
            raise InputError(f"{where}: {str(error).rstrip('.')}.") from None
        earlier = first.setdefault(problem["problem_id"], where)
        if earlier != where:
            raise InputError(
                f"{where}: the problem {problem['problem_id']!r} stands at {earlier} already."
            )
        problems.append(problem)
    if not problems:
        raise InputError(f"{request.source}: holds no problem.")
    columns = {name: kind for name, kind in SCHEMA.items() if name != "benchmark"}
    frame = pl.DataFrame(problems, schema=columns)
    if any(images):
        frame = frame.with_columns(pl.Series("images", images, PROBLEMS.columns["images"].type))
    return frame.select(pl.lit(request.benchmark).alias("benchmark"), pl.all()), left_out


def _kept(
    request: ProblemRequest,
    problem: Problem,
    pictures: Sequence[Picture],
    open_named: Open,
    folder: Path | None,
) -> list[Kept] | None:
    try:
        return kept(pictures, open_named, folder) or None
    except InputError as error:
        name = problem["problem_id"]
        raise InputError(f"benchmarks.{request.benchmark}, problem {name!r}: {error}") from None


def _require_text(problem: Problem) -> None:
    """Require an id and a question, without what no text holds.

    Raises
    ------
    InputError
        Names the field.
    """
    for name in ("problem_id", "question"):
        value = problem[name]
        if not value.strip():
            raise InputError(f"the {name} is empty")
        if "\0" in value:
            raise InputError(f"the {name} holds U+0000, which is no text")
