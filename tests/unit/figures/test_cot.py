"""CoT-pass@k: a column a rule, what was judged, how good the judge is."""

import json

import polars as pl
import pytest

from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures

ASKED = [{"name": "cot", "title": None}]


def drawn(tables, spec):
    job = Figures.model_validate({**spec, "figures": ASKED})
    return build_figures(tables, job)["cot"].to_dict()


@pytest.fixture(scope="module")
def chart(small, small_spec):
    return drawn(small, small_spec)


def words(chart):
    return " ".join(json.dumps(chart, ensure_ascii=False).replace('", "', " ").split())


def test_a_row_a_benchmark_and_a_column_a_rule(chart):
    assert chart["columns"] == 5
    titles = [panel["title"]["text"] for panel in chart["concat"]]
    assert len(titles) == 10
    assert titles[0].startswith("aime24: answer") and titles[5].startswith("math500: answer")
    assert [title.split(": ")[1] for title in titles[:5]] == [
        "answer correct",
        "no false equation",
        "judged valid by a model",
        "judged, errors corrected",
        "judged valid by people",
    ]


def test_panels_tell_how_much_was_judged_and_how_well(chart):
    text = words(chart)
    assert "base-7b: 21 correct in 9 hard problems" in text
    assert "base-7b: 18 of 21 judged" in text and "base-7b: 12 of 21 judged" in text
    assert "sensitivity 85 % [65 %, 96 %] (17 of 20)" in text
    assert "specificity 75 % [51 %, 91 %] (12 of 16)" in text
    assert "upper bound of CoT-pass@k" in text
    assert "better than a coin" not in text


def test_a_judge_no_better_than_a_coin_is_named(small, small_spec):
    quality = small["judge_quality"].with_columns(informative=pl.lit(False))
    text = words(drawn({**small, "judge_quality": quality}, small_spec))
    assert "not shown to be better than a coin" in text and "undetermined" in text


def test_a_judge_that_nobody_checked(small, small_spec):
    quality = small["judge_quality"].with_columns(
        valid=pl.lit(0), invalid=pl.lit(0), valid_accepted=pl.lit(0), invalid_rejected=pl.lit(0)
    )
    text = words(drawn({**small, "judge_quality": quality}, small_spec))
    assert "How often the judge errs is not known" in text


def test_rules_keep_their_columns_where_a_benchmark_lacks_one(small, small_spec):
    cot = small["passk_cot"].filter((pl.col("benchmark") != "aime24") | (pl.col("rule") != "human"))
    chart = drawn({**small, "passk_cot": cot}, small_spec)
    assert len(chart["concat"]) == 10
    assert "nothing was judged" in json.dumps(chart["concat"][4])


def test_rules_that_nobody_applied_have_no_column(small, small_spec):
    cot = small["passk_cot"].filter(pl.col("rule").is_in(["answer", "arithmetic"]))
    chart = drawn({**small, "passk_cot": cot}, small_spec)
    assert chart["columns"] == 2
    assert "sensitivity" not in json.dumps(chart)


def test_nothing_to_draw_says_why(small, small_spec):
    for tables in (
        {**small, "passk_cot": small["passk_cot"].clear()},
        {name: frame for name, frame in small.items() if name != "passk_cot"},
    ):
        assert "no chain of thought was looked at" in words(drawn(tables, small_spec))
