"""Figures on a phone: as wide as its screen, legible, and of the same data."""

import copy
import re

import pytest

from boundary.analyses.registry import figure_owners
from boundary.figures.interactive import PARTS
from boundary.figures.phone import WIDTH, for_phone
from boundary.figures.registry import build_figures
from boundary.figures.save import drawn
from boundary.jobs.pages import Figures

#: Pixels that text must have on a screen of 400 to be read.
LEGIBLE = 9
_WORDS = re.compile(r">([^<>]+)</(?:text|tspan)>")


def panels(node):
    parts = [part for key in PARTS for part in node.get(key, ())]
    return [each for part in parts for each in panels(part)] or [node]


@pytest.mark.parametrize("name", figure_owners())
def test_every_figure_fits_and_can_be_read(charts, name):
    before = copy.deepcopy(charts[name])
    narrow = for_phone(charts[name])
    assert charts[name] == before, "the chart for wide screens stays as it is"
    assert "hconcat" not in narrow and narrow.get("columns", 1) == 1
    assert narrow["datasets"] == before["datasets"]
    assert len(panels(narrow)) == len(panels(before))
    svg = drawn(narrow, name)
    width = float(re.search(r'<svg\b[^>]* width="([0-9.]+)', svg)[1])
    scale = min(1, WIDTH / width)
    smallest = min(map(float, re.findall(r'font-size="([0-9.]+)px"', svg)))
    assert smallest * scale >= LEGIBLE
    assert for_phone(charts[name]) == narrow


def test_names_of_rows_and_remarks_stand_above_their_rows(charts):
    wide, narrow = (
        "".join(_WORDS.findall(drawn(each, "coverage")))
        for each in (charts["coverage"], for_phone(charts["coverage"]))
    )
    for words in ("base-7b", "grpo-7b", "58 / 1 / 1 / 0, p = 1"):
        assert words in wide and words in narrow
    assert "aime24: base-7b / grpo-7b" in narrow, "on one line"


def test_a_long_name_is_broken_and_a_chart_of_nothing_stays(small, small_spec):
    empty = {key: frame.clear() for key, frame in small.items()}
    job = Figures.model_validate({**small_spec, "figures": [{"name": "passk"}]})
    chart = build_figures(empty, job)["passk"].to_dict()
    assert "nothing to draw" in drawn(for_phone(chart), "passk")
    rows = [{"row": f"{'a name of many words ' * 5}", "value": 1}]
    long = {
        "datasets": {"d": rows},
        "data": {"name": "d"},
        "mark": "bar",
        "height": {"step": 20},
        "encoding": {
            "x": {"field": "value", "type": "quantitative"},
            "y": {"field": "row", "type": "nominal"},
        },
    }
    lines = [text.strip() for text in _WORDS.findall(drawn(for_phone(long), "long"))]
    assert (
        sum(text.startswith(("a name", "name", "of many", "many", "words")) for text in lines) >= 2
    )
