"""Links to the problems behind what is counted: only where there is a page, and never dead."""

import re
from html import unescape

import polars as pl
import pytest

from boundary.analyses.coverage.tables import COVERAGE_PROBLEMS
from boundary.analysis.frames import column_types
from boundary.explorer.address import address, filtered
from boundary.jobs.pages import Report
from boundary.report.links import Links, of_arm, of_pair, of_problem
from boundary.report.methods import Methods
from boundary.report.page import render
from boundary.tables import check

PAIR = {"comparison": "rl < base", "benchmark": "a&b", "base": "b", "other": "r"}
SIDES = ("base", "other")
PAIR |= {"protocol": "t1", "other_protocol": "t2"}


@pytest.fixture(scope="module")
def compared(tables):
    crossovers = tables["crossovers"].select(
        "comparison", "benchmark", "base", "other", "protocol", "other_protocol"
    )
    rows = [
        {**row, "problem_id": f"p{i}", "set": "both", "strata": '{"level": "1"}'}
        | dict.fromkeys(("base_correct", "other_correct", "base_n", "other_n"), 32)
        | dict.fromkeys(("base_at_n", "other_at_n"), 1.0)
        for row in crossovers.iter_rows(named=True)
        for i in range(3)
    ]
    empty = pl.DataFrame(schema=column_types(COVERAGE_PROBLEMS))
    frame = pl.concat([empty, pl.DataFrame(rows)], how="diagonal_relaxed")
    return check(frame, COVERAGE_PROBLEMS, "coverage_problems")


def of_one(spec, *, exist=True, arms=(), other_at_n=0.0):
    pairs = {"x": {"title": PAIR["comparison"]}}
    told = {**spec, "comparisons": ["x"], "pairs": pairs}
    job = Report.model_validate(told | {"arms": [*arms]})
    strata = ['{"level": "1"}', '{"level": "2"}'] * 5
    at_n = dict.fromkeys(("base_at_n", "other_at_n"), 1.0) | {"other_at_n": other_at_n}
    frame = pl.DataFrame([{**PAIR, **at_n, "strata": each} for each in strata])
    return Links(job, {"coverage_problems": frame}, exist=exist)


def test_a_comparison_is_filtered_by_its_label_and_shown_by_its_title(study_spec):
    links = of_one(study_spec)
    assert links(of_pair(set="both")(PAIR)) == filtered(comparison="x", benchmark="a&b", set="both")
    assert links(of_pair()(PAIR | {"benchmark": "other"})) is None
    within = {**of_pair()(PAIR), "stratum": "level: 1"}
    assert links(within) == filtered(comparison="x", benchmark="a&b", stratum="level: 1")
    assert links({**within, "stratum": "level: 9"}) is None
    assert of_one(study_spec, exist=False)(of_pair()(PAIR)) is None


def test_a_set_is_linked_where_it_is_that_of_all_samples(study_spec):
    # Of one right among 16 samples, at the n = 8 of the other model: the page counts all 16.
    links = of_one(study_spec, other_at_n=0.5)
    assert links(of_pair(set="both")(PAIR)) is None
    assert links(of_pair()(PAIR)) == filtered(comparison="x", benchmark="a&b")


def test_an_arm_leads_to_the_first_comparison_that_it_is_a_side_of(study_spec):
    links = of_one(study_spec)
    arm = {"model": "r", "protocol": "t2", "benchmark": "a&b"}
    assert links(of_arm(cut="1")(arm)) == filtered(comparison="x", benchmark="a&b", cut="other")
    base = {"model": "b", "protocol": "t1", "benchmark": "a&b"}
    assert links(of_arm(cut="1")(base)) == filtered(comparison="x", benchmark="a&b", cut="base")
    assert links(of_arm(cut="1")(arm | {"protocol": "t1"})) is None


def test_a_problem_has_a_page_where_responses_are_at_hand(study_spec):
    row = {"benchmark": "a&b", "problem_id": "<1>"}
    assert of_one(study_spec)(of_problem(row)) is None
    shards = ["s"]
    arm = {"model": "b", "benchmark": "a&b", "protocol": "t1", "problems": "p"}
    arm |= {"kind": "math", "samples": shards, "verdicts": shards}
    assert of_one(study_spec, arms=[arm])(of_problem(row)) == address("a&b", "<1>")


def test_counts_of_the_page_lead_to_problems_that_there_are(tables, study_spec, compared):
    given = {**tables, "coverage_problems": compared}
    args = (given, {}, {}, None, Methods([], ""))
    text = render(Report.model_validate(study_spec), *args, explorer="report/problems.html")
    links = {unescape(each) for each in re.findall(r'href="(report/problems.html#[^"]*)"', text)}
    names = compared.select("comparison", "benchmark").unique().rows()
    for comparison, benchmark in names:
        for name in ("both", "base_only", "other_only", "neither"):
            assert filtered(comparison=comparison, benchmark=benchmark, set=name) in links
        assert filtered(comparison=comparison, benchmark=benchmark) in links
        cut = {filtered(comparison=comparison, benchmark=benchmark, cut=side) for side in SIDES}
        assert cut & links
    assert "report/" not in render(Report.model_validate(study_spec), *args)
