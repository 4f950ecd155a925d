"""Published sets of solved problems and temperatures of equal entropy beside a study's."""

import polars as pl
import pytest

from boundary.comparison_tables import PAIR
from boundary.published.against import against_published
from boundary.published.pairs import PAIRS_AGAINST_PUBLISHED, published_shares, sentence
from boundary.published.points import Published
from boundary.tables import check

NAMES = {"x": "base", "y": "rl"}
LABELS = dict.fromkeys(PAIR, "p") | {"base": "base", "other": "rl", "benchmark": "b"}
POINT = {"source": "T", "benchmark": "c", "models": {"x": {1: 1.0}}}
SETS = {"source": "Table 4", "benchmark": "b", "base": "x", "other": "y", "problems": 30, "k": 8}
SETS |= {"base_solved": 23, "other_solved": 19, "base_only": [4, 11, 17, 19], "other_only": []}
SAME = {"source": "Figure 17", "benchmark": "b", "base": "x", "other": "y"}
SAME |= {"base_temperature": 0.6, "temperature": 1.5, "entropy": 0.47}


def solved(row):
    """Return SOLVED_SETS at one k in which 20, 2, 1 and 7 problems are of each part."""
    shares = {"retained": 20 / 30, "forgotten": 2 / 30, "learned": 1 / 30, "never": 7 / 30}
    cells = {f"{name}_share": value for name, value in shares.items()}
    cells |= {f"{name}_low": value - 0.05 for name, value in shares.items()}
    cells |= {f"{name}_high": value + 0.05 for name, value in shares.items()}
    for name, value in {"srr": 20 / 22, "ndr": 1 / 21}.items():
        cells |= {name: value, f"{name}_low": None, f"{name}_high": None}
    facts = {"key": "", "k": 8, "n_problems": 30, "n_min": 8}
    return pl.DataFrame([{**LABELS, **facts, **cells, **row}], infer_schema_length=None)


def made(tables, **entries):
    file = Published.model_validate({"citation": "A", "points": [POINT], **entries})
    passk = pl.DataFrame({"model": ["base"], "benchmark": ["d"], "protocol": ["p"]})
    _, pairs = against_published({"passk": passk, **tables}, "s", [(file, NAMES)])
    return {row["measure"]: row for row in check(pairs, PAIRS_AGAINST_PUBLISHED, "made").to_dicts()}


def test_published_sets_are_held_against_shares_of_all_problems():
    rows = made({"solved_sets": solved({})}, sets=[SETS])
    counts = {name: 30 * rows[name]["published"] for name in rows if name not in ("srr", "ndr")}
    assert counts == pytest.approx({"both": 19, "base_only": 4, "other_only": 0, "neither": 7})
    assert rows["srr"]["published"] == pytest.approx(19 / 23) and rows["srr"]["inside"] is None
    assert rows["both"]["difference"] == pytest.approx(1 / 30) and rows["both"]["inside"]
    assert rows["base_only"]["inside"] is False and rows["base_only"]["k"] == 8
    assert "by the base alone: published 13.3 % (y and x); p 6.7 % [1.7 %, 11.7 %]" in sentence(
        rows["base_only"]
    )
    assert "90.9 %, without an interval, +8.3 points (n = 8, M = 30)" in sentence(rows["srr"])


def test_a_k_that_the_study_has_not_has_no_value():
    rows = made({"solved_sets": solved({})}, sets=[{**SETS, "k": 1024}])
    assert {row["value"] for row in rows.values()} == {None}
    assert sentence(rows["both"]).endswith("p has none (n = 8, M = 30)")


def test_without_a_printed_k_nothing_is_inside_or_outside():
    rows = made({"solved_sets": solved({})}, sets=[{**SETS, "k": None}])
    assert {row["inside"] for row in rows.values()} == {None}
    text = sentence(rows["base_only"])
    assert text.startswith("Table 4, b, ") and "OUTSIDE" not in text
    assert "points, ours at k = 8; theirs is not printed (n = 8, M = 30)" in text


def test_without_the_number_of_problems_ratios_are_left():
    sets = Published.model_validate(
        {"citation": "A", "points": [POINT], "sets": [{**SETS, "problems": None}]}
    ).sets[0]
    assert published_shares(sets) == {"srr": 19 / 23, "ndr": 0.0}


@pytest.mark.parametrize(("base_temperature", "measures"), [(0.6, ["temperature"]), (1.0, [])])
def test_equal_entropy_is_held_against_where_the_base_was_sampled_alike(base_temperature, measures):
    cells = {"base_temperature": base_temperature, "temperature": 1.2, "temperature_low": 1.0}
    cells |= {"temperature_high": 1.4, "n_problems": 30, "n_min": 8}
    matched = pl.DataFrame([{**LABELS, **cells}])
    sets = {"solved_sets": solved({})}
    rows = made({"matched_temperature": matched, **sets}, sets=[SETS], entropies=[SAME])
    assert [name for name in rows if name == "temperature"] == measures
    if measures:
        assert rows["temperature"]["inside"] is False
        assert "published 1.5 (y and x); p 1.2 [1, 1.4], −0.3, OUTSIDE" in sentence(
            rows["temperature"]
        )
