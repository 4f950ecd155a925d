"""The table of further studies, and its sentences."""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.planning.compute import can_plan
from boundary.analyses.planning.section import SUMMARIES, beside, sentence
from boundary.analysis.pairs import Pair
from boundary.analysis.questions import Questions
from score_tables import NAMES, arm, study_tables


def planned(base, other, n=16):
    scores = pl.concat([arm("b", base, n), arm("o", other, n)])
    return study_tables(scores, {"comparisons": [NAMES]})["planned"]


def test_an_open_verdict_is_planned_for_and_a_settled_one_is_not():
    draws = np.random.default_rng(3)
    base = draws.binomial(16, 0.3, 60)
    open_one = planned(base, draws.binomial(16, 0.32, 60))
    assert open_one.height == 3 * 2 + 2
    assert open_one.filter("same_problems")["problems"].to_list() == [60, 60]
    assert open_one["k_max"].to_list() == [8] * 8
    assert planned(base, np.full(60, 16)).height == 0
    assert planned(base[:20], base[:20]).height == 0  # too few problems


def test_its_table_and_its_sentence():
    draws = np.random.default_rng(3)
    frame = planned(draws.binomial(16, 0.3, 400), draws.binomial(16, 0.305, 400))
    shown = SUMMARIES["planned"](frame)
    assert [row[4] for row in shown.rows].count("these") == 2
    (text,) = beside({"planned": frame}).values()
    assert text.startswith("A further study of this size would settle it up to k = 8 in ")
    assert "1,600 problems and n = 64" in text
    assert "more samples would narrow D there" in text  # all problems are alike
    rows = [row | {"between_share": 0.9} for row in frame.to_dicts()]
    assert "more problems would narrow D there, rather than more samples" in sentence(rows)


def test_its_sentence_says_which_designs_it_is_of():
    draws = np.random.default_rng(3)
    rows = planned(draws.binomial(16, 0.3, 40), draws.binomial(16, 0.3, 40)).to_dicts()
    other = [row for row in rows if row["problems"] == 160 and row["samples"] == 64][:1]
    text = sentence(other)  # as `boundary plan-n` of one design
    assert text.startswith("A further study of 160 problems and n = 64 would settle it up to k = 8")
    assert "one of" not in text
    nothing = [other[0] | {"likeliest": "undetermined", "assurance": 1.0, "settled": 0.0}]
    assert "; no verdict that decides anything is likely there." in sentence(nothing)


def test_few_independent_problems_are_too_few():
    draws = np.random.default_rng(3)
    counts = [draws.binomial(16, 0.3, 60) for _ in range(2)]
    for clusters, enough in ((1, False), (29, False), (30, True)):
        questions = Questions(np.arange(60), np.arange(60) % clusters)
        size = np.full(60, 16)
        pair = Pair({}, [], questions, size, counts[0], size, counts[1])
        assert can_plan(pair) is enough
