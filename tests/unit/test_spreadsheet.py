"""The CSV beside a table: its name, and that it replaces nothing of another's."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from boundary import store
from boundary.errors import InputError
from boundary.tables import VERDICTS_TABLE

VERDICTS = pl.DataFrame(
    {
        "problem_id": ["a"],
        "sample_index": [0],
        "answer": ["1"],
        "verdict": ["correct"],
        "correct": [True],
        "grader": ["g"],
        "detail": ["why"],
    }
)


@pytest.mark.parametrize("name", ["K.csv", "K.CSV", "K.jsonl", "K.parquet.gz"])
def test_a_table_is_not_named_as_another_format(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"written as Parquet, .* Give .*/K\.parquet\.$"):
        store.write_table(VERDICTS, tmp_path / name, VERDICTS_TABLE, csv=True)
    assert list(tmp_path.iterdir()) == []


def test_a_table_is_no_folder(tmp_path: Path) -> None:
    for name in (tmp_path, Path()):
        with pytest.raises(
            InputError, match=r"is a folder, and a table is one file.* Give .*K\.pa"
        ):
            store.write_table(VERDICTS, name, VERDICTS_TABLE, csv=True)


def test_names_with_dots_have_a_csv_each(tmp_path: Path) -> None:
    for name in ("qwen2.5", "qwen2.7", "qwen2", "qwen2.parquet"):
        store.write_table(VERDICTS, tmp_path / name, VERDICTS_TABLE, csv=name != "qwen2")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        *("qwen2", "qwen2.5", "qwen2.5.csv", "qwen2.7", "qwen2.7.csv", "qwen2.csv"),
        "qwen2.parquet",
    ]


def test_a_csv_that_belongs_to_no_table_of_ours_stays(tmp_path: Path) -> None:
    path = tmp_path / "K.parquet"
    (tmp_path / "K.csv").write_text("mine")
    with pytest.raises(InputError, match=r"K\.csv: is there, and not as the CSV of .*K\.parquet"):
        store.write_table(VERDICTS, path, VERDICTS_TABLE, csv=True)
    VERDICTS.write_parquet(path)  # of another tool
    with pytest.raises(InputError, match="move it away or give another --output"):
        store.write_table(VERDICTS, path, VERDICTS_TABLE, csv=True)
    assert (tmp_path / "K.csv").read_text() == "mine"
    (tmp_path / "K.csv").rename(tmp_path / "mine.csv")
    for _ in range(2):  # the second time over its own
        store.write_table(VERDICTS, path, VERDICTS_TABLE, csv=True)
    assert (tmp_path / "K.csv").read_text() != "mine"
