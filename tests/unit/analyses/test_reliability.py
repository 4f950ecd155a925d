"""Reliability by hand, against the identities between its measures, and where little is known."""

from fractions import Fraction
from math import comb

import numpy as np
import polars as pl
import pytest
from scipy.integrate import quad

from boundary.analyses.reliability.compute import cover_table, least_correct, reliability_table
from boundary.analyses.reliability.plane import frontier, walks
from boundary.analyses.reliability.section import SUMMARIES
from boundary.analyses.reliability.tables import COVER, RELIABILITY
from boundary.analysis.passk import passk_table
from boundary.tables import check

ARM = {"model": "m", "benchmark": "b", "protocol": "p"}
#: Checkpoints and their steps, not in the order of names.
RUN = (("base", 0), ("rl-9", 9), ("rl", 100))


def scores(correct, n=16, **more):
    size = n if isinstance(n, list) else [n] * len(correct)
    return pl.DataFrame(
        {"problem_id": [f"{i:03}" for i in range(len(correct))], "n": size, "correct": correct},
    ).with_columns(pl.lit(value).alias(name) for name, value in {**ARM, **more}.items())


def value(table, measure, threshold, k):
    return table.filter(measure=measure, threshold=threshold, k=k)["value"].item()


def test_thresholds_ask_for_at_least_one():
    assert [least_correct(0.5, k) for k in (1, 2, 3, 4)] == [1, 1, 2, 2]
    assert [least_correct(0.75, k) for k in (1, 2, 4, 8)] == [1, 2, 3, 6]
    assert [least_correct(1.0, k) for k in (1, 64)] == [1, 64]


