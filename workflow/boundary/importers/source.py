"""Files of other tools as they are: in a folder or a ZIP archive, packed by gzip or zstd."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from boundary.errors import InputError, StorageError
from boundary.foreign import kind_of
from boundary.importers import json_text
from boundary.importers.packed import DAMAGE, archive_of, member, unpacked
from boundary.inputs import note_input

#: Longest line, and longest file that is read as one JSON document, in bytes.
LONGEST_LINE, LONGEST_DOCUMENT = 256 * 2**20, 2 * 2**30
#: Lines that are held at a time, and their characters.
BATCH_LINES, BATCH_SIZE = 20_000, 32 * 2**20
HEAD_BYTES = 1 << 16
_ZIP = b"PK\x03\x04"
_PACKED = (".gz", ".zst", ".zstd")


@dataclass(frozen=True)
class Source:
    """One file, or one member of a ZIP archive.

    Attributes
    ----------
    path : Path
        The file on the disk.
    member : str, optional
        Name within the archive.
    """

    path: Path
    member: str | None = None

    @property
    def where(self) -> str:
        """What messages call it."""
        return f"{self.path}:{self.member}" if self.member else str(self.path)

    @property
    def name(self) -> str:
        """Name of the file without folders and without ``.gz`` or ``.zst``."""
        name = Path(self.member or self.path).name
        return next((name[: -len(end)] for end in _PACKED if name.endswith(end)), name)

    @property
    def folder(self) -> str:
        """Name of the folder that holds it; empty where there is none."""
        return (Path(self.member) if self.member else self.path.absolute()).parent.name

    @property
    def place(self) -> Path:
        """The folder that holds it, where that of an archive is named for the archive."""
        if self.member is None:
            return self.path.absolute().parent
        return (self.path.absolute().with_suffix("") / self.member).parent

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open the unpacked bytes.

        Raises
        ------
        InputError
            When the file is damaged or ends early.
        StorageError
            When the disk does not give it.
        """
        try:
            with self._raw() as raw, unpacked(raw) as stream:
                yield stream
        except DAMAGE as error:
            why = str(error).rstrip(".") or "it ends early"
            raise InputError(
                f"{self.where}: cannot be unpacked, so it is truncated or damaged ({why}). "
                f"Nothing was imported; copy or make the file again."
            ) from None
        except OSError as error:
            reason = error.strerror or error
            raise StorageError(f"{self.where}: cannot be read: {reason}.") from None

    @contextmanager
    def _raw(self) -> Iterator[BinaryIO]:
        note_input(self.path)
        if self.member is None:
            with self.path.open("rb") as handle:
                yield handle
        else:
            with member(archive_of(self.path), self.member) as handle:
                yield handle

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the lines that are not empty, with their numbers from 1.

        Raises
        ------
        InputError
            When a line is no UTF-8 or longer than `LONGEST_LINE`.
        """
        with self.open() as stream:
            number = 0
            while raw := stream.readline(LONGEST_LINE + 1):
                number += 1
                if len(raw) > LONGEST_LINE:
                    raise InputError(
                        f"{self.where}: line {number}: is longer than {LONGEST_LINE >> 20} MiB, so "
                        f"it is no line of samples."
                    )
                try:
                    text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError as error:
                    raise InputError(
                        f"{self.where}: line {number}: is not UTF-8 ({error.reason} at byte "
                        f"{error.start}); write the file in UTF-8."
                    ) from None
                if text := text.strip():
                    yield number, text

    def objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the objects of `batches` one by one."""
        for numbers, objects in self.batches():
            yield from zip(numbers, objects, strict=True)

    def batches(self) -> Iterator[tuple[list[int], list[dict[str, Any]]]]:
        """Yield JSON objects with the numbers of their lines, `BATCH_LINES` or fewer long ones.

        A file that is one JSON list has its entries for lines (`numbered`).

        Raises
        ------
        InputError
            When a line is no JSON object; names it.
        """
        numbers: list[int] = []
        objects: list[dict[str, Any]] = []
        size = 0
        for number, value, length in self._values():
            if type(value) is not dict:
                raise InputError(
                    f"{self.numbered}: line {number}: should be a JSON object, and is "
                    f"{type(value).__name__}."
                )
            numbers.append(number)
            objects.append(value)
            size += length
            if len(objects) == BATCH_LINES or size > BATCH_SIZE:
                yield numbers, objects
                numbers, objects, size = [], [], 0
        if objects:
            yield numbers, objects

    def _values(self) -> Iterator[tuple[int, Any, int]]:
        """Yield the values of lines with number and length, or the entries of a list."""
        if self._listed():
            for number, entry in enumerate(self.document(), start=1):
                yield number, entry, 0
            return
        for number, text in self.lines():
            yield number, self._parse(text, number), len(text)

    def _listed(self) -> bool:
        with self.open() as stream:
            return stream.read(HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["

    @property
    def numbered(self) -> str:
        """What messages call the file before the number of an object in it."""
        return f"{self.where} (a list, an entry a line)" if self._listed() else self.where

    def document(self, longest: int = LONGEST_DOCUMENT) -> Any:
        """Return the whole file as one JSON value.

        Parameters
        ----------
        longest : int
            Most bytes that are read.

        Raises
        ------
        InputError
            When it is no JSON, no UTF-8, or longer than that.
        """
        return self._parse(self.text(longest))

    def content(self, longest: int = LONGEST_DOCUMENT) -> bytes:
        """Return the whole file, unpacked.

        Raises
        ------
        InputError
            When it is longer than `longest` bytes.
        """
        with self.open() as stream:
            raw = stream.read(longest + 1)
        if len(raw) > longest:
            raise InputError(
                f"{self.where}: is longer than {longest >> 20:,} MiB unpacked, so it is not read."
            )
        return raw

    def text(self, longest: int = LONGEST_DOCUMENT) -> str:
        """Return the whole file as text.

        Raises
        ------
        InputError
            When it is no UTF-8, or longer than `longest` bytes.
        """
        try:
            return self.content(longest).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(
                f"{self.where}: is not UTF-8 ({error.reason} at byte {error.start}); write the "
                f"file in UTF-8."
            ) from None

    def _parse(self, text: str, line: int | None = None) -> Any:
        try:
            return json_text.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            where = self.where if line is None else f"{self.where}: line {line}"
            raise InputError(
                f"{where}: is no JSON, so it may be half-written ({error}). Nothing was imported; "
                f"mend or remove it, as a part would pass for the whole."
            ) from None
        except ValueError as error:
            where = self.where if line is None else f"{self.where}: line {line}"
            raise InputError(f"{where}: {error}.") from None

    def sha256(self) -> str:
        """Return the SHA-256 of the file as it lies there, packed or not."""
        with self._raw() as handle:
            digest = hashlib.sha256()
            while chunk := handle.read(1 << 20):
                digest.update(chunk)
            return digest.hexdigest()

    def members(self) -> list[str]:
        """Return the names in a ZIP archive, sorted; none of another file."""
        if self.member is not None or not self.begins(_ZIP):
            return []
        try:
            entries = archive_of(self.path).infolist()
            # Of two entries of one name the last is the member.
            return sorted({info.filename for info in entries if not info.is_dir()})
        except zipfile.BadZipFile as error:
            raise InputError(
                f"{self.path}: begins as a ZIP archive and is none, so it is truncated or damaged "
                f"({error}). Nothing was imported; copy or make the file again."
            ) from None

    def begins(self, magic: bytes) -> bool:
        """Return whether the file on the disk begins with some bytes."""
        try:
            with self.path.open("rb") as handle:
                return handle.read(len(magic)) == magic
        except OSError as error:
            raise StorageError(f"{self.path}: cannot be read: {error.strerror or error}.") from None


def stem(path: Path) -> str:
    """Return what to call the model of a path that does not name it."""
    source = Source(path)
    return path.resolve().name if path.is_dir() else source.name.rpartition(".")[0] or source.name


def split_model(text: str) -> tuple[str, str | None]:
    """Return path and model of ``PATH#MODEL``; no model of ``PATH``, which may hold a ``#``."""
    if Path(text).exists() or "#" not in text:
        return text, None
    places = [i for i, char in enumerate(text) if char == "#"]
    cut = next((i for i in places if Path(text[:i]).exists()), places[-1])
    return text[:cut], text[cut + 1 :]


def sources_of(path: Path) -> list[Source]:
    """Return the files that a path stands for, sorted by name.

    A folder stands for all files below it, an archive for its members; hidden
    files are left out, and so are links to folders.

    Raises
    ------
    InputError
        When there is no such path, nothing in it, or a link that leads nowhere.
    """
    if not path.exists():
        raise InputError(
            f"{path}: no such file or folder; paths are relative to the working folder."
        )
    sources = [source for file in files_at(path) for source in _of_file(file)]
    if not sources:
        raise InputError(f"{path}: holds no file.")
    return sources


def files_at(path: Path) -> list[Path]:
    """Return a file, or those below a folder that `sources_of` takes, sorted by name."""
    return [path] if path.is_file() else sorted(_files_below(path))


def _files_below(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():
                yield from _files_below(entry)
        elif entry.is_file():
            yield entry
        elif entry.is_symlink():
            raise InputError(
                f"{entry}: is a link to {entry.readlink()}, which is not there, so that a part of "
                f"the folder would pass for the whole; bring the file here, or remove the link."
            )


def _of_file(path: Path) -> list[Source]:
    whole = Source(path)
    members = whole.members()
    # An archive that a tool reads as one file: a log of Inspect, arrays of NumPy.
    inspect = not {"header.json", "_journal/start.json"}.isdisjoint(members)
    if not members or inspect or all(name.endswith(".npy") for name in members):
        return [whole]
    shown = (
        name for name in members if not any(p.startswith((".", "__")) for p in Path(name).parts)
    )
    return [Source(path, name) for name in shown]


def what_it_is(source: Source) -> str:
    """Return what a file is that no importer reads."""
    with source.open() as stream:
        head = stream.read(HEAD_BYTES)
    # What is advised of tables is no help here.
    return kind_of(head, Path(source.name)).partition(";")[0] if head else "empty"
