"""Tables of simulations are those of docs/statistics.md."""

from __future__ import annotations

import json
import re

import pytest

from boundary.decisions import CROSSOVER_VERDICTS
from boundary.simulate.documented import BOOTSTRAP, DESIGNS, REPLICATES
from boundary.simulate.draw import Design
from boundary.simulate.populations import TRUTHS
from boundary.simulate.render import COVERAGE_HEAD, VERDICTS_HEAD, as_json, as_text
from boundary.simulate.runs import Simulated, simulate
from harness import ROOT

TEXT = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
_NUMBER = r"\d+\.\d"
_RATE = rf"{_NUMBER} \[{_NUMBER}, {_NUMBER}\][~!]?"
_NAMED = r"[a-z ]+ \| \d+ \| \d+"
_FALSE = rf"{_RATE}(?: `[a-zK-]+`)?"
_GIVEN = rf"(?:-|{_NUMBER}(?: \({_NUMBER}\))?[~!]?)"
_PASS = rf"{_RATE} at \d+, mean {_NUMBER}"
ROWS = {
    VERDICTS_HEAD: re.compile(
        rf"\| {_NAMED} \| \d+ \| (?:{_GIVEN} \| ){{{len(CROSSOVER_VERDICTS)}}}"
        rf"{_FALSE} \| {_NUMBER}, {_FALSE} \| {_NUMBER} \|"
    ),
    COVERAGE_HEAD: re.compile(
        rf"\| {_NAMED} \| {_RATE} \| {_NUMBER} \| {_RATE} \| {_PASS} / {_PASS} \| "
        rf"(?: \|  \||\d+\.\d\d \| {_RATE} \|)"
    ),
}


def rows_below(text: str, head: str) -> list[str]:
    """Return the rows of a table in Markdown."""
    lines = text[text.index(f"{head}\n") :].split("\n\n", maxsplit=1)[0].splitlines()
    assert lines[1] == "|---" * head.count(" | ") + "|---|"
    return lines[2:]


@pytest.fixture(scope="module")
def results() -> list[Simulated]:
    """Return tiny simulations, with a crossing and without."""
    return [simulate(Design(name, 20, 16, 3), 4, 100) for name in ("sharpened early", "swapped")]


@pytest.mark.parametrize("head", ROWS, ids=["verdicts", "coverage"])
def test_the_documents_tables_are_of_the_documented_designs(head: str) -> None:
    rows = rows_below(TEXT, head)
    assert [row for row in rows if not ROWS[head].fullmatch(row)] == []
    named = [tuple(cell.strip() for cell in row.split("|")[1:4]) for row in rows]
    assert named == [(each.population, str(each.m), str(each.n)) for each in DESIGNS]
    assert f"{REPLICATES:,} runs each, {BOOTSTRAP:,} bootstrap" in TEXT
    assert "boundary simulate --documented" in TEXT
    assert {each.population for each in DESIGNS} == set(TRUTHS)


@pytest.mark.parametrize("head", ROWS, ids=["verdicts", "coverage"])
def test_tables_have_the_form_of_the_documents(results: list[Simulated], head: str) -> None:
    text = as_text(results, 100)
    assert text.startswith("4 replicates a row, each with 100 of the bootstrap;")
    rows = rows_below(text, head)
    assert len(rows) == 2
    assert all(ROWS[head].fullmatch(row) for row in rows)
    assert "sharpened early, M = 20, n = 16: truly ahead up to k = 16 other, base (from" in text


def test_json_holds_every_rate_with_its_interval(results: list[Simulated]) -> None:
    one, two = (json.loads(json.dumps(as_json(each))) for each in results)
    assert (one["population"], one["m"], one["n"], one["replicates"]) == (
        "sharpened early",
        20,
        16,
        4,
    )
    assert one["k_cross"] == pytest.approx(3.08, abs=0.01)
    assert two["k_cross"] is None and two["covered"]["k_cross"] is None
    assert two["truly_ahead"] == [{"from": 1.0, "side": "neither"}]
    for made in (one, two):
        assert sum(rate["value"] for rate in made["verdicts"].values()) == pytest.approx(1)
        assert len(made["covered"]["pass_at_k_base"]) == 16
        for rate in (made["false"], made["covered"]["band"]):
            assert rate["low"] <= rate["value"] <= rate["high"]
        assert made["share_drawn"]["base"] == {"mean": 1.0, "se": 0.0}
