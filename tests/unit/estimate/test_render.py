"""Numbers and tables as a person reads them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from rich.console import Console

from boundary.estimate import render
from boundary.estimate.compare import compare_finished
from boundary.estimate.estimate import estimate_study
from boundary.plan import Plan

from .conftest import write_block


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        (render.tokens, None, "unknown"),
        (render.tokens, 0.0, "0"),
        (render.tokens, 999, "999"),
        (render.tokens, 20_000, "20.0 k"),
        (render.tokens, 461_000, "461 k"),
        (render.tokens, 38_400_000, "38.4 M"),
        (render.tokens, 27.9e9, "27.9 B"),
        (render.size, 3_072, "3.1 kB"),
        (render.size, 157e9, "157 GB"),
        (render.size, None, "unknown"),
        (render.hours, 3600 * 2.345, "2.3"),
        (render.hours, 3600 * 18.62, "18.6"),
        (render.hours, 3600 * 29_470, "29,470"),
        (render.hours, 0, "0"),
        (render.hours, None, "unknown"),
        (render.duration, 9.4, "9 s"),
        (render.duration, 120, "2 min"),
        (render.duration, 7200, "2.0 h"),
        (render.duration, None, "unknown"),
    ],
)
def test_a_number_as_it_is_read(
    form: Callable[[float | None], str], value: float | None, text: str
) -> None:
    assert form(value) == text


def printed(width: int, show: Callable[[Console], None]) -> str:
    out = io.StringIO()
    show(Console(file=out, width=width))
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 160])
def test_tables_fit_any_terminal(width: int, study: Callable[..., Plan]) -> None:
    cost = estimate_study(study())
    text = printed(width, lambda console: render.show(cost, console))
    *lines, command = text.splitlines()
    assert max(map(len, lines)) <= width
    assert command.startswith("  snakemake --cores 1 results/samples/base-")  # to copy, in one line
    assert "sample_block" in text
    assert "Study s: what is left to do, on A100-80GB" in text


def test_what_is_there_and_what_is_left(study: Callable[..., Plan]) -> None:
    plan = study()
    write_block(plan.arms[0], 0, [400] * 100, 156.0)
    text = printed(160, lambda console: render.show(estimate_study(plan), console))
    rows = [line.split() for line in text.splitlines()]
    (mine,) = [row for row in rows if row[:2] == ["base", "math500"]]
    assert mine[2:7] == ["500", "64", "1", "of", "2"]
    assert mine[-1] == "pilot"
    assert "table; speed: pilot of math500" in text
    assert "\nleft: " in text
    assert "\nin all: " in text
    assert ["sample_block", "7", "8"] in rows


def test_names_are_no_markup(study: Callable[..., Plan]) -> None:
    plan = study()
    text = printed(160, lambda console: render.show(estimate_study(plan), console))
    assert "[/" not in text


def test_json_holds_the_same(study: Callable[..., Plan]) -> None:
    cost = estimate_study(study())
    found = json.loads(json.dumps(render.as_json(cost, ["told"])))
    assert found["study"] == "s"
    assert found["warnings"] == ["told"]
    assert found["arms"][0]["work"]["tokens"] == 9_600_000
    assert found["jobs"]["sample_block"] == {"all": 8, "left": 8}
    assert found["left"]["gpu_hours"] == cost.total(left=True).gpu_hours


def test_a_comparison(study: Callable[..., Plan]) -> None:
    plan = study()
    write_block(plan.arms[0], 0, [300] * 16_000, None)
    write_block(plan.arms[1], 0, [1200] * 16_000, 1000.0)
    found = compare_finished(plan, estimate_study(plan, pilots=False))
    text = printed(160, lambda console: render.show_actual("s", found, console))
    rows = [line.split() for line in text.splitlines()]
    (base,) = [row for row in rows if row[:1] == ["base"]]
    assert base[3:8] == ["9.6", "M", "4.8", "M", "0.50"]
    assert "unknown" in base
    (total,) = [row for row in rows if row[:1] == ["total"]]
    assert total[1:7] == ["2", "19.2", "M", "24.0", "M", "1.25"]
    data = json.loads(json.dumps(render.actual_as_json("s", found)))
    assert data["everything"]["tokens"] == {
        "expected": 19_200_000,
        "actual": 24_000_000,
        "ratio": 1.25,
    }
    assert data["arms"][0]["seconds"]["ratio"] is None
