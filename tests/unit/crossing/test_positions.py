"""Which positions are ranked highest, along which responses."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.crossing.positions import ranked_positions, ranking_responses
from boundary.errors import TableError
from boundary.tables import CROSSED_POSITIONS, check


def tokens(*responses: tuple[str, list[tuple[str, float]]]) -> pl.DataFrame:
    """Return the tokens of responses: (problem, [(token, gain), …])."""
    return pl.DataFrame(
        [
            {
                "problem_id": problem,
                "sample_index": i,
                "correct": problem == "a",
                "position": position,
                "token": token,
                "gain": gain,
            }
            for i, (problem, row) in enumerate(responses)
            for position, (token, gain) in enumerate(row)
        ]
    )


def test_ranks_of_a_hand_example() -> None:
    """Position 2 gains most where it is reached, but one response of two reaches it."""
    table = ranked_positions(
        tokens(
            ("a", [("x", 1.0), ("y", 0.5), ("z", 2.2)]),
            ("a", [("x", 2.0), ("w", 0.5)]),
            ("b", [("u", -1.0), ("v", -1.0)]),
        ),
        seed=1,
    )
    check(table, CROSSED_POSITIONS, "positions")
    shown = table.select("problem_id", "position", "gain", "responses", "of_right", "token")
    assert shown.rows() == [
        ("a", 0, 1.5, 2, True, "x"),
        ("a", 2, pytest.approx(1.1), 1, True, "z"),
        ("a", 1, 0.5, 2, True, "w"),
        ("b", 0, -1.0, 1, False, "u"),
        ("b", 1, -1.0, 1, False, "v"),
    ]
    assert table["rank"].to_list() == [0, 1, 2, 0, 1]


def test_the_control_is_a_permutation_that_knows_nothing_of_gains() -> None:
    rows = [("x", float(i)) for i in range(12)]
    up, down = (ranked_positions(tokens(("a", order)), seed=1) for order in (rows, rows[::-1]))
    assert up.sort("position")["random_rank"].sort().to_list() == list(range(12))
    assert (
        up.sort("position")["random_rank"].to_list()
        == down.sort("position")["random_rank"].to_list()
    )
    other = ranked_positions(tokens(("a", rows)), seed=2)
    assert up["random_rank"].to_list() != other["random_rank"].to_list()


def samples(rows: list[tuple[str, int, bool]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return samples and verdicts of (problem, index, correct)."""
    frame = pl.DataFrame(rows, schema=["problem_id", "sample_index", "correct"], orient="row")
    return frame.select("problem_id", "sample_index", response=pl.lit("r")), frame


def test_right_responses_go_first_and_all_where_none_is_right() -> None:
    rows = [("a", i, i in (1, 3, 4)) for i in range(6)] + [("b", i, False) for i in range(6)]
    chosen = ranking_responses(*samples(rows), problems=["a", "b"], responses=2)
    assert chosen.select("problem_id", "sample_index", "correct").rows() == [
        ("a", 1, True),
        ("a", 3, True),
        ("b", 0, False),
        ("b", 1, False),
    ]


def test_a_problem_without_a_sample_is_named() -> None:
    with pytest.raises(TableError, match=r"1 problems have no sample .* first b"):
        ranking_responses(*samples([("a", 0, True)]), problems=["a", "b"], responses=2)
