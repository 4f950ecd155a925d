"""How responses ended: shares over problems, nulls where nothing is known."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.analyses.responses.compute import TRIED, responses_table
from boundary.analyses.responses.section import SUMMARIES
from boundary.analyses.responses.tables import RESPONSES, TRUNCATION
from boundary.analyses.responses.truncation import truncation_table
from boundary.analysis.intervals import mean_and_se, share_interval
from boundary.tables import check


def counted(arm, model, n, **columns):
    known = {name: pl.Series(values, dtype=pl.Int64) for name, values in columns.items()}
    if "mean_tokens" in columns:
        known["mean_tokens"] = pl.Series(columns["mean_tokens"], dtype=pl.Float64)
    size = len(next(iter(columns.values())))
    return arm(model, [0] * size, n, **known)


def test_an_arm_by_hand(arm):
    frame = counted(
        arm,
        "a",
        4,
        truncated=[4, 0, 1],
        empty=[1, 0, 0],
        no_answer=[2, 2, 2],
        distinct_responses=[4, 1, 3],
        mean_tokens=[10, 20, 60],
    )
    table = check(responses_table(frame, 0.9), RESPONSES, "test")
    (row,) = table.iter_rows(named=True)
    shares = frame["truncated"].to_numpy() / 4
    low, high = share_interval(*mean_and_se(shares), 3, 0.9)
    assert row == {
        **{"model": "a", "benchmark": "bench", "protocol": "paper"},
        **{"n_problems": 3, "n_responses": 12, "mean_tokens": 30.0},
        **{"truncated": 5, "truncated_share": pytest.approx(5 / 12)},
        **{"truncated_ci_low": pytest.approx(low), "truncated_ci_high": pytest.approx(high)},
        **{"empty": 1, "empty_share": pytest.approx(1 / 12)},
        **{"no_answer": 6, "no_answer_share": pytest.approx(0.5)},
        **{"distinct_responses": 8, "duplicate_share": pytest.approx(1 / 3)},
        **dict.fromkeys((*TRIED, "n_unset", "mean_tokens_drawn", "accepted_share")),
        **dict.fromkeys(("accepted_ci_low", "accepted_ci_high")),
    }


def test_moves_that_were_taken_by_hand(arm):
    moved = {"tokens_drawn": [240, 80, 400], "moves": [40, 20, 40], "accepted": [40, 5, 30]}
    frame = counted(arm, "a", 4, truncated=[0, 0, 0], **moved)
    table = check(responses_table(frame, 0.9), RESPONSES, "test")
    row, shares = table.row(0, named=True), frame["accepted"].to_numpy() / frame["moves"].to_numpy()
    low, high = share_interval(*mean_and_se(shares), 3, 0.9)
    assert row["mean_tokens_drawn"] == 60
    assert row["accepted_share"] == pytest.approx(2 / 3)
    assert row["accepted_ci_low"] == pytest.approx(float(low))
    assert row["accepted_ci_high"] == pytest.approx(float(high))
    page = SUMMARIES["responses"](table)
    assert "moves taken" in page.header
    assert "moves taken" not in SUMMARIES["responses"](table.drop("accepted_share")).header


def test_shares_are_of_responses_that_have_an_outcome(arm):
    counts = {
        "truncated": [1, 0, 2],
        "distinct_responses": [2, 0, 4],
        "mean_tokens": [10, None, 20],
    }
    frame = counted(arm, "a", 4, n_unset=[2, 4, 0], **counts)
    row = check(responses_table(frame), RESPONSES, "test").row(0, named=True)
    assert (row["n_problems"], row["n_responses"], row["n_unset"]) == (3, 12, 6)
    assert (row["truncated"], row["truncated_share"]) == (3, 0.5)
    assert row["duplicate_share"] == 0
    assert row["mean_tokens"] == pytest.approx((2 * 10 + 4 * 20) / 6)
    none = counted(arm, "a", 4, n_unset=[4, 4], truncated=[0, 0])
    row = check(responses_table(none), RESPONSES, "test").row(0, named=True)
    assert (row["n_unset"], row["truncated_share"]) == (8, None)


def test_what_was_tried_against_the_verifier_is_summed(arm):
    frame = counted(arm, "a", 4, violations=[1, 0, 2], tricked=[0, 0, 1], reduced=[4, 4, 4])
    assert responses_table(frame).select(TRIED).rows() == [(3, 1, 12)]


def test_none_truncated_still_has_an_interval(arm):
    row = responses_table(counted(arm, "a", 8, truncated=[0] * 50)).row(0, named=True)
    assert (row["truncated_share"], row["truncated_ci_low"]) == (0, 0)
    assert row["truncated_ci_high"] == pytest.approx(1 - 0.025 ** (1 / 50))


def test_published_counts_tell_nothing(math500):
    table = check(responses_table(math500), RESPONSES, "test")
    assert table["n_responses"].to_list() == [64_000, 64_000]
    unknown = table.drop("model", "benchmark", "protocol", "n_problems", "n_responses")
    assert all(count == 2 for count in unknown.null_count().row(0))


def test_a_column_that_is_known_of_one_arm_only(arm):
    new = counted(arm, "new", 4, empty=[1, 1], truncated=[0, 1])
    old = counted(arm, "old", 4, truncated=[2, 2])
    table = responses_table(pl.concat([new, old], how="diagonal"))
    assert table.select("model", "empty", "truncated").rows() == [("new", 2, 1), ("old", None, 4)]


def test_no_scores_no_rows(arm):
    assert responses_table(arm("a", [1], 2).clear()).is_empty()


def cut(arm, **columns):
    known = {name: pl.Series(values, dtype=pl.Int64) for name, values in columns.items()}
    correct = known.pop("correct")
    return arm("a", correct, 8, **known)


def test_truncation_by_what_responses_came_to(arm):
    frame = cut(
        arm,
        correct=[4, 2] * 6,
        no_answer=[2, 3] * 6,
        truncated=[3, 5] * 6,
        truncated_wrong=[2, 5] * 6,
        truncated_no_answer=[2, 3] * 6,
    )
    table = check(truncation_table(frame), TRUNCATION, "test")
    rows = {row["outcome"]: row for row in table.iter_rows(named=True)}
    counts = {name: (row["truncated"], row["responses"]) for name, row in rows.items()}
    assert counts == {"right": (6, 36), "wrong": (12, 30), "no_answer": (30, 30)}
    low, share, high = (rows["right"][name] for name in ("ci_low", "share", "ci_high"))
    assert share == pytest.approx(1 / 6) and low < share < high
    assert rows["no_answer"]["share"] == 1 and rows["no_answer"]["ci_high"] == 1
    assert rows["no_answer"]["ci_low"] < 0.8
    (line,) = SUMMARIES["truncation"](table).rows
    assert line[2].startswith("17 %") and line[2].endswith("] of 36")


def test_few_problems_with_such_responses_give_no_share(arm):
    one = [0, 0, 0, 0, 0, 1]
    counts = {"no_answer": one, "truncated": one, "truncated_no_answer": one}
    frame = cut(arm, correct=[7] * 6, truncated_wrong=one, **counts)
    rows = truncation_table(frame).rows_by_key("outcome", named=True)
    assert rows["no_answer"][0]["share"] is None and rows["no_answer"][0]["responses"] == 1
    assert rows["right"][0]["share"] == 0
    assert SUMMARIES["truncation"](truncation_table(frame)).rows[0][4] == "– of 1"


def test_clusters_of_problems_are_drawn_whole(arm):
    columns = {
        "correct": [0, 8] * 20,
        "no_answer": [0] * 40,
        "truncated": [4, 0] * 20,
        "truncated_wrong": [4, 0] * 20,
        "truncated_no_answer": [0] * 40,
    }
    apart = cut(arm, **columns)
    wrong = apart.with_columns(truncated=pl.col("truncated") * pl.Series([2, 0] * 10 + [0] * 20))
    wrong = wrong.with_columns(truncated_wrong="truncated")
    pairs = wrong.with_columns(cluster=pl.Series([f"{i // 4}" for i in range(40)]))
    widths = [
        row["ci_high"] - row["ci_low"]
        for frame in (wrong, pairs)
        for row in truncation_table(frame).filter(outcome="wrong").iter_rows(named=True)
    ]
    assert widths[0] < widths[1]


def test_scores_that_do_not_tell_give_no_rows(arm):
    assert truncation_table(arm("a", [1, 2], 4)).is_empty()
