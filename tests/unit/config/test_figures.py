"""The section ``figures``: a list, or what is drawn and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config.figures import LONGEST, stem
from boundary.config.load import parse_study
from boundary.jobs.pages import Theme

Raw = dict[str, Any]


def test_a_list_is_what_is_drawn(raw: Raw) -> None:
    study = parse_study(raw | {"figures": ["passk"]}, "s.yaml")
    assert study.figures.draw == ["passk"] and study.figures.theme == Theme()
    del raw["figures"]
    assert parse_study(raw, "s.yaml").figures.draw is None


def test_theme_and_figures_side_by_side(raw: Raw) -> None:
    theme = {"width": "column", "font": "Times New Roman, serif", "palette": "grey"}
    study = parse_study(raw | {"figures": {"theme": theme, "draw": ["passk"]}}, "s.yaml")
    assert study.figures.theme.points == 240 and study.figures.draw == ["passk"]
    alone = parse_study(raw | {"figures": {"theme": {"width": 300}}}, "s.yaml")
    assert alone.figures.theme.points == 300 and alone.figures.draw is None


def test_a_part_of_a_figure_has_files_of_its_own() -> None:
    assert stem("passk", None, None) == "passk"
    assert stem("passk", "math", ["base", "rl"]) == "passk-math-base-rl"
    long = [f"{i}-{'x' * 70}" for i in range(3)]
    names = {stem("passk", None, long), stem("passk", None, long[::-1])}
    assert len(names) == 2 and all(len(name) == LONGEST for name in names)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (
            [{"name": "passk", "benchmark": "lengthy"}],
            "figures[0].benchmark: no benchmark is called 'lengthy'; there are: short, old.",
        ),
        (
            {"draw": ["passk", {"name": "passk", "models": ["student"]}]},
            "figures.draw[1].models: no model is called 'student'; there are: base, early, rl, "
            "paper, paper2.",
        ),
        ({"draw": ["passk", "passk"]}, "figures.draw[1]: 'passk' is listed twice."),
        ({"draw": ["pask"]}, "figures.draw[0]: no figure is called 'pask'"),
        ({"theme": {"width": "page"}}, "figures.theme.width: "),
        ({"theme": {"width": 10}}, "figures.theme.width: "),
        ({"theme": {"font": 'Arial"/><script>'}}, "figures.theme.font: "),
        ({"theme": {"palette": "jet"}}, "figures.theme.palette: "),
        (
            {"theme": {"colour": 1}},
            "figures.theme.colour: unknown key (found 1). Valid keys: width, font, palette.",
        ),
        ({"list": []}, "figures.list: unknown key (found []). Valid keys: draw, theme."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    raw: Raw, problems: Callable[[Raw], list[str]], section: Any, message: str
) -> None:
    (line,) = problems(raw | {"figures": section})
    assert line.startswith(message)
