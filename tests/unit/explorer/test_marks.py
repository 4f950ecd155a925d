"""Marks of tokens: where a scorer gave little probability, and no character lost."""

from __future__ import annotations

import math

import polars as pl
import pytest

from boundary.explorer.marks import Piece, marked_tokens, pieces


def test_marked_are_tokens_below_a_tenth_with_a_character() -> None:
    tokens = pl.DataFrame(
        {
            "problem_id": ["p"],
            "sample_index": [3],
            "token_ends": [[2, 5, 5, 9]],
            "logprobs": [[math.log(0.5), math.log(0.05), math.log(0.01), math.log(0.0001)]],
        }
    )
    assert marked_tokens(tokens).rows() == [
        ("p", 3, 2, 5, pytest.approx(math.log(0.05))),
        ("p", 3, 5, 9, pytest.approx(math.log(0.0001))),
    ]


@pytest.mark.parametrize(
    ("chance", "level"), [(0.09, 1), (0.02, 1), (0.009, 2), (0.002, 2), (0.0009, 3), (1e-30, 3)]
)
def test_levels(chance: float, level: int) -> None:
    (piece,) = pieces("ab", [(0, 2, math.log(chance))])
    assert (piece.text, piece.level) == ("ab", level)
    assert piece.chance == pytest.approx(chance)


def test_pieces_are_the_text_again() -> None:
    text = "so 2 + 2 = 4"
    marks = [(3, 5, -5.0), (5, 7, -3.0), (11, 12, -9.0)]
    parts = list(pieces(text, marks))
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.level] == ["2 ", "+ ", "4"]
    assert list(pieces("", marks)) == [] and list(pieces("so", [])) == [Piece("so")]
    assert "".join(part.text for part in pieces(text[:6], marks)) == text[:6]
