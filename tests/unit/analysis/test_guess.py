"""The guess floor: against loops over problems, a closed form, and in simulation."""

import json

import numpy as np
import polars as pl
import pytest

from boundary.analyses.guess_floor.compute import (
    Guesses,
    floor_curve,
    guess_floor_table,
    read_guesses,
)
from boundary.analysis.intervals import share_interval
from boundary.errors import TableError

ARM = {"model": "m", "benchmark": "b", "protocol": "p"}


def problems(golds, benchmark="b"):
    return pl.DataFrame(
        {
            "benchmark": [benchmark] * len(golds),
            "problem_id": [f"p{i:03d}" for i in range(len(golds))],
            "answer": golds,
        },
        schema_overrides={"answer": pl.String},
    )


def verdicts(answers):
    rows = [(f"p{i:03d}", answer) for i, row in enumerate(answers) for answer in row]
    return pl.DataFrame(rows, schema={"problem_id": pl.String, "answer": pl.String}, orient="row")


def q_by_loops(golds, answers):
    m = len(golds)
    return [
        sum(answers[j].count(golds[i]) / len(answers[j]) for j in range(m) if j != i) / (m - 1)
        for i in range(m)
    ]


GOLDS = ["1", "2", "3", "2"]
ANSWERS = [
    ["1", "1", "2", None],  # what a model says to its own problem never counts for it
    ["2", "3", "3", "1"],
    ["7", "1", None, None],
    ["2", "2", "2", "3"],
]


def test_q_equals_a_loop_over_the_other_problems():
    guesses = read_guesses(problems(GOLDS), verdicts(ANSWERS), ARM)
    assert guesses.q == pytest.approx(q_by_loops(GOLDS, ANSWERS))


def test_the_table_is_the_mean_over_problems():
    table = guess_floor_table(problems(GOLDS), verdicts(ANSWERS), ARM)
    q = np.array(q_by_loops(GOLDS, ANSWERS))
    for row in table.iter_rows(named=True):
        assert row["pass_at_k"] == pytest.approx(np.mean(1 - (1 - q) ** row["k"]))
        assert 0 <= row["ci_low"] <= row["pass_at_k"] <= row["ci_high"] <= 1
    assert table["k"].to_list() == [1, 2, 3, 4]
    assert table["flagged"].any() is False
    assert table.select("n_problems", "n_min").unique().row(0) == (4, 4)


def choices(sizes):
    """Make multiple-choice problems with so many options each."""
    golds = problems(["A"] * len(sizes))
    options = [json.dumps({"choices": [f"x{j}" for j in range(size)]}) for size in sizes]
    return golds.with_columns(
        question=pl.col("problem_id"), kind=pl.lit("choice"), metadata=pl.Series(options)
    )


def test_of_multiple_choice_a_blind_guess_takes_one_of_the_options():
    """Whatever the model says to other problems: its letters tell nothing of the options."""
    asked = choices([2, 4, 5, 4])
    for said in ("A", "B", None):
        table = guess_floor_table(asked, verdicts([[said] * 3] * 4), ARM, k_max=8)
        q = np.array([1 / 2, 1 / 4, 1 / 5, 1 / 4])
        value = 1 - (1 - q) ** np.arange(1, 9)[:, None]
        assert table["pass_at_k"].to_numpy() == pytest.approx(value.mean(axis=1))
        assert table["se"].to_numpy() == pytest.approx(value.std(axis=1, ddof=1) / 2)
    assert table["ci_low"].min() > 0


def test_problems_with_options_leave_the_floor_of_others_alone():
    """In one benchmark of two kinds each problem has the chance of its own kind."""
    golds = problems([*GOLDS, "A"])
    kinds = ["math"] * 4 + ["choice"]
    metadata = [None] * 4 + ['{"choices": ["x", "y"]}']
    both = golds.with_columns(
        question=pl.col("problem_id"), kind=pl.Series(kinds), metadata=pl.Series(metadata)
    )
    answers = [*ANSWERS, ["A", "A", "B", "1"]]
    q = read_guesses(both, verdicts(answers), ARM).q
    assert q[:4] == pytest.approx(q_by_loops([*GOLDS, "A"], answers)[:4])
    assert q[4] == 0.5


def test_answers_are_compared_by_their_canonical_form():
    told = guess_floor_table(problems([r"\frac{1}{2}", "8"]), verdicts([["8"], ["0.50"]]), ARM)
    assert told["pass_at_k"].to_list() == [1.0]


def test_a_model_that_answers_nothing_guesses_nothing():
    table = guess_floor_table(problems(["1", "2"]), verdicts([[None] * 8, [None] * 8]), ARM)
    assert table["pass_at_k"].to_list() == [0.0] * 8
    assert all(0 < high < 1 for high in table["ci_high"])  # two problems bound little


def test_a_model_that_always_gives_the_answer_of_all_problems():
    table = guess_floor_table(problems(["5"] * 6), verdicts([["5"] * 3] * 6), ARM)
    assert table["pass_at_k"].to_list() == [1.0] * 3


def test_k_beyond_n_is_defined():
    table = guess_floor_table(problems(GOLDS), verdicts(ANSWERS), ARM, k_max=500)
    assert table.height == 500
    assert table["pass_at_k"].is_sorted()
    assert table["pass_at_k"][-1] == pytest.approx(1.0, abs=1e-6)


