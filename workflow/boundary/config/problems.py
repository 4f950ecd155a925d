"""Where the problems of a benchmark come from: its study entry and the registry, as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from boundary.config.benchmarks import Entry, find_entry
from boundary.config.study import Benchmark
from boundary.config.tasks import KIND_OF
from boundary.digests import file_digest
from boundary.images import images_digest
from boundary.kinds import CUSTOM, UNKNOWN


@dataclass(frozen=True)
class Problems:
    """The source of a benchmark's problems.

    Attributes
    ----------
    entry : str or None
        Entry of the registry that says how to read them.
    source : str or None
        ``hf:…``, ``github:…`` or ``file:…``; None in a study of published counts.
    revision : str or None
        Commit of the source.
    unverified : bool
        Whether nobody could establish the revision.
    limit : int or None
        Only the first problems.
    kind : str
        What the table of problems says that they are (`boundary.kinds`).
    rows : int or None
        How many problems there are, as far as the registry knows.
    reading : mapping
        What the registry says of how to read them; an entry that is edited so
        that other problems come out is another benchmark.
    images : str or None
        Folder of the images that rows name, where the study says.
    """

    entry: str | None
    source: str | None
    revision: str | None
    unverified: bool
    limit: int | None
    kind: str
    rows: int | None
    reading: Mapping[str, object]
    images: str | None = None

    @property
    def file(self) -> Path | None:
        """The local file, where the source is one."""
        source = self.source
        return Path(source.removeprefix("file:")) if source and source.startswith("file:") else None

    def spec(self) -> dict[str, object]:
        """Return the spec of the job that makes the table."""
        spec = {key: value for key, value in vars(self).items() if key not in ("rows", "reading")}
        if self.images is None:
            del spec["images"]
        return spec

    def identity(self) -> dict[str, object]:
        """Return what identifies the problems; those in a file, and images, by their content."""
        made_of: dict[str, object] = {"reading": self.reading, "kind": self.kind}
        made_of["limit"] = self.limit
        if self.images is not None:
            made_of["images"] = images_digest(Path(self.images))
        if self.file is not None and self.file.is_file():
            return made_of | {"content": file_digest(self.file)}
        return made_of | {"source": self.source, "revision": self.revision}


def kind_of(name: str, benchmark: Benchmark) -> str:
    """Return as what the problems of a benchmark are judged.

    Raises
    ------
    InputError
        When ``registry`` names no entry.
    """
    if benchmark.kind == CUSTOM:
        return CUSTOM
    if benchmark.lab is not None:
        return KIND_OF[benchmark.lab.task]
    return problems_of(name, benchmark).kind


def _table_kind(benchmark: Benchmark, entry: Entry | None) -> str:
    """Kind in the table: an entry's problems stay what they are whoever judges them."""
    if entry is not None and benchmark.kind in (None, CUSTOM):
        return entry.kind
    return benchmark.kind or (UNKNOWN if benchmark.source is None else "math")


def problems_of(name: str, benchmark: Benchmark) -> Problems:
    """Complete a benchmark of a study from the registry.

    Raises
    ------
    InputError
        When ``registry`` names no entry.
    """
    entry_name, entry = find_entry(name, benchmark.registry, benchmark.source)
    source, revision = benchmark.source, benchmark.revision
    unverified = benchmark.unverified
    copy = entry.copy_at(source) if entry is not None else None
    if copy is not None:
        source, revision = copy.source, revision or copy.revision
        unverified = unverified or (copy.unverified and benchmark.revision is None)
    reading: dict[str, object] = {}
    if entry is not None:
        reading = entry.model_dump(mode="json", include={"adapter", "window"})
    if copy is not None:
        reading["files"] = [file.model_dump(mode="json") for file in copy.files]
    rows = entry.rows if entry is not None else None
    if rows is not None and benchmark.limit is not None:
        rows = min(rows, benchmark.limit)
    return Problems(
        entry=entry_name,
        source=source,
        revision=revision,
        unverified=unverified and not str(source).startswith("file:"),
        limit=benchmark.limit,
        kind=_table_kind(benchmark, entry),
        rows=rows,
        reading=reading,
        images=benchmark.images,
    )
