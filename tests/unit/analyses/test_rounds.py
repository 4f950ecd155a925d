"""pass@(k, T) against every subset of trials, exchanged sides, and what no trial tells."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from boundary.analyses.record import Options
from boundary.analyses.rounds.compute import budgets_of, compute
from boundary.analyses.rounds.section import SUMMARIES, checks
from boundary.analyses.rounds.tables import TABLES, UNITS
from boundary.analyses.score_inputs import Admitted, ScoreInputs
from boundary.analysis.passk import passk_table
from boundary.analysis.questions import Questions
from boundary.analysis.skewed import skewed_interval
from boundary.data.counts import UNKNOWN
from boundary.errors import TableError
from boundary.jobs.reading import ComparisonRow
from boundary.tables import SCORES, check
from boundary.used import USED, used_by_correct

#: Of each problem the trials of base and other: rounds, negative where the trial is wrong.
TRIALS = [
    ([3, -9, 2, -1, 8], [5, 5, -2, 1, 16, -16]),
    ([-3, -3, -3, -3, -3], [2, -4, -4, -4, -4, 4]),
    ([1, 1, 1, 1, 1], [1, 7, -7, 2, 2, -1]),
    ([-2, 30, -2, -2, -2], [-1, -1, -1, -1, -1, -1]),
]


def scores(sides=TRIALS, unit="rounds", models=("b", "o"), **more):
    rows = [
        {
            "model": model,
            "benchmark": "tasks",
            "protocol": "p",
            "problem_id": f"{name:03}",
            "n": len(trials),
            "correct": sum(each > 0 for each in trials),
            UNITS[unit]: sorted(each for each in trials if each > 0),
            **more,
        }
        for name, both in enumerate(sides)
        for model, trials in zip(models, both, strict=True)
    ]
    lists = pl.List(pl.Float64 if unit == "dollars" else pl.Int64)
    frame = pl.DataFrame(rows, schema_overrides={UNITS[unit]: lists})
    unknown = (pl.lit(None, dtype=kind).alias(name) for name, kind in UNKNOWN.items())
    return frame.with_columns(unknown)


def made(frame, base="b", other="o", **settings):
    row = ComparisonRow(comparison="c", base=base, other=other, benchmark="tasks", protocol="p")
    tables = compute(ScoreInputs(frame, [Admitted(row)], **settings), Options())
    return {name: check(table, TABLES[name], name) for name, table in tables.items()}


def enumerated(trials, budget, k):
    """Share of the subsets of k trials in which one is right within a budget."""
    subsets = list(combinations(trials, k))
    return Fraction(sum(any(0 < each <= budget for each in some) for some in subsets), len(subsets))


def test_every_cell_is_that_of_all_subsets_of_trials():
    table = made(scores())["rounds"]
    assert table["k"].unique().sort().to_list() == [1, 2, 3, 4, 5, 6]
    assert table["budget"].max() >= 30
    for side, model in enumerate(("b", "o")):
        for row in table.filter(model=model).iter_rows(named=True):
            each = [enumerated(both[side], row["budget"], row["k"]) for both in TRIALS]
            assert row["pass_at_k"] == pytest.approx(float(sum(each) / 4), abs=1e-12)
            assert row["ci_low"] <= row["pass_at_k"] <= row["ci_high"]
            assert row["flagged"] == (2 * row["k"] > row["n_min"])


def test_differences_are_those_of_all_subsets_of_trials():
    table = made(scores())["round_differences"]
    for row in table.iter_rows(named=True):
        b, o = ([enumerated(both[i], row["budget"], row["k"]) for both in TRIALS] for i in (0, 1))
        assert row["diff"] == pytest.approx(float(sum(b) - sum(o)) / 4, abs=1e-12)
        assert row["ci_low"] <= row["diff"] <= row["ci_high"]


def test_at_full_budget_it_is_pass_at_k():
    frame = scores()
    inputs = ScoreInputs(frame)
    table = compute(inputs, Options())["rounds"].filter(budget=pl.col("budget").max())
    both = table.join(passk_table(frame), on=["model", "benchmark", "protocol", "k"])
    assert both.height == table.height
    assert both["pass_at_k"].to_list() == pytest.approx(both["pass_at_k_right"].to_list())


def test_exchanging_the_sides_exchanges_what_is_said():
    rng = np.random.default_rng(0)
    both = [
        (
            [5 if rng.random() < p else -9 for _ in range(8)],
            [2 if rng.random() < q else -4 for _ in range(8)],
        )
        for p, q in rng.uniform([0.1, 0.6], [0.6, 1.0], (120, 2))
    ]
    one = made(scores(both))["round_gaps"].row(0, named=True)
    two = made(scores(both), "o", "b")["round_gaps"].row(0, named=True)
    assert (one["ahead_at_1"], two["ahead_at_1"]) == ("other", "base")
    assert one["closes"] and two["closes"]
    for name in ("diff_at_1", "diff_at_k", "change"):
        assert one[name] == pytest.approx(-two[name])
        assert one[f"{name}_low"] == pytest.approx(-two[f"{name}_high"])
    assert one["change"] == pytest.approx(one["diff_at_k"] - one["diff_at_1"])
    said = SUMMARIES["round_gaps"](made(scores(both))["round_gaps"]).rows[0]
    assert "o ahead at one" in said[-2] and said[-2].endswith("closes")


def test_models_that_are_alike_decide_nothing():
    both = [([4, -4, 4, -4], [4, -4, 4, -4])] * 30
    row = made(scores(both))["round_gaps"].row(0, named=True)
    assert (row["ahead_at_1"], row["ahead_at_k"], row["closes"]) == (None, None, False)
    assert SUMMARIES["round_gaps"](made(scores(both))["round_gaps"]).rows[0][-2] == "undecided"


@pytest.mark.parametrize("unit", ["tokens", "dollars"])
def test_tokens_and_dollars_are_budgets_too(unit):
    scale = 100 if unit == "tokens" else 0.01
    scaled = [tuple([each * scale for each in trials] for trials in both) for both in TRIALS]
    if unit == "tokens":
        scaled = [tuple(list(map(int, trials)) for trials in both) for both in scaled]
    table = made(scores(scaled, unit))["rounds"]
    assert table["unit"].unique().to_list() == [unit]
    full = table.filter(pl.col("budget") == pl.col("budget").max(), k=1, model="b")
    assert full["pass_at_k"].item() == pytest.approx((3 / 5 + 0 + 1 + 1 / 5) / 4)


def test_little_is_said_of_one_trial_and_of_clusters_of_one():
    single = [([1], [-1])] * 3
    assert made(scores(single))["round_gaps"].is_empty()
    rows = made(scores(cluster="all"))["round_gaps"].row(0, named=True)
    assert (rows["diff_at_1_low"], rows["diff_at_1_high"]) == (-1, 1)


def test_nothing_is_said_where_trials_do_not_tell():
    frame = scores()
    silent = frame.drop(UNITS["rounds"])
    assert all(table.is_empty() for table in made(silent).values())
    half = frame.with_columns(
        pl.when(pl.col("model") == "b").then(UNITS["rounds"]).alias(UNITS["rounds"])
    )
    tables = made(half)
    assert tables["rounds"]["model"].unique().to_list() == ["b"]
    assert tables["round_differences"].is_empty()


def test_scores_hold_a_number_a_correct_trial():
    frame = scores().with_columns(correct=pl.col("correct") + 1, n=pl.col("n") + 1)
    with pytest.raises(TableError, match="rounds_of_correct of each correct one"):
        check(frame, SCORES, "scores")
    assert set(USED.values()) == set(UNITS.values())


def test_budgets_reach_from_the_least_to_the_most():
    assert budgets_of(np.array([1.0, 5.0, 8.0]), whole=True).tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    costs = budgets_of(np.array([0.03, 0.5]), whole=False)
    assert costs[0] <= 0.03 and costs[-1] >= 0.5 and np.allclose(np.diff(np.log2(costs)), 0.25)
    assert budgets_of(np.array([0.0]), whole=True).tolist() == [1]
    assert budgets_of(np.array([]), whole=False).tolist() == [1]


def test_comparisons_are_of_shared_problems_up_to_k_max():
    frame = scores().filter((pl.col("model") == "b") | (pl.col("problem_id") != "003"))
    tables = made(frame, k_max=3)
    assert tables["round_gaps"]["k"].to_list() == [3]
    table = tables["round_differences"]
    assert table["n_problems"].unique().to_list() == [3] and table["k"].max() == 5
    row = table.filter(budget=8.0, k=3).row(0, named=True)
    b, o = ([enumerated(both[i], 8, 3) for both in TRIALS[:3]] for i in (0, 1))
    assert row["diff"] == pytest.approx(float(sum(b) - sum(o)) / 3)


def spending(costs, correct):
    """Return scores of trials that tell their dollars, as importers count them."""
    trials = pl.DataFrame(
        {
            "problem_id": np.repeat([f"{i:03}" for i in range(len(costs))], len(costs[0])),
            "cost": np.ravel(costs).tolist(),
            "correct": np.ravel(correct).tolist(),
        },
        schema_overrides={"cost": pl.Float64},
        strict=False,
    )
    used, _ = used_by_correct(trials, pl.col("correct"), USED)
    counted = trials.group_by("problem_id", maintain_order=True).agg(
        n=pl.len().cast(pl.Int64), correct=pl.col("correct").sum().cast(pl.Int64), **used
    )
    unknown = [pl.lit(None, dtype=kind).alias(name) for name, kind in UNKNOWN.items()]
    named = {"model": "b", "benchmark": "tasks", "protocol": "p"}
    return counted.with_columns(*unknown, **{key: pl.lit(text) for key, text in named.items()})


def test_the_cost_of_k_trials_is_the_mean_over_all_draws_wrong_ones_included():
    costs = [[1.0, 2.0, 9.0], [4.0, 4.0, 1.0], [0.5, 0.25, 6.0]]
    correct = [[True, False, False], [True, True, False], [False, False, False]]
    table = check(
        compute(ScoreInputs(spending(costs, correct)), Options())["trial_costs"],
        TABLES["trial_costs"],
        "x",
    )
    assert table["unit"].unique().to_list() == ["dollars"]
    for row in table.iter_rows(named=True):
        draws = [np.mean([sum(some) for some in combinations(each, row["k"])]) for each in costs]
        assert row["spent"] == pytest.approx(np.mean(draws))
        low, high = skewed_interval(np.array(draws), Questions.distinct(3), 0.95)
        assert (row["spent_low"], row["spent_high"]) == pytest.approx((max(0, low), high))
        hits = [np.mean([any(some) for some in combinations(each, row["k"])]) for each in correct]
        assert row["pass_at_k"] == pytest.approx(np.mean(hits))
    shown = SUMMARIES["trial_costs"](table).rows[0]
    assert shown[4].startswith("3.083 [") and shown[3] == "dollars"


def test_a_wrong_trial_that_tells_no_cost_leaves_its_model_out_and_is_named():
    frame = spending([[1.0, None], [2.0, 3.0]], [[True, False], [True, True]])
    assert "mean_trial_cost" not in frame.columns and "cost_of_correct" in frame.columns
    tables = compute(ScoreInputs(frame), Options())
    assert tables["trial_costs"].is_empty()
    [(tag, text)] = checks(tables, 0.95)
    assert tag == "warning" and text.startswith("Coverage at cost leaves out b (p) on tasks")
    whole = compute(ScoreInputs(spending([[1.0, 2.0]], [[True, False]])), Options())
    assert checks(whole, 0.95) == []
    assert whole["trial_costs"]["spent_low"].null_count() == whole["trial_costs"].height
