"""The figure of where a gain comes from: bars that follow each other, panels that have data."""

import json
from itertools import pairwise

import pytest

from boundary.analyses.format_gain import format_gain
from boundary.analyses.format_gain.tables import PART_OF, TERM_WORDS
from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures
from format_tables import PARTS


def draw(tables, spec):
    asked = {**spec, "figures": [{"name": "format_gain", "title": None}]}
    return build_figures(tables, Figures.model_validate(asked))["format_gain"].to_dict()


def rows_of(chart, column):
    return [rows for rows in chart["datasets"].values() if column in rows[0]]


def test_parts_of_a_whole_fill_it(small, small_spec):
    bars = {row["row"]: row for row in rows_of(draw(small, small_spec), "start")[0]}
    for whole in ("gain", "answering", "being_right"):
        parts = [bars[TERM_WORDS[term]] for term in PART_OF if PART_OF[term] == whole]
        assert parts[0]["start"] == pytest.approx(bars[TERM_WORDS[whole]]["start"])
        assert parts[-1]["end"] == pytest.approx(bars[TERM_WORDS[whole]]["end"])
        for one, two in pairwise(parts):
            assert two["start"] == pytest.approx(one["end"])
    assert bars["gain"]["end"] == pytest.approx(100 * PARTS["gain"])


def test_gains_that_flip_are_flagged(small, small_spec):
    for rows in rows_of(draw(small, small_spec), "at"):
        flagged = {row["row"] for row in rows if row["colour"] == format_gain._FLAGGED}
        assert flagged == {"strict", "boxed"}


def test_a_comparison_of_one_rule_has_one_panel(small, small_spec):
    count = small["crossovers"].height
    assert len(draw(small, small_spec)["concat"]) == 2 * count
    one = {**small, "rule_gains": small["rule_gains"].clear()}
    assert len(draw(one, small_spec)["concat"]) == count


def test_of_many_comparisons_some_are_drawn(small, small_spec, monkeypatch):
    monkeypatch.setattr(format_gain, "MOST", 1)
    chart = draw(small, small_spec)
    assert len(chart["concat"]) == 2
    assert f"{small['crossovers'].height - 1} more comparisons" in json.dumps(chart)
