"""The registry of benchmarks: `config/benchmarks.yaml`, typed.

Adding a benchmark is one entry of that file and, where its rows have a form of
their own, one adapter in `boundary.data`.  Light imports only: the Snakefile
reads this at every parse.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from boundary.errors import InputError
from boundary.kinds import OfEntry
from boundary.shipped import shipped
from boundary.strict import Strict
from boundary.yamlfile import faults, read_yaml

#: Where the registry stands, in this workflow and in the user's working directory.
REGISTRY_FILE = "config/benchmarks.yaml"
SHIPPED = shipped("benchmarks.yaml")

Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Source = Annotated[str, Field(pattern=r"^(hf|github):[A-Za-z0-9][\w.-]*/[\w.-]+$")]
Format = Literal["jsonl", "json", "csv", "parquet"]


class File(Strict):
    """One file of a source."""

    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)*$")]
    sha256: Sha256 | None = Field(default=None, description="Of its content; null when unknown.")
    format: Format | None = Field(default=None, description="Where the name does not tell.")


class Copy(Strict):
    """One place where the data can be had.

    Attributes
    ----------
    source : str
        ``hf:ORG/NAME`` (a data set of the hub) or ``github:OWNER/REPOSITORY``.
    revision : str or None
        Commit; None where nobody could establish it.
    unverified : bool
        Whether revision or content are only recalled, so that a person should
        look before trusting them.
    files : list of File
        What to read, in this order.
    """

    source: Source
    revision: Commit | None = None
    unverified: bool = False
    files: list[File] = Field(default_factory=list)


class Window(Strict):
    """Rows of certain days alone: those whose field begins with such a date."""

    field: str
    first: date
    last: date

    @model_validator(mode="after")
    def _ordered(self) -> Window:
        if self.first > self.last:
            raise ValueError(f"ends on {self.last}, before it begins on {self.first}")
        return self


class Entry(Copy):
    """A benchmark: the copy to take by default, how to read it, and others.

    Attributes
    ----------
    title : str
        What people call it.
    kind : str
        What the problems are (`boundary.kinds`).
    adapter : str
        Function of `boundary.data.adapters` that turns a row into a problem.
    rows : int or None
        Exact number of problems; None where it is not established.
    window : Window or None
        Which rows count, by date.
    copies : list of Copy
        The same data elsewhere; the adapter reads each.
    licence, citation, note : str or None
        What the data may be used for; where it was described; what to know.
    """

    title: str
    kind: OfEntry
    adapter: str
    rows: int | None = Field(default=None, ge=1)
    window: Window | None = None
    copies: list[Copy] = Field(default_factory=list)
    licence: str | None = None
    citation: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _explained(self) -> Entry:
        if self.revision is None and not self.unverified:
            raise ValueError("has no revision, so it must say 'unverified: true'")
        if any(copy.unverified for copy in (self, *self.copies)) and not self.note:
            raise ValueError("is unverified, so it needs a note on what is known")
        return self

    def copy_at(self, source: str | None) -> Copy | None:
        """Return the copy with this source; the default one for None, None when unknown."""
        known: dict[str | None, Copy] = {copy.source: copy for copy in (*self.copies, self)}
        return known.get(source) if source is not None else self


@functools.cache
def registry() -> dict[str, Entry]:
    """Return all entries by name; those of the working directory go before the shipped.

    Raises
    ------
    InputError
        When a registry file is malformed; names every problem.
    """
    files = dict.fromkeys((SHIPPED, Path(REGISTRY_FILE).absolute()))
    entries: dict[str, Entry] = {}
    for path in files:
        if path.is_file():
            entries |= read_registry(path)
    return entries


def read_registry(path: Path) -> dict[str, Entry]:
    """Read one registry file.

    Raises
    ------
    InputError
        When it is missing or malformed; names every problem.
    """
    content: Any = read_yaml(path)
    try:
        return TypeAdapter(dict[str, Entry]).validate_python(content)
    except ValidationError as error:
        raise InputError(f"{path}: no registry of benchmarks: {faults(error)}.") from None


def find_entry(
    name: str, registry_name: str | None = None, source: str | None = None
) -> tuple[str | None, Entry | None]:
    """Find the entry that reads a benchmark of a study, and its name.

    Parameters
    ----------
    name : str
        The benchmark's name in the study.
    registry_name : str, optional
        Its ``registry`` key, which decides where given.
    source : str, optional
        Its source; an entry with a copy there is taken when none has the name.

    Raises
    ------
    InputError
        When ``registry_name`` is no entry.
    """
    entries = registry()
    if registry_name is not None:
        if registry_name not in entries:
            raise InputError(
                f"{registry_name!r} is no entry of {REGISTRY_FILE}; it has: {', '.join(entries)}."
            )
        return registry_name, entries[registry_name]
    if name in entries:
        return name, entries[name]
    for entry_name, entry in entries.items():
        if source is not None and entry.copy_at(source) is not None:
            return entry_name, entry
    return None, None
