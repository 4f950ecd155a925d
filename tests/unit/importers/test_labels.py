"""Names of benchmarks that files or users give to problems."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side


def counts(folder: Path, problems: int, **columns: str) -> Path:
    path = folder / "model.csv"
    frame = pl.DataFrame({"problem": range(problems), "n": 4, "correct": 1})
    frame.with_columns(pl.lit(text).alias(name) for name, text in columns.items()).write_csv(path)
    return path


@pytest.mark.parametrize("named", ["file", "user"])
def test_more_problems_than_the_benchmark_has_are_another(named: str, tmp_path: Path) -> None:
    path = counts(tmp_path, 1060, **({"benchmark": "math500"} if named == "file" else {}))
    reading = Reading(benchmark="math500" if named == "user" else None)
    with pytest.raises(InputError, match="1,060 problems, and math500 has 500") as caught:
        read_side(path, reading, tmp_path / "work")
    assert str(path) in str(caught.value)
    assert "--benchmark" in str(caught.value)


def test_fewer_problems_and_unknown_benchmarks_are_said(tmp_path: Path) -> None:
    (few,) = read_side(counts(tmp_path, 30), Reading(benchmark="math500"), tmp_path / "a")
    assert any("30 of the 500 problems" in remark for remark in few.remarks)
    (new,) = read_side(counts(tmp_path, 30), Reading(benchmark="of-mine"), tmp_path / "b")
    assert any("no benchmark 'of-mine'" in remark for remark in new.remarks)


def test_without_a_name_nothing_is_said(tmp_path: Path) -> None:
    (side,) = read_side(counts(tmp_path, 30), Reading(), tmp_path / "work")
    assert not any("benchmark" in remark for remark in side.remarks)
