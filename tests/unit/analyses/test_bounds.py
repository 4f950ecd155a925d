"""What was not graded taken for right and for wrong: closed forms, exchange, real counts."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from boundary.analyses.bounds.section import SUMMARIES, beside
from boundary.analyses.bounds.tables import ALL, KINDS, TAKEN
from boundary.data.counts import counts_scores
from boundary.errors import TableError
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


def by_taken(tables, kind="unset"):
    return {row["taken"]: row for row in tables["bounds"].filter(kind=kind).iter_rows(named=True)}


def with_kinds(frame, **kinds):
    """Add counts of further kinds, by column; 0 of those not named."""
    nothing = {name: [0] * frame.height for name in KINDS.values() if name != "n_unset"}
    return frame.with_columns(pl.Series(name, each) for name, each in {**nothing, **kinds}.items())


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
        sizes = ("base_ungraded", "base_responses", "other_ungraded", "other_responses")
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
        assert back["base_ungraded"] == row["other_ungraded"]


def test_trials_of_one_side_are_that_sides():
    by = by_taken(tables_of(scores("b", [1] * 9, None), scores("o", [2] * 9, [1] * 9)))
    assert by["base-right"] == by["wrong"] | {"taken": "base-right"}
    assert by["other-right"] == by["right"] | {"taken": "other-right"}
    assert by["right"]["diff_at_1"] == pytest.approx(1 / 4 - 3 / 4)


@pytest.mark.parametrize("unset", [None, [0] * 9])
def test_nothing_where_every_trial_has_an_outcome(unset):
    tables = tables_of(scores("b", [1] * 9, None), scores("o", [2] * 9, unset))
    assert tables["bounds"].is_empty()
    assert beside(tables) == beside({}) == {}


def test_problems_that_are_dropped_have_no_part():
    """One problem of two trials, both open, which min_n leaves out."""
    few = scores("b", [0], [2], n=2).with_columns(problem_id=pl.lit("q9"))
    base = pl.concat([scores("b", [1] * 9, [0] * 9), few])
    assert tables_of(base, scores("o", [2] * 10, None), min_n=4)["bounds"].is_empty()
    assert by_taken(tables_of(base, scores("o", [2] * 10, None)))["right"]["base_ungraded"] == 2


def test_the_sentence_says_what_hangs_on_them():
    base, other = scores("b", [1] * 60, [2] * 60), scores("o", [2] * 60, [1] * 60)
    tables = tables_of(base, other)
    assert beside(tables) == {
        ("c", "bench"): "Taken for wrong, but perhaps right: 120 of 240 responses of b (50 %) and "
        "60 of 240 responses of o (25 %) without outcome. The verdict depends on those without "
        "outcome: other-ahead-to-K (no claim; D(1) −25.0, D(2) −33.3 points); undetermined (no "
        "claim; D(1) +0.0, D(2) +0.0 points) if all of them were right; base-ahead-to-K (no claim; "
        "D(1) +25.0, D(2) +16.7 points) if only those of b were right; other-ahead-to-K (no claim; "
        "D(1) −50.0, D(2) −50.0 points) if only those of o were right."
    }
    same = tables_of(scores("b", [0] * 60, None), scores("o", [2] * 60, [1] + [0] * 59))
    assert beside(same) == {
        ("c", "bench"): "Taken for wrong, but perhaps right: 1 of 240 responses of o (0.4 %) "
        "without outcome. No claim can rest on the verdict, but it is the same were they right "
        "(D(1) from −50.4 to −50.0, D(2) from −83.6 to −83.3 points)."
    }
    many = tables_of(scores("b", [0] * 120, None), scores("o", [2] * 120, [1] + [0] * 119))
    assert "outcome. The verdict is robust: it is the same were they" in beside(many)["c", "bench"]
    shown = SUMMARIES["bounds"](tables["bounds"])
    assert [row[5] for row in shown.rows] == list(TAKEN)
    assert shown.rows[0][14:16] == ["120 of 240", "60 of 240"]


def test_each_kind_alone_and_all_together_in_closed_form():
    base = with_kinds(scores("b", [1] * 10, [1] * 10, 8), truncated_wrong=[2] * 10)
    other = with_kinds(scores("o", [2] * 10, None, 8), truncated_wrong=[1] * 10, errored=[1] * 10)
    tables = tables_of(base, other)
    shown = dict.fromkeys(tables["bounds"]["kind"])
    assert set(shown) == {"unset", "truncated", "errored", ALL}
    right = {"unset": (1, 0), "truncated": (2, 1), "errored": (0, 1), ALL: (3, 2)}
    for kind, (base_right, other_right) in right.items():
        by = by_taken(tables, kind)
        for taken, sides in TAKEN.items():
            counts = 1 + base_right * ("base" in sides), 2 + other_right * ("other" in sides)
            for k, column in ((1, "diff_at_1"), (4, "diff_at_k_max")):
                expected = pass_at(k, counts[0], 8) - pass_at(k, counts[1], 8)
                assert by[taken][column] == pytest.approx(float(expected), abs=1e-12)
            told = by[taken]["base_ungraded"], by[taken]["other_ungraded"]
            assert told == (10 * base_right, 10 * other_right)


def test_exchanging_the_arms_exchanges_the_bounds_of_every_kind():
    rng = np.random.default_rng(12)
    arms = [
        with_kinds(
            scores(name, rng.integers(0, 6, 70).tolist(), rng.integers(0, 3, 70).tolist(), 16),
            **{kind: rng.integers(0, 3, 70).tolist() for kind in ("truncated_wrong", "timed_out")},
        )
        for name in "bo"
    ]
    one, two = tables_of(*arms), tables_of(*arms[::-1])
    assert one["bounds"].height == 16
    for kind in one["bounds"]["kind"].unique():
        back = by_taken(two, kind)
        for taken, row in by_taken(one, kind).items():
            opposite = back[EXCHANGED[taken]]
            assert opposite["verdict"] == VERDICTS[row["verdict"]]
            assert opposite["diff_at_k_max"] == -row["diff_at_k_max"]
            assert opposite["robust"] == row["robust"]


def test_the_sentence_names_the_kinds_on_which_a_verdict_hangs():
    other = with_kinds(scores("o", [2] * 120, None), errored=[1] + [0] * 119)
    base = with_kinds(scores("b", [0] * 120, None), truncated_wrong=[4] * 120)
    (text,) = beside(tables_of(base, other)).values()
    assert text == (
        "Taken for wrong, but perhaps right: 480 of 480 responses of b (100 %) cut at the token "
        "limit; 1 of 480 responses of o (0.2 %) of which grading ended in an error. The verdict "
        "depends on those cut at the token limit: other-ahead-to-K (D(1) −50.0, D(2) −83.3 "
        "points); base-ahead-to-K (no claim; D(1) +50.0, D(2) +16.7 points) if they were right. It "
        "does not depend on those of which grading ended in an error."
    )


def test_a_verdict_may_hang_on_all_kinds_together_alone():
    """Of eight trials the base has 1 right of 60 problems' and 4 of the other 60's; 2 might be."""
    half = [1] * 60 + [4] * 60
    other = with_kinds(scores("o", [4] * 120, None, 8))
    base = with_kinds(
        scores("b", half, [1] * 60 + [0] * 60, 8), truncated_wrong=[1] * 60 + [0] * 60
    )
    tables = tables_of(base, other)
    robust = dict(tables["bounds"].select("kind", "robust").unique().iter_rows())
    assert robust == {"unset": True, "truncated": True, ALL: True}
    assert len(by_taken(tables, ALL)) == 4
    assert by_taken(tables, "unset").keys() == by_taken(tables, "truncated").keys() == {"wrong"}
    most = with_kinds(
        scores("b", half, [2] * 60 + [0] * 60, 8), truncated_wrong=[1] * 60 + [0] * 60
    )
    tables = tables_of(most, other)
    robust = dict(tables["bounds"].select("kind", "robust").unique().iter_rows())
    assert robust == {"unset": True, "truncated": True, ALL: False}
    (text,) = beside(tables).values()
    assert "depends on those not graded to their end: other-ahead-to-K" in text
    assert text.endswith("No kind of them alone changes it.")


def test_robust_is_the_verdict_that_counts():
    """Twelve problems tell of themselves what they cannot tell of a population."""
    base, other = scores("b", [1] * 12, [1] * 12, 64), scores("o", [16] * 12, [1] * 12, 64)
    for decides, column, robust in (
        ("population", "verdict", False),
        ("benchmark", "verdict_fixed", True),
    ):
        tables = tables_of(base, other, decides=decides)
        assert (tables["bounds"][column].n_unique() == 1) == robust
        assert tables["bounds"]["robust"].to_list() == [robust] * 4
        (text,) = beside(tables).values()
        whose = " on these very problems" * (decides == "benchmark")
        assert (f"No claim can rest on the verdict{whose}, but it is the same" in text) == robust
        assert (f"The verdict{whose} depends on those" in text) != robust


def test_more_right_than_there_are_responses_is_refused():
    arms = [with_kinds(scores(name, [3], [1]), errored=[1]) for name in "bo"]
    with pytest.raises(TableError, match="together at most n"):
        tables_of(*arms)


def test_kinds_of_which_nothing_is_known_have_no_rows():
    none = dict.fromkeys((*KINDS.values(),), None)
    arms = [
        scores(name, [1] * 9, None).with_columns(
            pl.lit(value, dtype=pl.Int64).alias(column) for column, value in none.items()
        )
        for name in "bo"
    ]
    assert tables_of(*arms)["bounds"].is_empty()


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
    assert by["wrong"]["base_ungraded"] == 150
