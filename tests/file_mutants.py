"""Files with one fault each, as a cut copy, a slip of the hand or another program makes them.

No reader may answer such a file with a traceback, nor take a part for the whole
without a word: `survive` reads every mutant and says which reader did.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from boundary.comparison.side import Side
from boundary.errors import BoundaryError

#: Mutants of each kind.
EACH = 20
_OTHERS: tuple[Any, ...] = (None, True, 7, -1, 0.5, "", "x", "5", [], {}, [None], {"a": 1})


@dataclass(frozen=True)
class Mutant:
    """Some files, one of which differs from the whole in one place.

    Attributes
    ----------
    kind : str
        ``cut``, ``deleted`` or ``retyped``.
    about : str
        What was done where.
    files : mapping of str to bytes
        Content by name.
    """

    kind: str
    about: str
    files: Mapping[str, bytes]


def mutants(files: Mapping[str, bytes], seed: int, each: int = EACH) -> Iterator[Mutant]:
    """Yield files cut short, with a part deleted, and with a value of another type.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by name: JSON, lines of JSON, CSV, or a ZIP archive of JSON.
    seed : int
    each : int
        How many of each of the three kinds.
    """
    draw = random.Random(seed)
    made = {"cut": _cut, "deleted": _deleted, "retyped": _retyped}
    for kind, change in made.items():
        for _ in range(each):
            name = draw.choice(sorted(files))
            about, content = change(files[name], draw)
            yield Mutant(kind, f"{name}: {about}", {**files, name: content})


def survive(
    read: Callable[[Path], Sequence[Side]], files: Mapping[str, bytes], folder: Path, seed: int
) -> Counter[str]:
    """Read every mutant and require an error of ours, or an answer that tells what differs.

    Parameters
    ----------
    read : callable
        From the file, or the folder where there are several, to sides.
    files : mapping of str to bytes
        The whole, which can be read.
    folder : Path
        Where copies go.
    seed : int

    Returns
    -------
    Counter of str
        How many were refused, were read with other rows or remarks, and alike.

    Raises
    ------
    AssertionError
        Where a mutant raises anything but a `BoundaryError`, or scores of as many
        trials differ from those of the whole and nothing is said.
    """
    whole = _answer(read(_written(files, folder / "whole")), folder / "whole")
    ends: Counter[str] = Counter()
    for number, mutant in enumerate(mutants(files, seed)):
        place = folder / f"{number:03d}"
        path = _written(mutant.files, place)
        try:
            answer = _answer(read(path), place)
        except BoundaryError as error:
            assert str(error), mutant.about
            ends["refused"] += 1
            continue
        except Exception as error:
            raise AssertionError(f"{mutant.about}: {type(error).__name__}: {error}") from error
        differs = answer.trials != whole.trials or answer.remarks != whole.remarks
        # A text that was changed may well be graded in another way; one that is gone may not.
        same = answer.scores == whole.scores
        assert differs or same or mutant.kind == "retyped", mutant.about
        ends["other rows or remarks" if differs else "alike"] += 1
    return ends


@dataclass(frozen=True)
class _Answer:
    trials: Mapping[tuple[str, ...], int]
    scores: Mapping[tuple[str, ...], tuple[Any, ...]]
    remarks: frozenset[str]


def _answer(sides: Sequence[Side], folder: Path) -> _Answer:
    assert sides
    scores = pl.concat([side.scores for side in sides], how="diagonal")
    rows = scores.select("model", "benchmark", "problem_id", "n", "correct").iter_rows()
    counted = {tuple(map(str, row[:3])): row[3:] for row in rows}
    remarks = frozenset(
        remark.replace(str(folder), "") for side in sides for remark in side.remarks
    )
    return _Answer({key: row[0] for key, row in counted.items()}, counted, remarks)


def _written(files: Mapping[str, bytes], folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / next(iter(files)) if len(files) == 1 else folder


def _cut(content: bytes, draw: random.Random) -> tuple[str, bytes]:
    end = draw.randrange(len(content))
    return f"ends after {end} of {len(content)} bytes", content[:end]


def _deleted(content: bytes, draw: random.Random) -> tuple[str, bytes]:
    if draw.random() < 0.3:  # bytes, wherever they stand
        begin = draw.randrange(len(content))
        end = begin + draw.randint(1, 40)
        return f"bytes {begin} to {end} are gone", content[:begin] + content[end:]
    return _changed(content, draw, gone=True)


def _retyped(content: bytes, draw: random.Random) -> tuple[str, bytes]:
    return _changed(content, draw, gone=False)


def _changed(content: bytes, draw: random.Random, gone: bool) -> tuple[str, bytes]:
    """Delete or replace a value of JSON, a cell or a line."""
    if content.startswith(b"PK"):
        return _changed_member(content, draw, gone)
    try:
        document = json.loads(content)
    except ValueError:
        lines = content.split(b"\n")
        row = draw.choice([i for i, line in enumerate(lines) if line.strip()])
        if gone and draw.random() < 0.3:
            return f"line {row + 1} is gone", b"\n".join(lines[:row] + lines[row + 1 :])
        about, lines[row] = _changed_line(lines[row], draw, gone)
        return f"line {row + 1}: {about}", b"\n".join(lines)
    about, document = _changed_value(document, draw, gone)
    return about, json.dumps(document).encode()


def _changed_line(line: bytes, draw: random.Random, gone: bool) -> tuple[str, bytes]:
    try:
        document = json.loads(line)
    except ValueError:
        cells = line.split(b",")
        place = draw.randrange(len(cells))
        cells[place : place + 1] = [] if gone else [json.dumps(draw.choice(_OTHERS)).encode()]
        return f"cell {place + 1} is {'gone' if gone else 'another'}", b",".join(cells)
    about, document = _changed_value(document, draw, gone)
    return about, json.dumps(document).encode()


def _changed_value(document: Any, draw: random.Random, gone: bool) -> tuple[str, Any]:
    places = list(_places(document))
    if not places:
        return "is another", None if gone else draw.choice(_OTHERS)
    holder, key = draw.choice(places)
    if gone:
        del holder[key]
        return f"{key!r} is gone", document
    old = holder[key]
    holder[key] = draw.choice([new for new in _OTHERS if type(new) is not type(old)])
    return f"{key!r} is {holder[key]!r} in place of {old!r:.60}", document


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each value of a document by what holds it and its key or index there."""
    if isinstance(document, dict):
        pairs: list[tuple[Any, Any]] = list(document.items())
    else:
        pairs = list(enumerate(document)) if isinstance(document, list) else []
    for key, value in pairs:
        yield document, key
        yield from _places(value)


def _changed_member(content: bytes, draw: random.Random, gone: bool) -> tuple[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice(sorted(members))
    if gone and draw.random() < 0.3:
        del members[name]
        return f"{name} is gone", zipped(members)
    about, members[name] = _changed(members[name], draw, gone)
    return f"{name}: {about}", zipped(members)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of members, the same bytes at any time of day."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in members.items():
            # ZipInfo without a date means 1980; writestr of a name takes the clock's.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
