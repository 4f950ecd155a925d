"""A file that is no table is told what it is, and which command takes it."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from pathlib import Path

import polars as pl
import pytest

from boundary.errors import TableError
from boundary.store import read_provenance, read_table
from boundary.tables import SCORES

FRAME = pl.DataFrame({"a": [1]})


def feather() -> bytes:
    held = io.BytesIO()
    FRAME.write_ipc(held)
    return held.getvalue()


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a", "b")
    return held.getvalue()


COUNTS = b"model,problem,n,correct\nm,p,4,1\n"
QUESTION = b'{"question": "q", "answer": "1"}\n'
FILES = {
    "counts.csv": (
        COUNTS,
        r"it is CSV, of .*`python -m boundary counts --csv .*counts\.csv` makes",
    ),
    "mark.csv": (b"\xef\xbb\xbf" + COUNTS, r"`python -m boundary counts --csv .*mark\.csv`"),
    "semicolons.csv": (COUNTS.replace(b",", b";"), "CSV with semicolons, .*; of counts, `pyth"),
    "counts.csv.gz": (gzip.compress(COUNTS), r"packed by gzip; .*counts --csv .*counts\.csv`"),
    "scores.csv": (b"model,benchmark,problem_id,n,correct\n", "CSV, of .*polars.read_csv"),
    "problems.jsonl": (QUESTION, r"JSON lines; of problems, `python -m boundary problems`"),
    "problems.json": (b"[\n " + QUESTION + b"]", "it is JSON; of problems"),
    "samples.jsonl": (
        b'{"response": "r", "id": 1}\n' * 2,
        r"of responses, .*compare` takes it, or",
    ),
    "rows.jsonl": (b'{"a": 1}\n' * 2, "JSON lines; polars.read_ndjson"),
    "study.yaml": (b"# mine\nstudy: x\nmodels: {}\n", "a study file in YAML, which `check-config`"),
    "a.feather": (feather(), r"an Arrow \(Feather\) file"),
    "a.zip": (zipped(), "a ZIP archive"),
    "a.pkl": (pickle.dumps({"a": 1}), "a Python pickle"),
    "a.html": (b"<!DOCTYPE html>", "a page in HTML"),
    "a.lfs": (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    "utf16.csv": ("model,problem".encode("utf-16"), "text in UTF-16"),
    "noise": (bytes(range(256)), "binary data of no known kind"),
    "latin.csv": ("modèle".encode("latin-1"), "text in another encoding than UTF-8"),
    "empty": (b"", "as it is empty"),
    "blank": (b" \n\n", "nothing but white space"),
    "note.txt": (b"hello", "it is text"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_was_given_is_told(tmp_path: Path, name: str) -> None:
    content, said = FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    for read in (lambda: read_table(path, SCORES), lambda: read_provenance(path)):
        with pytest.raises(TableError, match=said) as caught:
            read()
        assert "elete" not in str(caught.value)
    assert path.read_bytes() == content


def test_the_csv_of_a_table_names_the_table(tmp_path: Path) -> None:
    (tmp_path / "K.csv").write_text("model,k\nm,1\n")
    FRAME.write_parquet(tmp_path / "K.parquet")
    with pytest.raises(TableError, match=r"the table itself may be .*K\.parquet, which stands"):
        read_table(tmp_path / "K.csv", SCORES)
