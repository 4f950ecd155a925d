"""The responses that the report quotes: chosen by problem ids alone."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.errors import TableError
from boundary.report.examples import QUOTED, pick_examples


def tables(count: int, responses: int = 2) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return problems, samples and verdicts of one arm, out of order."""
    ids = [f"x{i:02d}" for i in range(count)]
    problems = pl.DataFrame(
        {"benchmark": "b", "problem_id": ids, "question": [f"ask {i}" for i in ids]}
    )
    rows = [
        {
            "model": "m",
            "benchmark": "b",
            "problem_id": i,
            "sample_index": j + 8,
            "response": f"<b>{i}-{j}</b>",
            "finish_reason": "stop",
        }
        for i in ids
        for j in range(responses)
    ]
    samples = pl.DataFrame(rows).reverse()
    verdicts = samples.select(
        "problem_id",
        "sample_index",
        verdict=pl.when(pl.col("sample_index") == 8)
        .then(pl.lit("wrong"))
        .otherwise(pl.lit("correct")),
        correct=pl.col("sample_index") != 8,
    )
    return problems.reverse(), samples, verdicts


@pytest.mark.parametrize(
    ("count", "picked"),
    [
        (1, [0]),
        (2, [0, 1]),
        (3, [0, 1, 2]),
        (4, [0, 1, 2, 3]),
        (9, [0, 2, 4, 6]),
        (12, [0, 3, 6, 9]),
    ],
)
def test_first_responses_to_evenly_spaced_problems(count: int, picked: list[int]) -> None:
    frame = pick_examples(*tables(count))
    assert frame["problem_id"].to_list() == [f"x{i:02d}" for i in picked]
    assert frame["response"].to_list() == [f"<b>x{i:02d}-0</b>" for i in picked]
    assert frame["question"].to_list() == [f"ask x{i:02d}" for i in picked]
    assert frame.height <= QUOTED


def test_columns() -> None:
    frame = pick_examples(*tables(5))
    assert frame.columns == [
        "model",
        "benchmark",
        "problem_id",
        "question",
        "response",
        "verdict",
        "correct",
        "finish_reason",
    ]
    assert frame.select("verdict", "correct").unique().rows() == [("wrong", False)]


def test_the_choice_is_blind_to_what_was_answered() -> None:
    problems, samples, verdicts = tables(11)
    better = verdicts.with_columns(verdict=pl.lit("correct"), correct=True)
    longer = samples.with_columns(response=pl.col("response") + "!", finish_reason=pl.lit("length"))
    first = pick_examples(problems, samples, verdicts)
    second = pick_examples(problems, longer, better)
    assert first["problem_id"].equals(second["problem_id"])
    assert second["correct"].all()


def test_a_response_without_outcome_is_not_quoted() -> None:
    problems, samples, verdicts = tables(3)
    fault = pl.when(sample_index=0).then(pl.lit("error")).otherwise("finish_reason")
    judged = verdicts.filter(pl.col("sample_index") > 0)
    picked = pick_examples(problems, samples.with_columns(finish_reason=fault), judged)
    assert picked.equals(
        pick_examples(problems, samples.filter(pl.col("sample_index") > 0), judged)
    )
    assert picked.height == 3


def test_the_order_of_rows_does_not_matter() -> None:
    problems, samples, verdicts = tables(11)
    shuffled = [table.sample(fraction=1, shuffle=True, seed=3) for table in (problems, samples)]
    assert pick_examples(*shuffled, verdicts).equals(pick_examples(problems, samples, verdicts))


def test_responses_stay_as_they_are() -> None:
    """Escaping is the page's business: a second time would show."""
    assert pick_examples(*tables(1))["response"].to_list() == ["<b>x00-0</b>"]


def test_no_responses_give_no_examples() -> None:
    problems, samples, verdicts = tables(3)
    assert pick_examples(problems, samples.clear(), verdicts).is_empty()


def test_a_quoted_response_without_verdict_or_problem_is_told() -> None:
    problems, samples, verdicts = tables(3)
    with pytest.raises(TableError, match="responses to quote have no verdict: x00, x01, x02"):
        pick_examples(problems, samples, verdicts.clear())
    with pytest.raises(TableError, match="responses to quote have no problem: x01"):
        pick_examples(problems.filter(pl.col("problem_id") != "x01"), samples, verdicts)
