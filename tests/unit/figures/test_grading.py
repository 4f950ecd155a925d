"""The figure of rules of grading: which arms, which lines, what it says of the verdicts."""

import json

import polars as pl
import pytest

from boundary.analyses.grading import grading
from boundary.comparison_tables import EQUALITY_RULES
from boundary.extraction import RULES
from boundary.figures.registry import build_figures
from boundary.figures.theme import study_of
from boundary.jobs.pages import Figures


@pytest.fixture
def study(small, small_spec):
    return study_of(Figures.model_validate(small_spec), small)


def rows_of(chart):
    """Return what the panels show, of both families of rules."""
    panels = chart.to_dict()["datasets"].values()
    return [row for rows in panels for row in rows if rows and "rule" in rows[0]]


#: Tables of the rules that strict is held against.
OTHERS = tuple(name for name in grading.RULES_DRAWN.values() if name != "passk")


def draw(tables, spec):
    asked = {**spec, "figures": [{"name": "grading", "title": None}]}
    return build_figures(tables, Figures.model_validate(asked))["grading"]


@pytest.fixture(scope="module")
def chart(small, small_spec):
    return draw(small, small_spec)


def test_each_arm_has_a_line_for_each_rule_and_the_colour_it_has_everywhere(
    chart, small, small_spec
):
    drawn = {(row["arm"], row["rule"]) for row in rows_of(chart)}
    models = ("base-7b", "grpo-7b", "distilled-7b")
    assert drawn == {(model, rule) for model in models for rule in grading.RULES_DRAWN}
    asked = Figures.model_validate({**small_spec, "figures": [{"name": "passk"}]})
    passk = build_figures(small, asked)["passk"]
    scales = [
        json.dumps(each.to_dict()["concat"][0]["layer"][0]["encoding"]["color"]["scale"])
        for each in (chart, passk)
    ]
    assert scales[0] == scales[1]


def test_each_rule_of_a_panel_has_dashes_of_its_own(chart):
    """Panels side by side share one scale, so each names the rules of all."""
    scales = [
        layer["encoding"]["strokeDash"]["scale"]
        for panel in chart.to_dict()["concat"]
        for layer in panel["layer"]
        if "strokeDash" in layer["encoding"]
    ]
    assert scales == scales[:1] * len(scales)
    dashes = dict(zip(scales[0]["domain"], map(tuple, scales[0]["range"]), strict=True))
    for rules in grading.FAMILIES.values():
        assert len({dashes[rule] for rule in rules}) == len(rules)
        assert dashes[rules[0]] == (1, 0)


def test_flagged_stretches_fade_and_keep_their_dashes(chart):
    rows = rows_of(chart)
    ink = {(row["part"], row["k"] > 32, row["ink"]) for row in rows if row["k"] != 32}
    assert ink == {("solid", False, 1.0), ("flagged", True, 0.45)}


def test_arms_that_one_rule_alone_judged_are_left_out(small, small_spec):
    only = {
        **small,
        **{name: small[name].filter(model="base-7b") for name in OTHERS},
        "grading": small["grading"].clear(),
    }
    assert {row["arm"] for row in rows_of(draw(only, small_spec))} == {"base-7b"}


@pytest.mark.parametrize("how", ["absent", "empty"])
def test_without_other_rules_it_says_so(small, small_spec, how):
    names = (*OTHERS, "grading")
    kept = {name: frame for name, frame in small.items() if name not in names}
    if how == "empty":
        kept |= {name: small[name].clear() for name in names}
    assert "nothing to draw: no response was judged" in json.dumps(
        draw(kept, small_spec).to_dict()
    ).replace('", "', " ")


REGIONS = {
    "crossover": "other:1-3;base:14-32",
    "base-ahead-to-K": "base:1-32",
    "undetermined": None,
}


def lines(study, small, *verdicts, k_cross=(8.0, 8.0, 8.0), rules=EQUALITY_RULES):
    row = small["grading"].filter(benchmark="aime24")[:1]
    frame = pl.concat(
        row.with_columns(
            rule=pl.lit(rule),
            verdict=pl.lit(verdict),
            regions=pl.lit(REGIONS[verdict], dtype=pl.String),
            guard=pl.lit(None, dtype=pl.String),
            k_cross=k,
            ci_low=4.0,
            ci_high=16.0,
        )
        for rule, verdict, k in zip(rules, verdicts, k_cross, strict=True)
    )
    return grading.verdict_lines(frame, study, rules)


def test_one_verdict_is_told_once(small, study):
    assert lines(study, small, *["base-ahead-to-K"] * 3) == [
        "same verdict by all 3 rules: base ahead to K = 32"
    ]
    shown = lines(study, small, *["crossover"] * 3, k_cross=(8.0, 9.0, 8.0))
    assert shown == [
        "same verdict by all 3 rules (strict: crossover at k ≈ 8 [4, 16]; "
        "lenient: crossover at k ≈ 9 [4, 16]; agreed: crossover at k ≈ 8 [4, 16])"
    ]


def test_a_verdict_that_depends_on_the_rule_is_told_with_each(small, study):
    shown = lines(study, small, "undetermined", "base-ahead-to-K", "undetermined")
    assert shown == [
        "the verdict depends on the rule (strict: undetermined; lenient: base ahead to K = 32; "
        "agreed: undetermined)"
    ]


def test_what_counts_as_an_answer_is_told_beside_how_answers_are_compared(small, study):
    shown = lines(study, small, "undetermined", "crossover", "crossover", rules=RULES)
    assert shown == [
        "the verdict depends on the rule (boxed: undetermined; declared: crossover at k ≈ 8 "
        "[4, 16]; any: crossover at k ≈ 8 [4, 16])"
    ]


def test_a_benchmark_has_a_panel_for_each_family_it_was_judged_by(chart, small, small_spec):
    panels = chart.to_dict()["concat"]
    titles = [" ".join(panel["title"]["subtitle"]) for panel in panels]
    count = small["grading"]["benchmark"].n_unique()
    for family in grading.FAMILIES:
        assert sum(title.startswith(family) for title in titles) == count
    kept = ("lenient", "agreed", "fenced", "theirs")
    text = {
        **small,
        **{f"passk_{rule}": small[f"passk_{rule}"].clear() for rule in kept},
        "grading": small["grading"].filter(~pl.col("rule").is_in(kept)),
    }
    assert len(draw(text, small_spec).to_dict()["concat"]) == count


def test_of_many_comparisons_some_are_told_and_the_rest_counted(small, study):
    row = small["grading"].filter(rule="strict")[:1]
    many = pl.concat(row.with_columns(comparison=pl.lit(f"c{i}")) for i in range(6))
    shown = grading.verdict_lines(many, study, EQUALITY_RULES)
    assert len(shown) == 5
    assert shown[-1] == "2 more comparisons are in the grading table"
    assert grading.verdict_lines(row.clear(), study, EQUALITY_RULES) == []