def test_one_problem_has_no_others():
    table = guess_floor_table(problems(["1"]), verdicts([["1", "2"]]), ARM)
    assert table["pass_at_k"].null_count() == 2


def test_blocks_of_k_change_nothing(monkeypatch):
    guesses = read_guesses(problems(GOLDS), verdicts(ANSWERS), ARM)
    whole = floor_curve(guesses, np.arange(1, 50))
    monkeypatch.setattr("boundary.analyses.guess_floor.compute.BLOCK_CELLS", 17)
    for one, other in zip(whole, floor_curve(guesses, np.arange(1, 50)), strict=True):
        assert one == pytest.approx(other, abs=1e-15)


@pytest.mark.parametrize(
    ("golds", "answers", "told"),
    [
        ([None, "1"], [["1"], ["1"]], "1 problem.s. have no gold answer, first p000"),
        (["1", "2", "3"], [["1"], ["1"]], "1 problem.s. have no verdict, first p002"),
        (["1"], [["1"], ["1"]], "1 problem.s. have no problem, first p001"),
    ],
)
def test_what_cannot_be_worked_out_is_named(golds, answers, told):
    with pytest.raises(TableError, match=told):
        guess_floor_table(problems(golds), verdicts(answers), ARM)


def test_problems_without_any_outcome_are_left_out_below_a_share():
    """They say nothing, neither as a problem nor by answers."""
    given, answers = problems(["1", "2", "3"]), verdicts([["1", "2"], ["1", "1"]])
    table = guess_floor_table(given, answers, ARM, max_unset=0.34)
    assert table.equals(guess_floor_table(problems(["1", "2"]), answers, ARM))
    with pytest.raises(TableError, match=r"1 problem.s. have no verdict, first p002"):
        guess_floor_table(given, answers, ARM, max_unset=0.33)


def draw(rng, m, n, spread):
    """Return guesses of one benchmark: golds by r, answers by a Dirichlet around ``base``."""
    base = 1 / np.arange(1, 101)
    base /= base.sum()
    r = 0.003 + 0.7 * base
    gold = rng.choice(100, m, p=r / r.sum())
    p = rng.dirichlet(base * spread, m) if spread else np.tile(base, (m, 1))
    shares = np.stack([rng.multinomial(n, row) for row in p]) / n
    distinct, index = np.unique(gold, return_inverse=True)
    return Guesses(index, shares[:, distinct]), base, r / r.sum()


@pytest.mark.parametrize("spread", [0, 2])
def test_the_interval_covers_the_closed_form(spread):
    """Σ_a r(a)(1 − (1 − d(a))^k), whether or not answers differ between problems."""
    rng = np.random.default_rng(3)
    k = np.array([1, 4, 16, 32])
    covered, total, runs = np.zeros(4), np.zeros(4), 300
    for _ in range(runs):
        guesses, base, r = draw(rng, 150, 64, spread)
        truth = (r[:, None] * (1 - (1 - base)[:, None] ** k)).sum(axis=0)
        mean, se = floor_curve(guesses, k)
        low, high = share_interval(mean, se, 150, 0.95)
        covered += (low <= truth) & (truth <= high)
        total += mean - truth
    assert np.all(covered / runs >= 0.9)
    assert np.all(np.abs(total / runs) < 0.012)


def test_the_standard_error_equals_a_bootstrap_over_problems():
    """Copies of a problem are left out of its own q, as the problem itself is."""
    rng = np.random.default_rng(4)
    guesses, _, _ = draw(rng, 80, 64, 2)
    k = np.array([1.0, 8.0, 32.0])
    own = guesses.shares[np.arange(80), guesses.gold]
    means = []
    for _ in range(2000):
        w = rng.multinomial(80, np.full(80, 1 / 80)).astype(float)
        q = ((w @ guesses.shares)[guesses.gold] - w * own) / (80 - w)
        means.append(w @ (1 - (1 - q)[:, None] ** k) / 80)
    _, se = floor_curve(guesses, k.astype(np.int64))
    assert se == pytest.approx(np.std(means, axis=0), rel=0.12)


def test_problems_that_ask_the_same_are_no_others_of_each_other():
    """Answers to a question under another id say what the question itself elicits."""
    rows = [
        ("a", "x", "1", "1"),
        ("b", " x ", "1", "1"),
        ("c", "y", "2", "1"),
        ("d", "z", "3", "2"),
    ]
    names = ("problem_id", "question", "answer", "said")
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        benchmark=pl.lit("b"), kind=pl.lit("math"), metadata=pl.lit(None, dtype=pl.String)
    )
    labels = {"model": "m", "benchmark": "b", "protocol": "p"}

    def floor(problems):
        verdicts = problems.select("problem_id", answer="said")
        return guess_floor_table(problems.drop("said"), verdicts, labels)

    assert floor(frame).equals(floor(frame.filter(pl.col("problem_id") != "b")))
    # 1 is said of one other question of two, 2 of one, 3 of none.
    assert floor(frame)["pass_at_k"].to_list() == [pytest.approx((0.5 + 0.5 + 0) / 3)]
    assert floor(frame)["n_problems"].to_list() == [3]
    with pytest.raises(TableError, match="one question has two golds"):
        floor(frame.with_columns(answer=pl.col("problem_id").replace("b", "9")))
