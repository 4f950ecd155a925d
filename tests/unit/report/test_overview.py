"""The lines of an overview: what stands on them, their order, and what exchanges."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from boundary.decisions import CROSSOVER_VERDICTS
from boundary.errors import InputError
from boundary.jobs.pages import Overview
from boundary.report.known import summary
from boundary.report.overview import Line, by_title, groups_of, lines_of, sources_of
from overview_tables import study, tables
from verdict_rows import verdict_row

SWAPPED = {
    "crossover": "reverse",
    "base-ahead-to-K": "other-ahead-to-K",
    "base-ahead-early": "other-ahead-early",
    "undetermined": "undetermined",
}
SWAPPED |= {there: here for here, there in SWAPPED.items()}
REGIONS = {
    "crossover": "other:1-8;base:32-64",
    "reverse": "base:1-8;other:32-64",
    "base-ahead-to-K": "base:8-64",
    "other-ahead-to-K": "other:8-64",
    "base-ahead-early": "base:1-8",
    "other-ahead-early": "other:1-8",
    "undetermined": None,
}


def line(told: Overview | None = None, **change: Any) -> Line:
    (one,) = lines_of(tables(verdict_row(**change)), told or study())
    return one


def test_a_line_holds_what_the_tables_hold() -> None:
    one = line(ci_low=8.2, ci_high=31.2, guard="small-set;duplicates")
    assert (one.title, one.benchmark, one.problems) == ("grpo-7b against base-7b", "math500", "500")
    assert (one.icon, one.tag, one.words, one.side) == (
        "✕",
        "crossover",
        "base-7b overtakes",
        "base",
    )
    assert one.guards == ["small-set", "duplicates"]
    assert one.crossing == "14.4 [8.2, 31.2]"
    assert one.difference == "+2.4 [+0.8, +3.9]"
    assert one.regions == [
        "◆ ahead at k = 1–8",
        "● ahead at k = 32–64",
        "open at k = 9–31",
    ]
    base, other = one.sides
    assert (base["name"], base["role"], base["n"], base["mark"]) == ("base-7b", "base", "128", "●")
    assert (other["name"], other["role"], other["n"], other["mark"]) == ("grpo-7b", "rl", "32", "◆")
    assert base["first"] == base["last"] == "50.0 [40.0, 60.0]"


def test_a_curve_over_other_problems_says_so() -> None:
    (one,) = lines_of(tables(verdict_row(), problems=450), study())
    assert one.sides[0]["last"] == "50.0 [40.0, 60.0] (M = 450)"


def test_what_is_missing_is_a_dash_and_no_zero() -> None:
    held = tables(verdict_row(k_cross=None))
    (one,) = lines_of(held | {"passk": held["passk"].clear()}, study())
    assert one.crossing == one.sides[0]["first"] == one.sides[1]["last"] == "–"


def test_a_crossing_that_the_band_does_not_show_is_not_established() -> None:
    one = line(verdict="undetermined", regions=None)
    assert one.crossing == "14.4 [9, 31], not established"
    assert one.words == "detectable |D(K)|: 2.2 points"
    assert one.regions == ["open at k = 1–64"]


@pytest.mark.parametrize("verdict", CROSSOVER_VERDICTS)
def test_what_exchanges_the_sides_exchanges_the_verdict_and_favours_the_same_model(
    verdict: str,
) -> None:
    one = line(verdict=verdict, regions=REGIONS[verdict])
    exchanged = {"base": "grpo-7b", "other": "base-7b", "verdict": SWAPPED[verdict]}
    pairs = {"c": {"title": "t", "relation": "rl", "later": "base"}}
    two = line(study(pairs=pairs), **exchanged, regions=REGIONS[SWAPPED[verdict]])
    assert two.verdict == SWAPPED[one.verdict]
    assert two.words == one.words
    assert two.side == {"base": "other", "other": "base", "none": "none"}[one.side]
    assert summary([one], 0.95) == summary([two], 0.95)


def test_lines_stand_by_relation_title_and_benchmark() -> None:
    rows = [
        verdict_row(comparison=name, benchmark=benchmark)
        for name, benchmark in (("u", "a"), ("r2", "b"), ("r1", "b"), ("r1", "a"))
    ]
    pairs = {"u": {"title": "A"}} | {
        name: {"title": name, "relation": "rl", "later": "other"} for name in ("r1", "r2")
    }
    groups = groups_of(by_title(lines_of(tables(*rows), study(pairs=pairs))))
    told = [[(one.title, one.benchmark) for one in lines] for _, lines in groups]
    assert told == [[("r1", "a"), ("r1", "b"), ("r2", "b")], [("A", "a")]]
    assert "RL" in groups[0][0] and "RL" not in groups[1][0]


def test_no_two_lines_read_the_same() -> None:
    rows = verdict_row(comparison="c1"), verdict_row(comparison="c2")
    pairs = {name: {"title": "t"} for name in ("c1", "c2")}
    lines = lines_of(tables(*rows), study(pairs=pairs))
    assert [one.title for one in groups_of(lines)[0][1]] == ["t (c1)", "t (c2)"]
    twice = [*lines, *lines_of(tables(*rows), study(pairs=pairs, study="z"))]
    titles = [one.title for one in groups_of(twice)[0][1]]
    assert titles == ["t (c1) (s)", "t (c2) (s)", "t (c1) (z)", "t (c2) (z)"]
    with pytest.raises(InputError, match="two studies of one name compare t"):
        groups_of([*lines, *lines])


def test_a_comparison_of_which_nothing_is_told_has_its_name() -> None:
    one = line(study(pairs={}))
    assert (one.title, one.relation, one.later) == ("c", "models", None)


def test_nothing_invisible_is_left_in_any_text() -> None:
    evil = "a\u202e<b>\x00"
    pairs = {evil: {"title": evil}}
    told = study(pairs=pairs, study=evil, citations={evil: evil}, cautions={evil: evil})
    one = line(told, comparison=evil, base=evil, other="x", benchmark=evil, note=evil)
    texts = [str(getattr(one, field.name)) for field in fields(one)]
    assert not any("\u202e" in text or "\x00" in text for text in texts)
    assert one.title == one.note == one.citations[0] == one.cautions[0] == "a⟨U+202E⟩<b>⟨U+0000⟩"


def test_a_source_stands_once_with_the_rows_that_it_is_of() -> None:
    rows = verdict_row(benchmark="a", note="n1"), verdict_row(benchmark="b", note="n1")
    told = study(
        citations={"base-7b": "paper", "grpo-7b": "paper"}, cautions={"base-7b": "careful"}
    )
    (source,) = sources_of(lines_of(tables(*rows), told))
    where = ["grpo-7b against base-7b, a", "grpo-7b against base-7b, b"]
    assert source == {
        "study": "s",
        "citations": ["paper"],
        "notes": {"careful": where, "n1": where},
    }
