"""The beginning of a file, by which importers tell whether they can read it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from boundary.foreign import first_object
from boundary.importers import parquet

if TYPE_CHECKING:
    from boundary.importers.source import Source

#: Bytes that are looked at; a first line is read whole up to the second number.
HEAD_BYTES, FIRST_LINE_BYTES = 1 << 16, 1 << 22
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]', re.DOTALL)


@dataclass(frozen=True)
class Head:
    """What is seen of a file without reading it.

    Attributes
    ----------
    name : str
        Its name, without folders, ``.gz`` and ``.zst``.
    magic : bytes
        The first bytes.
    text : str
        The first 64 KiB as text; empty where they are none.
    members : tuple of str
        Names within an archive.
    first : dict or None
        The JSON object of the first line, or a whole JSON document that is an
        object, or the first of a list; None where the head does not hold it whole.
    keys : tuple of str
        Keys of that object, in their order; also where it is cut.
    listed : bool
        Whether the file is one JSON list.
    lines : bool
        Whether the first line is a JSON object of its own.
    header : tuple of str
        Cells of the first line of text that is no JSON, parted by comma, semicolon or tab.
    given : mapping of str to str
        Columns that the user names by what they hold, as of ``--field``.
    folder : str
        Name of the folder that holds it.
    columns : tuple of str
        Names of the columns of a Parquet file.
    """

    name: str
    magic: bytes
    text: str = ""
    members: tuple[str, ...] = ()
    first: dict[str, Any] | None = None
    keys: tuple[str, ...] = ()
    listed: bool = False
    lines: bool = False
    header: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    columns: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        """Return whether the first object has all of some keys."""
        return set(names) <= set(self.keys)


def head_of(source: Source) -> Head:
    """Return the beginning of a file.

    Raises
    ------
    InputError, StorageError
        As of `boundary.importers.source.Source.open`; when a Parquet file is damaged.
    """
    members = tuple(source.members())
    with source.open() as stream:
        raw = stream.read(HEAD_BYTES)
        if b"\n" not in raw and raw[:1] in (b"{", b"["):
            raw += stream.readline(FIRST_LINE_BYTES)
    name, magic = source.name, raw[:16]
    if magic.startswith(parquet.MAGIC):
        columns = tuple(parquet.schema_of(source))
        return Head(name, magic, folder=source.folder, columns=columns)
    text = "" if b"\0" in raw or members else raw.decode("utf-8-sig", errors="replace")
    begun = text.lstrip()
    if begun[:1] not in ("{", "["):
        return Head(name, magic, text, members, header=_cells(begun), folder=source.folder)
    first_line = begun.partition("\n")[0]
    first = first_object(first_line)
    lines = begun[0] == "{" and (first is not None or _ends_open(first_line))
    if first is None:
        first = first_object(begun)
    listed, folder = begun[0] == "[", source.folder
    return Head(name, magic, text, members, first, _keys(begun), listed, lines, folder=folder)


def _cells(text: str) -> tuple[str, ...]:
    line = text.partition("\n")[0].strip()
    mark = max(",;\t", key=line.count)
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line], delimiter=mark), []))
    except csv.Error:
        return ()


def _ends_open(line: str) -> bool:
    """Return whether a line is the beginning of a long object: more than a brace."""
    return len(line) > 1_000


def _keys(text: str) -> tuple[str, ...]:
    """Return the keys of the first object of a text that may be cut."""
    keys: list[str] = []
    level = 0 if text[0] == "{" else 1  # of a list, its first object
    depth = 0
    last: str | None = None
    for token in _STRUCTURE.finditer(text):
        mark = token.group()
        if mark[0] == '"':
            last = mark
        elif mark == ":":
            if depth == level + 1 and last is not None:
                keys.append(_unquoted(last))
            last = None
        elif mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
            if depth <= level:
                break
    return tuple(dict.fromkeys(keys))


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]
