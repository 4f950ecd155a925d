"""What is said beyond n: tables, words and figure; estimators stand in tests/unit/analysis."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from boundary.analyses.extrapolation import compute
from boundary.analyses.extrapolation.compute import extrapolated
from boundary.analyses.extrapolation.section import SUMMARIES, beside
from boundary.analysis.pairs import Pair
from boundary.analysis.questions import Questions
from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures
from boundary.simulate.populations import of_beta
from extrapolation_tables import PASSED, beyond
from simulations import make_pair

EVIL = "<script>\u202e"
NAMES = ("comparison", "base", "other", "benchmark", "protocol", "other_protocol")
ENDS = ("bound_low", "bound_high", "envelope_low", "envelope_high")


def pair_names(base="base", other="rl"):
    return dict(zip(NAMES, ("rl-vs-base", base, other, "bench", "t1", "t1"), strict=True))


def tables(low=-0.3, high=0.1, envelope=True, other="rl", **gate):
    def ends(k):
        wide = {"bound_low": low * 64 / k, "bound_high": high + k / 6400}
        inner = {"envelope_low": low / 2, "envelope_high": low / 4}
        return wide | inner if envelope else wide

    return beyond(pair_names(other=other), 64, ends, PASSED | gate)


@pytest.fixture(scope="module")
def drawn():
    """A pair that crosses, and what is said of it."""
    rng = np.random.default_rng(4)
    rates = of_beta("", 0.35, 1.2, 1.5, 2.54).draw(120, rng)
    pair = make_pair(*(rng.binomial(64, p) for p in rates), 64, None)
    return pair, extrapolated(pair, 0.95)


def test_bounds_begin_with_the_band_and_go_to_8n(drawn):
    pair, (rows, gate) = drawn
    assert rows[0]["k"] == 64 and rows[-1]["k"] == 512 and len(rows) == 13
    seen = float(np.mean(pair.base_correct > 0) - np.mean(pair.other_correct > 0))
    assert rows[0]["bound_low"] < seen < rows[0]["bound_high"]
    widths = [row["bound_high"] - row["bound_low"] for row in rows]
    assert (np.diff(widths) > -1e-6).all()
    assert gate["thinned"] == 8 and (gate["note"] is None) == ("envelope_low" in rows[0])


def test_exchanging_base_and_other_mirrors_every_digit(drawn):
    pair, (rows, gate) = drawn
    turned = make_pair(pair.other_correct[::-1], pair.base_correct[::-1], 64, None)
    again, other_gate = extrapolated(turned, 0.95)
    other = {"base": "other", "other": "base", None: None}
    for row, mirrored in zip(rows, again, strict=True):
        for stem in ("bound", "envelope"):
            ends = row.get(f"{stem}_low"), row.get(f"{stem}_high")
            turned_ends = mirrored.get(f"{stem}_high"), mirrored.get(f"{stem}_low")
            assert ends == tuple(end if end is None else -end for end in turned_ends)
        assert row["ahead"] == other[mirrored["ahead"]]
    assert {**gate, "ahead": None} == {**other_gate, "ahead": None}
    assert gate.get("ahead") == other[other_gate.get("ahead")]


@pytest.mark.parametrize(
    ("m", "n", "cluster", "why"),
    [
        (40, 63, None, "n = 63, fewer than 64 samples"),
        (9, 64, None, "9 independent problems, fewer than 10"),
        (40, 64, np.arange(40) // 8, "5 independent problems, fewer than 10"),
    ],
)
def test_few_samples_or_problems_are_refused_in_words(m, n, cluster, why):
    counts = np.arange(m) % (n + 1)
    rows, gate = extrapolated(make_pair(counts, counts, n, cluster), 0.95)
    assert rows == [] and gate["note"] == f"nothing is said beyond n: {why}"


def test_large_sets_have_bounds_alone(monkeypatch):
    monkeypatch.setattr(compute, "MOST_SAMPLES", 64)
    monkeypatch.setattr(compute, "STEPS", 1)
    counts = np.arange(60)
    rows, gate = extrapolated(make_pair(counts, counts[::-1] // 2, 65, None), 0.95)
    assert all("envelope_low" not in row and row["bound_low"] is not None for row in rows)
    assert gate["note"] == "families are not fitted to sets of more than 64 samples"


def test_an_arm_that_solves_nothing_is_refused_but_bounded(monkeypatch):
    monkeypatch.setattr(compute, "STEPS", 1)
    zero = np.zeros(30, dtype=int)
    rows, gate = extrapolated(make_pair(zero, np.full(30, 32), 64, None), 0.95)
    assert gate["note"].endswith("an arm solves fewer than 3 problems")
    assert gate["ahead"] == "other" and 64 <= gate["ahead_to"] <= 512
    assert rows[0]["bound_high"] < 0


def test_without_bounds_an_envelope_ends_at_2n(monkeypatch):
    monkeypatch.setattr(compute, "_bounds", lambda pair, confidence: lambda k: None)
    rng = np.random.default_rng(1)
    counts = rng.binomial(64, rng.beta(0.4, 2, (2, 80)))
    rows, gate = extrapolated(make_pair(*counts, 64, None), 0.95)
    assert {row["k"] for row in rows} <= {64, 76, 91, 108, 128}
    assert gate["note"].startswith("no distributions of rates have curves within the bands")
    assert all(row["ahead"] is None and "bound_low" not in row for row in rows)


def test_unequal_samples_go_as_far_as_the_fewest(monkeypatch):
    monkeypatch.setattr(compute, "STEPS", 1)
    rng = np.random.default_rng(1)
    base, other = rng.binomial(96, 0.3, 40), rng.binomial(64, 0.4, 40)
    sizes = np.full(40, 96), np.full(40, 64)
    labels, ids = pair_names(), [f"q{i}" for i in range(40)]
    pair = Pair(labels, ids, Questions.distinct(40), sizes[0], base, sizes[1], other)
    rows, gate = extrapolated(pair, 0.95)
    assert gate["n"] == 64 and rows[0]["k"] == 64


def words(made):
    return next(iter(beside(made).values()))


def test_a_sentence_names_a_model_only_where_bounds_exclude_0():
    open_ = words(tables())
    assert "bounds for any rates of the problems leave open who is ahead" in open_
    assert "within [−15.0, −7.5] points, which names no model ahead, as the bounds hold 0" in open_
    sure = words(tables(high=-0.05, ahead_to=150))
    assert "no crossing before k = 150, as rl stays ahead whatever the rates" in sure
    assert "no verdict speaks" in sure
    refused = words(tables(envelope=False, note="not extrapolable from these samples: why"))
    assert "rare problems" not in refused and refused.endswith("from these samples: why.")
    assert beside({}) == {}
    nothing = tables(envelope=False, note="nothing is said beyond n: few")
    nothing["extrapolation"] = nothing["extrapolation"].clear()
    assert beside(nothing) == {}


def test_summaries_show_multiples_of_n_and_intervals_only():
    made = tables()
    shown = SUMMARIES["extrapolation"](made["extrapolation"])
    assert [row[4] for row in shown.rows] == ["128", "256", "512"]
    assert all(row[5].startswith("[") and row[7].startswith("[") for row in shown.rows)
    gates = SUMMARIES["extrapolation_gates"](made["extrapolation_gates"])
    assert gates.rows[0][gates.header.index("held in")] == "95 %"


def chart(made, other="rl"):
    differences = pl.DataFrame(
        {"k": [1, 8, 64], "diff": [-0.1, 0.0, 0.1], "band_low": [-0.2] * 3, "band_high": [0.2] * 3}
    ).with_columns(pl.lit(value).alias(name) for name, value in pair_names(other=other).items())
    job = {
        "study": "s",
        "models": [{"name": "base", "role": "base"}, {"name": other, "role": "rl"}],
        "confidence": 0.95,
        "figures": [{"name": "extrapolation", "title": None}],
    }
    drawn = build_figures({**made, "differences": differences}, Figures.model_validate(job))
    return json.dumps(drawn["extrapolation"].to_dict(), ensure_ascii=False)


def test_the_figure_heads_families_by_what_they_suppose_and_lets_no_name_in_as_code():
    drawn = chart(tables(other=EVIL, high=-0.05), other=EVIL)
    assert "if rare problems go on like common ones" in drawn and "\u202e" not in drawn
    assert "whatever the rates" in drawn and "No verdict rests on" in drawn
    assert "leave open who is ahead" in chart(tables())


def test_the_figure_says_why_nothing_is_drawn():
    made = tables(note="nothing is said beyond n: n = 16, fewer than 64 samples")
    made["extrapolation"] = made["extrapolation"].clear()
    assert "nothing to draw" in chart(made) and "n = 16" in chart(made)
