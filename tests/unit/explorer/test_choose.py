"""Which responses are shown: one for each reason, then others by seed."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.explorer.choose import DRAWN, REASONS, choose, otherwise

COLUMNS = ("problem_id", "sample_index", "correct", "n_tokens", "surprise", "tricked", "otherwise")
ROWS = [
    ("p", 0, False, 9, 3.0, False, False),
    ("p", 1, True, 9, 1.0, False, False),
    ("p", 2, True, 5, 1.5, False, False),
    ("p", 3, True, 7, 8.0, False, False),
    ("p", 4, False, 1, 9.0, True, False),
    ("p", 5, True, 9, 2.0, False, True),
    *(("p", i, False, 9, None, False, False) for i in range(6, 30)),
    ("q", 0, True, 4, None, True, False),
    ("q", 1, True, None, None, False, False),
]


def responses(rows: list[tuple[object, ...]] = ROWS) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row", infer_schema_length=None)
    return frame.with_columns(
        pl.col("surprise").cast(pl.Float64), finish_reason=pl.lit("stop", pl.String)
    )


def chosen(frame: pl.DataFrame, problem: str, most: int = 8) -> list[tuple[int, list[str]]]:
    rows = choose(frame, most, 7).filter(problem_id=problem)
    assert rows["rank"].to_list() == list(range(rows.height))
    indices = rows.select("sample_index", "reasons").iter_rows()
    return [(index, [REASONS[place] for place in reasons]) for index, reasons in indices]


def test_one_for_each_reason_in_their_order() -> None:
    named = [each for each in chosen(responses(), "p") if each[1] != [DRAWN]]
    assert named == [
        (1, ["first right"]),
        (0, ["first wrong"]),
        (2, ["shortest right"]),
        (3, ["most surprising right"]),
        (4, ["trick or breach"]),
        (5, ["graded otherwise"]),
    ]


def test_a_response_stands_once_and_says_every_reason() -> None:
    assert chosen(responses(), "q") == [
        (0, ["first right", "shortest right", "trick or breach"]),
        (1, [DRAWN]),
    ]


def test_the_rest_is_drawn_by_seed_and_the_order_of_rows_is_nothing() -> None:
    frame = responses()
    assert choose(frame, 8, 7).equals(choose(frame.reverse(), 8, 7))
    drawn = {
        seed: {
            i
            for i, why in choose(frame, 8, seed)
            .filter(problem_id="p")[["sample_index", "reasons"]]
            .iter_rows()
            if why == [len(REASONS) - 1]
        }
        for seed in range(200)
    }
    assert all(len(each) == 2 and each <= set(range(6, 30)) for each in drawn.values())
    # Of 24 each is as likely: 400 draws, about 17 of each.
    counts = [sum(i in each for each in drawn.values()) for i in range(6, 30)]
    assert min(counts) > 4 and max(counts) < 36


@pytest.mark.parametrize("most", [0, 1, 3, 30, 100])
def test_never_more_than_asked_for(most: int) -> None:
    rows = choose(responses(), most, 7)
    assert rows.group_by("problem_id").len()["len"].to_list() == [] or (
        rows.filter(problem_id="p").height == min(most, 30)
    )
    assert rows.select("problem_id", "sample_index").is_unique().all()


def test_what_a_fault_ended_is_no_response() -> None:
    frame = responses().with_columns(
        finish_reason=pl.when(pl.col("sample_index") == 1)
        .then(pl.lit("error"))
        .otherwise("finish_reason")
    )
    assert chosen(frame, "p")[0] == (2, ["first right", "shortest right"])
    assert chosen(frame, "q") == [(0, ["first right", "shortest right", "trick or breach"])]


def test_without_another_grader_nothing_is_graded_otherwise() -> None:
    verdicts = pl.DataFrame({"correct": [True, False, True, False]})
    assert otherwise(verdicts) is None
    told = verdicts.with_columns(correct_lenient=pl.Series([True, None, False, True]))
    found = otherwise(told)
    assert found is not None
    assert told.select(x=found)["x"].to_list() == [False, False, True, True]
