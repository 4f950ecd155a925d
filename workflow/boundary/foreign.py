"""What a file is that was given in place of a table, and which command takes it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

HEAD_BYTES = 1 << 16
_MAGIC = b"PAR1"
#: What a file begins with, and what it then is.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (_MAGIC, "a Parquet file"),
    (b"ARROW1", "an Arrow (Feather) file"),
    (b"FEA1", "a Feather file"),
    (b"PK\x03\x04", "a ZIP archive (or Excel workbook, or saved weights)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"\x28\xb5\x2f\xfd", "a file packed by zstd"),
    (b"BZh", "a file packed by bzip2"),
    (b"\xfd7zXZ\x00", "a file packed by xz"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"version https://git-lfs", "a pointer of Git LFS and not the file itself (`git lfs pull`)"),
    *((b"\x80" + bytes([version]), "a Python pickle") for version in range(2, 6)),
)
_COUNTS = {"model", "problem", "n", "correct"}
_QUESTIONS = {"question", "problem", "prompt", "Question", "Problem", "question_content"}
_GOLDS = {"answer", "final_answer", "expected_answer", "solution", "tests", "canonical_solution"}
_ANSWERED = {"response", "responses", "completion", "n", "correct"}
_RESPONSES = _ANSWERED - {"n", "correct"}
_STUDY = ("study:", "models:", "comparisons:", "protocols:")
#: Where a study's own files stand: what is missing there is made anew.
_MADE = {"samples", "verdicts", "scores", "problems", "likelihoods", "studies"}


def is_made_here(path: Path) -> bool:
    """Return whether a file is in a folder where the pipeline writes."""
    return any(one == "results" and other in _MADE for one, other in pairwise(path.parts))


def remedy(path: Path) -> str:
    """Return what to do about a file that is damaged: nobody is to delete what is not ours."""
    if is_made_here(path):
        return (
            "Move it away and run the same command again: only what is missing is made anew. "
            "Nothing was changed."
        )
    return "Nothing was changed; copy or make the file again."


def unreadable(path: Path, why: str) -> str:
    """Return what to say of a file that cannot be read as Parquet.

    Parameters
    ----------
    path : Path
        An existing file.
    why : str
        What the reader said.
    """
    with path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
        handle.seek(max(0, path.stat().st_size - len(_MAGIC)))
        tail = handle.read()
    if not head:
        return f"{path}: cannot be read as Parquet, as it is empty. {remedy(path)}"
    if head.startswith(_MAGIC):
        state = "is damaged" if tail == _MAGIC else "is truncated"
        return f"{path}: cannot be read as Parquet: it {state} ({why}). {remedy(path)}"
    return (
        f"{path}: cannot be read as Parquet, as it is {kind_of(head, path)}. A table is one "
        f"Parquet file; nothing was changed."
    )


def kind_of_file(path: Path) -> str:
    """Return what a file is, as `kind_of` does."""
    with path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    return kind_of(head, path) if head else "empty"


def kind_of(head: bytes, path: Path) -> str:
    """Return what a file is by its first bytes, and which command takes it.

    Parameters
    ----------
    head : bytes
        The beginning of the file.
    path : Path
        Its name, for the advice.
    """
    begun = [kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)]
    if begun:
        return begun[0]
    if head.startswith(b"\x1f\x8b"):
        try:
            inner = gzip.GzipFile(fileobj=io.BytesIO(head)).read1(HEAD_BYTES)
        except (OSError, EOFError, zlib.error):
            return "a gzip file that cannot be unpacked"
        return f"a file packed by gzip; unpacked it is {kind_of(inner, path.with_suffix(''))}"
    try:
        text = head.decode("utf-8-sig", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        if b"\0" not in head:
            return "text in another encoding than UTF-8, or binary data"
        text = "\0"
    return "binary data of no known kind" if "\0" in text else _text_kind(text.strip(), path)


def _text_kind(text: str, path: Path) -> str:
    lines = text.splitlines() or [""]
    if text[:1] in ("{", "["):
        first = first_object(lines[0])
        several = len(lines) > 1 or path.suffix in (".jsonl", ".ndjson")
        many = several and text[0] == "{" and first is not None
        form, reader = ("JSON lines", "ndjson") if many else ("JSON", "json")
        return form + _advice(set(first or first_object(text) or ()), path, reader)
    if text[:1] == "<":
        return "a page in HTML or XML, and a download may have gone wrong"
    if any(line.startswith(_STUDY) for line in lines):
        return "a study file in YAML, which `check-config`, `estimate` and snakemake take"
    mark = max(",;\t", key=lines[0].count)
    columns = [name.strip() for name in next(csv.reader([lines[0]], delimiter=mark), [])]
    if len(columns) < 2:
        return "text" if text else "nothing but white space"
    form = {",": "CSV", ";": "CSV with semicolons", "\t": "CSV with tabs"}[mark]
    reader = "csv" if mark == "," else f"csv separated by {mark!r}"
    return f"{form}, of columns {', '.join(columns[:8])}{_advice(set(columns), path, reader)}"


def first_object(text: str) -> dict[str, Any] | None:
    """Return a JSON text that is an object, or the first of a list; None of any other."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else None


def _advice(names: set[str], path: Path, reader: str) -> str:
    """Return which command takes a text file of such columns."""
    if names >= _COUNTS:
        return f"; of counts, `python -m boundary counts --csv {path}` makes a score table"
    if names & _QUESTIONS and names & _GOLDS and not names & _ANSWERED:
        return (
            f"; of problems, `python -m boundary problems` makes a table, with "
            f'"source": "file:{path}" in its --spec'
        )
    beside = path.with_suffix(".parquet")
    if beside != path and beside.is_file():
        return f"; the table itself may be {beside}, which stands beside it"
    if names & _RESPONSES:
        return "; of responses, `python -m boundary compare` takes it, or `import` makes tables"
    return f"; polars.read_{reader.partition(' ')[0]} and write_parquet make Parquet of it"
