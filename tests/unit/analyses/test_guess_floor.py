"""What the report says of luck: tables and the sentence beside a verdict."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.analyses.guess_floor.section import SUMMARIES, beside

ROW = {
    "comparison": "c",
    "base": "b<script>",
    "other": "o",
    "benchmark": "aime",
    "protocol": "p",
    "other_protocol": "p",
    "k": 64,
    "base_excess": 0.4,
    "other_excess": 0.25,
    "gain": -0.15,
    "se": 0.05,
    "ci_low": -0.25,
    "ci_high": -0.05,
    "n_problems": 30,
    "n_min": 128,
    "flagged": False,
    "floor_flagged": True,
}


def said(**changes: object) -> str:
    rows = [ROW | changes, ROW | changes | {"k": 128, "flagged": True}]
    return beside({"excess_gain": pl.DataFrame(rows)})["c", "aime"]


def test_who_solves_more_beyond_guessing_is_said_only_where_the_interval_tells() -> None:
    text = said()
    assert "at k = 64 has +40.0 points (b<script>) and +25.0 (o): b<script> has more of it" in text
    assert "difference −15.0 [−25.0, −5.0], other minus base." in text
    assert "Flagged: the floor is rather too low there" in text
    assert "o has more of it" in said(gain=0.1, ci_low=0.01, ci_high=0.2)
    for ends in ((-0.2, 0.1), (-0.2, 0.0), (0.0, 0.3)):
        text = said(ci_low=ends[0], ci_high=ends[1], floor_flagged=False)
        assert "which of them has more of it is open" in text
        assert "Flagged" not in text
    assert beside({}) == {}


@pytest.mark.parametrize("key", [("comparison",), ("comparison", "benchmark")])
def test_the_page_shows_the_first_k_and_the_last_up_to_half_of_n(key: tuple[str, ...]) -> None:
    rows = [ROW | {"k": k, "flagged": 2 * k > 128} for k in (1, 2, 64, 128)]
    table = SUMMARIES["excess_gain"](pl.DataFrame(rows))
    place = table.header.index("k")
    assert [row[place] for row in table.rows] == ["1", "64"]
    assert table.rows[0][-1] == "rather too low"
