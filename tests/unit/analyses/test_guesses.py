"""The guess floor: against loops over problems, a closed form, and in simulation."""

import json
from math import comb

import numpy as np
import polars as pl
import pytest

from boundary.analyses.guess_floor.compute import guess_tables
from boundary.analyses.guess_floor.excess import gains
from boundary.analyses.guess_floor.floor import bias, curves, too_low
from boundary.analyses.guess_floor.guesses import Guesses, read_guesses
from boundary.analysis.intervals import share_interval
from boundary.errors import TableError
from boundary.jobs.reading import ComparedArms

ARM = {"model": "m", "benchmark": "b", "protocol": "p"}


def floor_curve(guesses, k):
    return curves(guesses, k, np.empty((len(guesses.gold), 0)))[:2]


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
    frame = pl.DataFrame(rows, schema={"problem_id": pl.String, "answer": pl.String}, orient="row")
    return frame.with_columns(correct=pl.lit(False))


def guess_floor_table(*arm, **settings):
    return guess_tables(*arm, **settings).floor


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
    guesses = read_guesses(problems(GOLDS), verdicts(ANSWERS), ARM)[0]
    assert guesses.q == pytest.approx(q_by_loops(GOLDS, ANSWERS))


def test_the_table_is_the_mean_over_problems():
    table = guess_floor_table(problems(GOLDS), verdicts(ANSWERS), ARM)
    q = np.array(q_by_loops(GOLDS, ANSWERS))
    for row in table.iter_rows(named=True):
        assert row["pass_at_k"] == pytest.approx(np.mean(1 - (1 - q) ** row["k"]))
        assert 0 <= row["ci_low"] <= row["pass_at_k"] <= row["ci_high"] <= 1
    assert table["k"].to_list() == [1, 2, 3, 4]
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
    q = read_guesses(both, verdicts(answers), ARM)[0].q
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
    guesses = read_guesses(problems(GOLDS), verdicts(ANSWERS), ARM)[0]
    whole = floor_curve(guesses, np.arange(1, 50))
    monkeypatch.setattr("boundary.analyses.guess_floor.floor.BLOCK_CELLS", 17)
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
        verdicts = problems.select("problem_id", answer="said", correct=pl.lit(False))
        return guess_floor_table(problems.drop("said"), verdicts, labels)

    assert floor(frame).equals(floor(frame.filter(pl.col("problem_id") != "b")))
    # 1 is said of one other question of two, 2 of one, 3 of none.
    assert floor(frame)["pass_at_k"].to_list() == [pytest.approx((0.5 + 0.5 + 0) / 3)]
    assert floor(frame)["n_problems"].to_list() == [3]
    with pytest.raises(TableError, match="one question has two golds"):
        floor(frame.with_columns(answer=pl.col("problem_id").replace("b", "9")))


def misses(q, k):
    return np.mean([(1 - x) ** k for x in q])


def test_the_bias_is_the_jackknife_over_those_who_answer():
    """Each q without one of its others in turn, by loops."""
    guesses = read_guesses(problems(GOLDS), verdicts(ANSWERS), ARM)[0]
    ks, m = np.array([1, 2, 3, 4]), len(GOLDS)
    own = np.array([[row.count(gold) / 4 for row in ANSWERS] for gold in GOLDS])
    for k, off in zip(ks, bias(guesses, ks), strict=True):
        total = 0.0
        for i in range(m):
            others = [j for j in range(m) if j != i]
            left = [np.mean([own[i, x] for x in others if x != j]) for j in others]
            kept = (1 - np.mean(own[i, others])) ** k
            total += (m - 2) * (kept - misses(left, k))
        assert off == pytest.approx(total / m, abs=1e-12)
    assert bias(guesses, ks)[0] == pytest.approx(0, abs=1e-12)  # f is straight at k = 1


def test_the_bias_is_interpolated_between_few_k():
    rng = np.random.default_rng(8)
    guesses, _, _ = draw(rng, 40, 64, 2)
    many = bias(guesses, np.arange(1, 301))
    assert np.all(many <= 0)
    for k in (2, 77, 300):
        assert many[k - 1] == pytest.approx(bias(guesses, np.arange(1, k + 1))[-1], rel=0.02)


def test_a_floor_is_flagged_where_it_is_too_low():
    """Sixty problems, answers unlike between them: 9 points too low at k = 256, as simulated."""
    rng = np.random.default_rng(5)
    k, off = np.arange(1, 257), []
    held, kept = np.zeros((2, len(k)))
    for _ in range(100):
        guesses, base, r = draw(rng, 60, 64, 2)
        truth = (r[:, None] * (1 - (1 - base)[:, None] ** k)).sum(axis=0)
        mean, se = floor_curve(guesses, k)
        flagged = too_low(se, bias(guesses, k))
        assert flagged[-1] and not flagged[7]
        assert flagged.tolist() == sorted(flagged)
        low, high = share_interval(mean, se, 60, 0.95)
        held += (low <= truth) & (truth <= high) & ~flagged
        kept += ~flagged
        off.append([bias(guesses, k)[63], (mean - truth)[63]])
    assert np.all(held[:32] / kept[:32] > 0.9)
    estimated, true = np.mean(off, axis=0)
    assert true < -0.01 and 0.5 < estimated / true < 1.5


