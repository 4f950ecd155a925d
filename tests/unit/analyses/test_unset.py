"""Trials without outcome taken for right and for wrong: closed forms, exchange, real counts."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from boundary.analyses.unset.section import SUMMARIES, beside
from boundary.analyses.unset.tables import TAKEN
from boundary.data.counts import counts_scores
from harness import ROOT
from score_tables import study_tables

REAL = ROOT.parent / "shared/data/counts/terminal_bench_core_0.1.1_with_unset.csv"
NAMES = {"comparison": "c", "benchmark": "bench", "protocol": "p"}
EXCHANGED = {"wrong": "wrong", "right": "right", "base-right": "other-right"}
EXCHANGED |= {other: one for one, other in EXCHANGED.items()}
VERDICTS = {"crossover": "reverse", "undetermined": "undetermined"} | {
    f"base-ahead-{where}": f"other-ahead-{where}" for where in ("early", "to-K")
}
VERDICTS |= {other: one for one, other in VERDICTS.items()}


def scores(model, correct, unset, n=4):
    """Return a SCORES frame; ``unset`` None: the file knows nothing of outcomes."""
    rows = {"correct": correct} | ({} if unset is None else {"n_unset": unset})
    nothing = dict.fromkeys(("truncated", "no_answer", "distinct_answers"), pl.Int64)
    nothing |= {"majority_correct": pl.Boolean, "mean_tokens": pl.Float64}
    return pl.DataFrame(rows).with_columns(
        pl.lit(model).alias("model"),
        pl.lit("bench").alias("benchmark"),
        pl.lit("p").alias("protocol"),
        pl.format("q{}", pl.int_range(pl.len())).alias("problem_id"),
        pl.lit(n, dtype=pl.Int64).alias("n"),
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in nothing.items()),
    )


def tables_of(base, other, **more):
    arms = pl.concat([base, other], how="diagonal")
    names = {"base": base["model"][0], "other": other["model"][0]}
    return study_tables(arms, {"comparisons": [NAMES | names], **more})


def by_taken(tables):
    return {row["taken"]: row for row in tables["unset"].iter_rows(named=True)}


def pass_at(k, correct, n):
    return 1 - Fraction(math.comb(n - correct, k), math.comb(n, k))


def test_bounds_in_closed_form():
    """Ten problems alike: of four trials 1 right and 2 open, against 2 right and 1 open."""
    tables = tables_of(scores("b", [1] * 10, [2] * 10), scores("o", [2] * 10, [1] * 10))
    by = by_taken(tables)
    for taken, counts in {
        "wrong": (1, 2),
        "right": (3, 3),
        "base-right": (3, 2),
        "other-right": (1, 3),
    }.items():
        for k, column in ((1, "diff_at_1"), (2, "diff_at_k_max")):
            base, other = (pass_at(k, correct, 4) for correct in counts)
            assert by[taken][column] == pytest.approx(float(base - other), abs=1e-12)
        sizes = ("base_n_unset", "base_n_trials", "other_n_unset", "other_n_trials")
        assert [by[taken][name] for name in sizes] == [20, 40, 10, 40]
    (wrong,) = tables["crossovers"].iter_rows(named=True)
    assert {name: by["wrong"][name] for name in wrong} == wrong
    told = "20 of 40 responses of base have no outcome and count as failures"
    assert [told in (by[taken]["note"] or "") for taken in TAKEN] == [True, False, False, True]


def test_a_problem_with_no_outcome_at_all_and_unlike_n():
    base = scores("b", [0, 2, 1], [2, 0, 1], n=2)
    other = scores("o", [3, 0, 8], [0, 8, 0], n=8)
    by = by_taken(tables_of(base, other))
    assert by["wrong"]["diff_at_1"] == pytest.approx(1.5 / 3 - (3 / 8 + 1) / 3)
    assert by["right"]["diff_at_1"] == pytest.approx(3 / 3 - (3 / 8 + 2) / 3)
    assert by["base-right"]["diff_at_1"] == pytest.approx(3 / 3 - (3 / 8 + 1) / 3)
    assert by["other-right"]["diff_at_1"] == pytest.approx(1.5 / 3 - (3 / 8 + 2) / 3)


def test_whatever_they_were_the_difference_lies_between_the_extremes():
    rng = np.random.default_rng(3)
    n, m = 16, 60
    drawn = []
    for model in "bo":
        correct = rng.integers(0, n // 2, m)
        drawn.append((model, correct, rng.integers(0, n - correct + 1)))
    frames = [scores(name, c.tolist(), u.tolist(), n) for name, c, u in drawn]
    by = by_taken(tables_of(*frames))
    for _ in range(5):
        outcome = [
            scores(name, (c + rng.binomial(u, rng.random())).tolist(), None, n)
            for name, c, u in drawn
        ]
        (row,) = tables_of(*outcome)["crossovers"].iter_rows(named=True)
        for column in ("diff_at_1", "diff_at_k_max"):
            assert by["other-right"][column] < row[column] < by["base-right"][column]


def test_exchanging_the_arms_exchanges_everything():
    rng = np.random.default_rng(11)
    arms = [
        scores(name, rng.integers(low, low + 9, 80).tolist(), rng.integers(0, 6, 80).tolist(), n=16)
        for name, low in (("b", 0), ("o", 2))
    ]
    one, two = by_taken(tables_of(*arms)), by_taken(tables_of(*arms[::-1]))
    for taken, row in one.items():
        back = two[EXCHANGED[taken]]
        assert back["verdict"] == VERDICTS[row["verdict"]]
        assert back["diff_at_1"] == -row["diff_at_1"]
        assert back["diff_at_k_max"] == -row["diff_at_k_max"]
        assert (back["diff_ci_low"], back["diff_ci_high"]) == (
            -row["diff_ci_high"],
            -row["diff_ci_low"],
        )
        assert back["base_n_unset"] == row["other_n_unset"]


def test_trials_of_one_side_are_that_sides():
    by = by_taken(tables_of(scores("b", [1] * 9, None), scores("o", [2] * 9, [1] * 9)))
    assert by["base-right"] == by["wrong"] | {"taken": "base-right"}
    assert by["other-right"] == by["right"] | {"taken": "other-right"}
    assert by["right"]["diff_at_1"] == pytest.approx(1 / 4 - 3 / 4)


@pytest.mark.parametrize("unset", [None, [0] * 9])
def test_nothing_where_every_trial_has_an_outcome(unset):
    tables = tables_of(scores("b", [1] * 9, None), scores("o", [2] * 9, unset))
    assert tables["unset"].is_empty()
    assert beside(tables) == beside({}) == {}


def test_problems_that_are_dropped_have_no_part():
    """One problem of two trials, both open, which min_n leaves out."""
    few = scores("b", [0], [2], n=2).with_columns(problem_id=pl.lit("q9"))
    base = pl.concat([scores("b", [1] * 9, [0] * 9), few])
    assert tables_of(base, scores("o", [2] * 10, None), min_n=4)["unset"].is_empty()
    assert by_taken(tables_of(base, scores("o", [2] * 10, None)))["right"]["base_n_unset"] == 2


def test_the_sentence_says_what_hangs_on_them():
    base, other = scores("b", [1] * 60, [2] * 60), scores("o", [2] * 60, [1] * 60)
    tables = tables_of(base, other)
    assert beside(tables) == {
        ("c", "bench"): "120 of 240 trials of b and 60 of 240 of o have no outcome and are taken "
        "for wrong. The verdict depends on it: other-ahead-to-K (D(1) −25.0, D(2) −33.3 points); "
        "undetermined (D(1) +0.0, D(2) +0.0 points) if all of them were right; base-ahead-to-K "
        "(D(1) +25.0, D(2) +16.7 points) if only those of b were right; other-ahead-to-K (D(1) "
        "−50.0, D(2) −50.0 points) if only those of o were right."
    }
    same = tables_of(scores("b", [0] * 60, None), scores("o", [2] * 60, [1] + [0] * 59))
    assert beside(same) == {
        ("c", "bench"): "1 of 240 trials of o have no outcome and are taken for wrong. The verdict "
        "does not depend on it: other-ahead-to-K (D(1) −50.0, D(2) −83.3 points); D(1) −50.4, D(2) "
        "−83.6 points if they were right."
    }
    shown = SUMMARIES["unset"](tables["unset"])
    assert [row[3] for row in shown.rows] == list(TAKEN)
    assert shown.rows[0][11:13] == ["120 of 240", "60 of 240"]


@pytest.mark.skipif(not REAL.is_file(), reason="the counts of terminal-bench are not here")
def test_two_submissions_of_terminal_bench():
    pair = ("20250825_swe-agent-mini_claude-4-sonnet", "20250911_chaterm_claude-4-sonnet")
    base, other = (counts_scores(REAL, name, name, "bench", "p") for name in pair)
    by = by_taken(tables_of(base, other))
    for taken, right in TAKEN.items():
        shares = [
            (arm["correct"] + (arm["n_unset"] if side in right else 0)) / arm["n"]
            for side, arm in (("base", base), ("other", other))
        ]
        expected = (shares[0] - shares[1]).mean()
        assert by[taken]["diff_at_1"] == pytest.approx(expected, abs=1e-12)
    assert by["wrong"]["base_n_unset"] == 150
