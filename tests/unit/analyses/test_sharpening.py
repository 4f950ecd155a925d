"""Tables, words and figure of sharpening; the fit itself stands in tests/unit/analysis."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
from scipy.special import expit

from ability_tables import ability_tables
from boundary.analyses.sharpening.section import SUMMARIES, beside
from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures

EVIL = "<script>\u202e"


def tables(slope=1.6, new=5, n=64, names=("base", "rl")):
    rng = np.random.default_rng(1)
    x = rng.normal(0, 2, 120)
    p, r = expit(x), expit(slope * x)
    p[:new], r[:new] = 0, 0.5
    counts = dict(zip(names, (rng.binomial(n, p), rng.binomial(n, r)), strict=True))
    return ability_tables({"bench": counts}, n)


def words(made):
    return next(iter(beside(made).values()))


def test_problems_beyond_the_line_are_named_with_what_was_expected():
    made = tables()
    beyond = made["sharpening_problems"].drop_nulls("beyond")
    assert {f"q{i}" for i in range(5)} >= set(beyond["problem_id"]) and beyond.height >= 4
    assert set(beyond["beyond"]) == {"other"}
    assert (beyond["other_correct"] / beyond["other_n"] > 5 * beyond["other_expected"]).all()
    assert made["sharpening"]["other_beyond"].item() == beyond.height
    shown = SUMMARIES["sharpening_problems"](made["sharpening_problems"])
    assert len(shown.rows) == beyond.height and shown.rows[0][-1] == "p < 0.001"
    assert len(SUMMARIES["sharpening"](made["sharpening"]).rows) == 1


def test_a_sentence_says_no_more_than_the_slope_shows():
    assert ": sharpening. rl solves more than the line allows of" in words(tables())
    assert "2 more" in words(tables()) or "1 more" in words(tables())
    none = ": no sharpening is shown. No problem is shown to exceed the line."
    assert none in words(tables(1.0, 0))
    assert "base is the sharper" in words(tables(0.6, 0))
    assert "ability" not in words(tables())


def test_two_protocols_of_one_model_are_told_apart():
    turned = {"other": pl.lit("base"), "other_protocol": pl.lit("cold")}
    made = {name: frame.with_columns(**turned) for name, frame in tables().items()}
    text = words(made)
    assert text.startswith("The log-odds of base (cold) are ") and "those of base (paper)" in text
    assert ". base (cold) solves more than the line allows" in text
    named = SUMMARIES["sharpening"](made["sharpening"])
    assert named.rows[0][named.header.index("sharper")] == "base (cold)"


def test_without_a_line_there_is_no_sentence_but_a_note():
    made = ability_tables({"bench": {"base": np.full(20, 8), "rl": np.full(20, 8)}}, 8)
    assert beside(made) == {} and beside({}) == {}
    row = made["sharpening"].row(0, named=True)
    assert row["slope"] is None and "no line" in row["note"]
    assert made["sharpening_problems"].is_empty()


def test_figures_of_many_comparisons_say_what_they_leave_out():
    rng = np.random.default_rng(3)
    x = rng.normal(-1, 2, 80)
    arms = {f"m{i}": rng.binomial(64, expit(x + 0.1 * i)) for i in range(9)}
    arms |= {f"sure{i}": np.full(80, 64) for i in range(8)}  # no line, a note each
    made = ability_tables({"bench": arms}, 64)
    charts = drawings(made, list(arms))
    words = {name: " ".join(json.dumps(chart).split()) for name, chart in charts.items()}
    assert "2 more comparisons are in the table sharpening." in words["sharpening"]
    assert words["sharpening"].count("no line: ") == 6
    assert "2 more are flagged in the table." in words["sharpening"]
    assert "10 more comparisons are in the table gain_by_rate." in words["new_ability"]


def drawings(made, models):
    """Return both figures as Vega-Lite; the first model is the base."""
    named = [{"name": name, "role": "rl" if i else "base"} for i, name in enumerate(models)]
    job = {"study": "s", "models": named, "confidence": 0.95}
    job["figures"] = [{"name": name, "title": None} for name in ("sharpening", "new_ability")]
    charts = build_figures(made, Figures.model_validate(job))
    return {name: chart.to_dict() for name, chart in charts.items()}


def test_the_figure_names_problems_and_lets_no_name_in_as_code():
    made = tables(names=("base", EVIL))
    made["sharpening_problems"] = made["sharpening_problems"].with_columns(
        problem_id=pl.format("{}\u202e<i>", "problem_id")
    )
    charts = drawings(made, ["base", EVIL])
    for chart in charts.values():
        assert "\u202e" not in json.dumps(chart, ensure_ascii=False)
    drawn = charts["sharpening"]
    texts = [row["text"] for rows in drawn["datasets"].values() for row in rows if "text" in row]
    assert len(texts) >= 4 and all(text.startswith("q") for text in texts)