def test_values_are_those_of_exact_rationals():
    correct = [0, 1, 7, 8, 15, 16]
    table = check(reliability_table(scores(correct)), RELIABILITY, "table")

    def tail(c, k, least):
        ways = sum(comb(c, j) * comb(16 - c, k - j) for j in range(least, k + 1))
        return Fraction(ways, comb(16, k))

    for k in (1, 2, 4, 8, 16):
        for threshold in (0.5, 0.75, 1.0):
            exact = sum(tail(c, k, least_correct(threshold, k)) for c in correct) / len(correct)
            assert value(table, "g_pass", threshold, k) == pytest.approx(float(exact), abs=1e-14)
        above = [sum(tail(c, k, i) for i in range(-(-k // 2) + 1, k + 1)) for c in correct]
        exact = Fraction(2, k) * sum(above) / len(correct)
        assert value(table, "mg_pass", 0.5, k) == pytest.approx(float(exact), abs=1e-14)
    assert table.filter(pl.col("flagged"))["k"].unique().to_list() == [16]


def test_one_fresh_sample_is_right_with_the_posterior_mean():
    correct = [0, 3, 16]
    table = reliability_table(scores(correct))
    expected = np.mean([(c + 1) / 18 for c in correct])
    assert value(table, "tail_pass", 1.0, 1) == pytest.approx(expected, abs=1e-14)


def test_what_all_and_one_right_have_in_common():
    """pass^1 = pass@1, and pass^k of failures is 1 − pass@k."""
    correct = [0, 2, 5, 9, 16]
    table = reliability_table(scores(correct))
    passk = passk_table(scores([16 - c for c in correct]))
    for k in (1, 2, 4, 8, 16):
        at = passk.filter(k=k)["pass_at_k"].item()
        assert value(table, "g_pass", 1.0, k) == pytest.approx(1 - at, abs=1e-14)


def test_pass_at_k_is_an_integral_of_cover():
    """pass@k = k ∫ (1 − τ)^(k−1) Cover(τ) dτ, of rates c/n drawn with putting back."""
    correct, n, k = np.array([0, 3, 8, 16]), 16, 4

    def cover(rate):
        return (correct / n >= rate).mean()

    breaks = sorted({*(correct / n)} - {0.0, 1.0})
    area = quad(lambda t: k * (1 - t) ** (k - 1) * cover(t), 0, 1, points=breaks)[0]
    assert area == pytest.approx((1 - (1 - correct / n) ** k).mean(), abs=1e-8)


def test_cover_counts_a_rate_at_the_edge():
    table = check(cover_table(scores([1, 5, 9, 10], n=10)), COVER, "table")
    assert table.select("rate", "cover").rows() == [
        (0.1, 1.0),
        (0.25, 0.75),
        (0.5, 0.75),
        (0.75, 0.5),
        (0.9, 0.5),
    ]
    assert (table["smoothed"].diff().drop_nulls() < 0).all()


def test_equal_questions_are_one_problem():
    asked = scores([4, 6, 16]).with_columns(question=pl.Series(["q", "q", None]))
    table = cover_table(asked)
    assert table["n_problems"].unique().to_list() == [2]
    assert table.filter(rate=0.5)["cover"].item() == 0.5
    assert table.filter(rate=0.25)["cover"].item() == 1
    drawn = reliability_table(asked)
    mean = (10 / 32 + 1) / 2
    assert value(drawn, "g_pass", 1.0, 1) == pytest.approx(mean)


def test_unequal_n_goes_as_far_as_the_smallest():
    table = reliability_table(scores([2, 9, 3], n=[4, 16, 7]))
    assert table["k"].unique().sort().to_list() == [1, 2, 4]
    assert value(table, "g_pass", 1.0, 1) == pytest.approx((2 / 4 + 9 / 16 + 3 / 7) / 3)


@pytest.mark.parametrize("correct", [[5], [0, 0, 0], [16, 16, 16]])
def test_a_single_problem_and_none_or_all_solved_have_open_intervals(correct):
    for table in (reliability_table(scores(correct)), cover_table(scores(correct))):
        assert table.null_count().sum_horizontal().item() == 0
        assert (table["ci_low"] <= table["ci_high"]).all()
    none_or_all = reliability_table(scores(correct)).filter(measure="g_pass")
    assert ((none_or_all["ci_high"] == 1) | (none_or_all["ci_low"] == 0)).all()


def test_no_scores_give_empty_tables():
    empty = scores([1]).clear()
    assert reliability_table(empty).is_empty()
    assert cover_table(empty).is_empty()


def test_the_frontier_holds_whom_no_other_beats_in_both():
    points = pl.DataFrame(
        {
            "reliability": [0.1, 0.5, 0.5, 0.4, 0.05],
            "coverage": [0.9, 0.6, 0.7, 0.65, 0.9],
            "name": ["base", "worse", "rl", "inside", "dominated"],
        }
    )
    assert frontier(points)["name"].to_list() == ["rl", "base"]


def test_checkpoints_are_joined_by_step_on_each_benchmark():
    points = pl.DataFrame(
        [
            ("rl", "b", 0.5, 0.7),
            ("base", "b", 0.1, 0.9),
            ("rl-9", "b", 0.3, 0.8),
            ("base", "c", 0.2, 0.4),
            ("distilled", "c", 0.6, 0.9),
        ],
        schema=["model", "benchmark", "reliability", "coverage"],
        orient="row",
    ).with_columns(protocol=pl.lit("p"))
    steps = pl.DataFrame(
        [("s", model, b, step, k) for b in "bc" for model, step in RUN for k in (1, 8)],
        schema=["series", "model", "benchmark", "step", "k"],
        orient="row",
    ).with_columns(protocol=pl.lit("p"))
    walked = walks(points, steps)
    assert walked.filter(benchmark="b").select("reliability", "at").rows() == [
        (0.1, 0),
        (0.3, 1),
        (0.5, 2),
    ]
    assert walked.filter(benchmark="c")["at"].to_list() == [0]
    assert walks(points, None).is_empty()


def test_the_page_shows_the_largest_sound_k():
    table = reliability_table(scores([0, 8, 16]))
    summary = SUMMARIES["reliability"](table)
    assert summary.header[:4] == ["benchmark", "model", "k", "pass^k"]
    assert summary.rows[0][2] == "8"
    assert summary.rows[0][3].startswith("33")
    covered = SUMMARIES["cover"](cover_table(scores([0, 8, 16])))
    assert covered.header[2:7] == [f"τ = {rate}" for rate in (0.1, 0.25, 0.5, 0.75, 0.9)]