def test_of_options_nothing_is_estimated_and_nothing_flagged():
    tables = guess_tables(choices([2, 4]), verdicts([["A"] * 3] * 2), ARM)
    assert tables.floor["bias"].to_list() == [0.0] * 3
    assert not tables.floor["flagged"].any()
    two = guess_tables(problems(["1", "2"]), verdicts([["1"], ["1"]]), ARM)
    assert two.floor.select("flagged", "bias").row(0) == (
        True,
        None,
    )  # one other each: no jackknife


def answered(rng, golds, right):
    """Answers of four samples: the gold with a chance of its own, else a common one."""
    return [
        [gold if rng.random() < p else str(rng.integers(1, 4)) for _ in range(4)]
        for gold, p in zip(golds, right, strict=True)
    ]


def two_arms():
    rng = np.random.default_rng(11)
    golds = [str(x) for x in rng.integers(1, 9, 24)]
    arms = {}
    for name, power in (("b", 1), ("o", 0.4)):
        said = answered(rng, golds, rng.random(24) ** power)
        graded = verdicts(said).with_columns(
            correct=pl.Series(x == gold for gold, row in zip(golds, said, strict=True) for x in row)
        )
        arms[name] = said, guess_tables(problems(golds), graded, {**ARM, "model": name})
    return golds, arms


def excess_of(golds, answers, k, left_out=None):
    """Mean of pass@k by n choose k, less the floor by loops; without one problem where asked."""
    chosen = [i for i in range(len(golds)) if i != left_out]
    golds, answers = [golds[i] for i in chosen], [answers[i] for i in chosen]
    q = q_by_loops(golds, answers)
    solved = [
        1 - comb(4 - row.count(gold), k) / comb(4, k)
        for gold, row in zip(golds, answers, strict=True)
    ]
    return np.mean(solved) - np.mean(1 - (1 - np.array(q)) ** k)


def test_the_excess_is_pass_at_k_minus_the_floor_with_its_standard_error():
    """The standard error against the jackknife, which leaves out one problem after another."""
    golds, arms = two_arms()
    for said, made in arms.values():
        for row in made.excess.iter_rows(named=True):
            assert row["excess"] == pytest.approx(excess_of(golds, said, row["k"]))
            left = [excess_of(golds, said, row["k"], i) for i in range(24)]
            assert row["se"] == pytest.approx(np.std(left) * np.sqrt(23), rel=0.12)
            assert row["ci_low"] < row["excess"] < row["ci_high"]
        assert made.excess["flagged"].to_list() == [False, False, True, True]
        assert made.excess["floor_flagged"].to_list() == made.floor["flagged"].to_list()


def test_the_gain_in_excess_is_paired_and_changes_sign_with_the_sides():
    golds, arms = two_arms()
    names = {"comparison": "c", "benchmark": "b", "protocol": "p"}
    pair = ComparedArms(base="b", other="o", **names)
    solvers = [made.solver for _, made in arms.values()]
    there = gains(solvers, [pair], 0.95)
    assert there["k"].to_list() == [1, 2, 4]
    for row in there.iter_rows(named=True):
        left = [
            excess_of(golds, arms["o"][0], row["k"], i)
            - excess_of(golds, arms["b"][0], row["k"], i)
            for i in range(24)
        ]
        assert row["gain"] == pytest.approx(row["other_excess"] - row["base_excess"])
        assert row["base_excess"] == pytest.approx(excess_of(golds, arms["b"][0], row["k"]))
        assert row["se"] == pytest.approx(np.std(left) * np.sqrt(23), rel=0.12)
    back = gains(solvers, [ComparedArms(base="o", other="b", **names)], 0.95)
    for one, other in (("gain", "gain"), ("ci_low", "ci_high")):
        assert there[one].to_numpy() == pytest.approx(-back[other].to_numpy())
    assert there["se"].to_numpy() == pytest.approx(back["se"].to_numpy())
    same = gains(solvers, [ComparedArms(base="b", other="b", **names)], 0.95)
    assert same["gain"].to_list() == [0.0] * 3 and (same["ci_low"] < 0).all()


def test_arms_without_a_floor_or_common_problems_have_no_gain():
    solver = two_arms()[1]["b"][1].solver
    pair = ComparedArms(comparison="c", base="b", other="x", benchmark="b", protocol="p")
    assert gains([solver], [pair], 0.95).is_empty()
    strange = solver._replace(arm=("x", "b", "p"), problem_ids=["q"] * 24)
    assert gains([solver, strange], [pair], 0.95).is_empty()
    few = solver._replace(
        arm=("x", "b", "p"), problem_ids=[*solver.problem_ids[:6], *"abcdefghijklmnopqr"]
    )
    row = gains([solver, few], [pair], 0.95).row(0, named=True)
    assert (row["n_problems"], row["gain"]) == (6, 0.0)


def test_one_problem_has_neither_floor_nor_excess():
    made = guess_tables(problems(["1"]), verdicts([["1", "2"]]), ARM)
    assert (
        made.excess.select("excess", "se", "ci_low", "floor_bias").null_count().row(0) == (2,) * 4
    )
