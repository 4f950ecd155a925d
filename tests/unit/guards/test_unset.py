"""Responses without outcome: let pass below a share and told, refused above it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from boundary.errors import TableError
from boundary.guards import check_unset

SHARDS = ["00000.parquet", "00001.parquet"]


@pytest.fixture
def arm(rows):
    """24 problems, two shards of two samples: 96 responses, 26 of which have no outcome."""
    frame = rows(np.arange(96).reshape(24, 2, 2))
    faulty = frame["problem_id"].is_in([f"q{i:04d}" for i in range(7)]) | (
        (frame["problem_id"] == "q0023") & (frame["sample_index"] < 2)
    )
    faulty &= ~((frame["problem_id"] == "q0000") & (frame["shard"] == 1))
    faulty &= ~((frame["problem_id"] == "q0001") & (frame["sample_index"] > 1))
    return frame.with_columns(
        finish_reason=pl.when(faulty).then(pl.lit("error")).otherwise(pl.lit("stop"))
    )


def test_too_many_are_refused_by_problem_and_shard(arm):
    with pytest.raises(TableError) as caught:
        check_unset(arm, SHARDS, 0.27)
    assert str(caught.value) == (
        "model m, benchmark b, protocol p: 26 of 96 responses have no outcome (finish_reason "
        "error), to 8 problems (q0002: 4, q0003: 4, q0004: 4 and 5 more), in 2 shards "
        "(00000.parquet: 16, 00001.parquet: 10): 27.08%, and at most 27.00% are allowed. A fault "
        "of the machine is no wrong answer: sample these anew with the tool that made them. Or, to "
        "count them as failures, allow a larger share: verification.max_unset in the study, "
        "--max-unset of score."
    )


def test_few_are_told(arm):
    told = check_unset(arm, SHARDS, 26 / 96)
    assert "26 of 96 responses have no outcome" in told
    assert told.endswith("They count as failures, and in n_unset.")
    assert check_unset(arm.with_columns(finish_reason=pl.lit("length")), SHARDS, 0) is None


def test_they_are_no_copies_of_each_other(rows, alarm):
    """A server that is down gives one empty text again and again."""
    values = np.arange(40 * 2 * 8).reshape(40, 2, 8)
    values[:, 0, 3:] = 10**6
    frame = rows(values)
    assert "one seed served several samples" in alarm(frame, temperature=0.6)
    fault = pl.when(fingerprint=10**6).then(pl.lit("error")).otherwise("finish_reason")
    assert alarm(frame.with_columns(finish_reason=fault), temperature=0.6) is None
    assert alarm(frame.with_columns(finish_reason=pl.lit("error")), temperature=0.6) is None


def test_places_stay_where_some_are_missing(rows, alarm):
    """Copies stand at the same places, whatever is missing of one block."""
    values = np.arange(20 * 2 * 8).reshape(20, 2, 8)
    values[:, 1] = values[:, 0]
    frame = rows(values)
    fault = pl.when(sample_index=0).then(pl.lit("error")).otherwise("finish_reason")
    told = alarm(frame.with_columns(finish_reason=fault), temperature=0.6)
    assert "140 of 140 responses are equal" in told
