"""Shards that were imported: what they are held against, and the verdicts of their files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from boundary.analyses.run_scores import graded
from boundary.imported import (
    disagreement,
    disagreement_words,
    origin_of_import,
    samples_table,
    with_theirs,
)
from boundary.jobs.reading import ComparisonRow
from boundary.store import write_table
from boundary.tables import IMPORTED_SAMPLES, SAMPLES

KEY = ["problem_id", "sample_index"]


def test_a_note_tells_of_verdicts_that_differ_and_of_no_others() -> None:
    pair = {"base": "a", "other": "o", "benchmark": "b", "protocol": "p"}
    row = ComparisonRow.model_validate({"comparison": "c", **pair})
    same = {"verdicts": {"ours_only": 0, "theirs_only": 0, "judged": 9}}
    other = {"verdicts": {"ours_only": 0, "theirs_only": 1, "judged": 9}}
    assert not graded(row, {("a", "b", "p"): same})
    note = graded(row, {("a", "b", "p"): same, ("o", "b", "p"): other})
    assert note is not None and note.startswith("o: ") and "differ on 1 of 9" in note


def shard(path: Path, **columns: object) -> Path:
    frame = pl.DataFrame(
        {
            **{"model": "m", "benchmark": "b", "protocol": "p", "problem_id": "x"},
            "sample_index": [0, 1],
            "response": "r",
            "n_tokens": None,
            "finish_reason": ["stop", None],
            "seed": None,
            "logprob_sum": None,
            **columns,
        },
        schema_overrides={"seed": pl.Int64, "n_tokens": pl.Int64, "logprob_sum": pl.Float64},
    )
    write_table(frame, path, IMPORTED_SAMPLES, provenance={"imported": {"file": "f"}})
    return path


@pytest.fixture
def verdicts() -> pl.DataFrame:
    return pl.DataFrame({"problem_id": "x", "sample_index": [0, 1], "correct": [True, False]})


def test_a_shard_says_that_it_was_imported(tmp_path: Path) -> None:
    path = shard(tmp_path / "s.parquet")
    assert origin_of_import([path]) == {"file": "f"}
    assert samples_table([path]) is IMPORTED_SAMPLES
    pl.DataFrame({"x": [1]}).write_parquet(other := tmp_path / "o.parquet")
    assert samples_table([other]) is SAMPLES


def test_verdicts_of_the_file_stand_beside_ours(tmp_path: Path, verdicts: pl.DataFrame) -> None:
    path = shard(tmp_path / "s.parquet", correct_theirs=[False, None])
    both = with_theirs(verdicts, [path])
    assert both["correct_theirs"].to_list() == [False, None]
    assert disagreement(both) == {"ours_only": 1, "theirs_only": 0, "judged": 1}
    assert with_theirs(verdicts, [shard(tmp_path / "t.parquet")]).columns == verdicts.columns
    assert disagreement(verdicts) is None


def test_in_words() -> None:
    words = disagreement_words("m", {"ours_only": 3, "theirs_only": 1, "judged": 1000})
    assert words == (
        "m: our verdicts and those of the file differ on 4 of 1,000 responses (0.4 %): 3 are "
        "correct by ours alone, 1 by theirs alone"
    )
    words = disagreement_words("m", {"ours_only": 0, "theirs_only": 0, "judged": 9})
    assert words == "m: our verdicts and those of the file agree on all 9 responses"
