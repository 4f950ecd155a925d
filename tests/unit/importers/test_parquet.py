"""Rows of Parquet files: some at a time, packed, in archives, damaged."""

from __future__ import annotations

import gzip
import random
import zipfile

import polars as pl
import pytest

from boundary.errors import BoundaryError, InputError
from boundary.importers import parquet
from boundary.importers.head import head_of
from boundary.importers.registry import choose
from boundary.importers.source import Source, sources_of

ROWS = [(i, {"b": f"text {i}"}) for i in range(1, 8)]


@pytest.fixture
def path(tmp_path):
    frame = pl.DataFrame(
        {"a": [[i] * i for i in range(1, 8)], "b": [f"text {i}" for i in range(1, 8)]}
    )
    frame.write_parquet(tmp_path / "x.parquet")
    return tmp_path / "x.parquet"


def test_rows_of_some_columns_come_with_their_numbers(path, monkeypatch):
    monkeypatch.setattr(parquet, "ROWS", 3)
    assert head_of(Source(path)).columns == ("a", "b")
    assert list(parquet.rows_of(Source(path), ["b"])) == ROWS
    lengths = [row["a"] for _, row in parquet.rows_of(Source(path), [pl.col("a").list.len()])]
    assert lengths == [1, 2, 3, 4, 5, 6, 7]


def test_packed_and_in_an_archive(path):
    packed = path.with_suffix(".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        archive.write(path, "in/x.parquet")
    for source in (Source(packed), *sources_of(path.with_suffix(".zip"))):
        assert head_of(source).columns == ("a", "b")
        assert list(parquet.rows_of(source, ["b"])) == ROWS


def test_damage_is_refused_or_seen_in_what_is_read(path):
    whole, draw = path.read_bytes(), random.Random(1)
    for number in range(60):
        damaged = bytearray(whole)
        if number % 2:
            del damaged[draw.randrange(4, len(whole)) :]
        else:
            damaged[draw.randrange(4, len(whole))] = draw.randrange(256)
        path.write_bytes(damaged)
        try:
            columns = head_of(Source(path)).columns
            list(parquet.rows_of(Source(path), columns))
        except BoundaryError as error:
            assert "x.parquet: cannot be read as Parquet, so it is truncated or dam" in str(error)


def test_what_no_importer_reads_is_named_with_its_columns(path):
    with pytest.raises(InputError, match="is a Parquet file with the columns a, b, and of no form"):
        choose(path)
