"""Where problems stop by their verdicts: who goes on, and shards that do not agree with it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from boundary.ends import check_ends, ends, goes_on, with_rule
from boundary.errors import TableError
from boundary.stopping import StoppingRule
from boundary.tables import STOPPING

RULE = StoppingRule(8, 2, 2)
ARM = Path("results/samples/m/b/p")
SHARDS = [ARM / "00000.parquet", *(ARM / f"0a/{block:05d}.parquet" for block in (1, 2, 3))]
#: Right and wrong samples of each problem up to its end, two a block.
RESPONSES = {
    "never": "00000000",
    "first": "11",
    "second": "0101",
    "last": "00010000",
    "late": "0010",
}


def verdicts(responses: dict[str, str]) -> pl.DataFrame:
    """Return a verdict for each letter, and the number of the shard that it is in."""
    rows = [
        (name, index, letter == "1", index // 2)
        for name, letters in responses.items()
        for index, letter in enumerate(letters)
    ]
    columns = {"problem_id": pl.String, "sample_index": pl.Int64, "correct": pl.Boolean}
    return pl.DataFrame(rows, schema={**columns, "shard": pl.Int64}, orient="row")


WHOLE = {**RESPONSES, "late": "00100000"}


def test_where_each_problem_ends() -> None:
    found = dict(ends(verdicts(WHOLE), RULE).iter_rows())
    assert found == {"never": 8, "first": 2, "second": 4, "last": 8, "late": 8}


def test_who_goes_on() -> None:
    assert goes_on(verdicts(WHOLE), 2, 2) == ["last", "late", "never", "second"]
    assert goes_on(verdicts(WHOLE), 4, 2) == ["last", "late", "never"]
    assert goes_on(verdicts({"a": "11"}), 2, 2) == []


def test_shards_that_agree_pass() -> None:
    check_ends(verdicts(WHOLE), verdicts(WHOLE), SHARDS, RULE)


def test_a_problem_that_stopped_and_has_later_samples_is_refused() -> None:
    judged = verdicts(WHOLE | {"last": "11010000", "never": "11000000"})
    with pytest.raises(TableError) as caught:
        check_ends(verdicts(WHOLE), judged, SHARDS, RULE)
    message = str(caught.value)
    assert message.startswith(
        "results/samples/m/b/p/0a/00001.parquet: holds samples of problems that had stopped "
        "before this block, by the verdicts as they are: last, never. Verdicts have changed"
    )
    assert "Rename the folder results/samples/m/b/p/0a (" in message
    assert "move results/going/m/b/p/0a away" in message


def test_a_problem_that_goes_on_and_has_no_later_samples_is_refused() -> None:
    with pytest.raises(TableError) as caught:
        check_ends(verdicts(RESPONSES), verdicts(RESPONSES), SHARDS, RULE)
    assert str(caught.value).startswith(
        "results/samples/m/b/p/0a/00002.parquet: lacks samples of problems that go on to this "
        "block, by the verdicts as they are: late (problem late has 4 samples, and ends at 8)."
    )


def test_scores_tell_the_rule() -> None:
    scores = with_rule(pl.DataFrame({"n": [2, 8]}), RULE)
    assert scores.select(STOPPING).rows() == [(8, 2, 2)] * 2
