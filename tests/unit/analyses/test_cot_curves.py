"""CoT-pass@k under each rule: exact counts, the correction, and what is refused."""

import numpy as np
import polars as pl
import pytest

from boundary.analyses.cot import compute as cot
from boundary.analysis.passk import pass_at_k, passk_table
from boundary.errors import TableError
from chain_arms import N, simulate


def cot_table(scores, chains, draws=50):
    """Return the table of few draws, which are enough for all but intervals."""
    return cot.cot_table(scores, chains, draws=draws)


def curve(table, rule):
    return table.filter(rule=rule).sort("k")


def test_the_answer_rule_is_the_curve_of_everywhere_else(arm):
    scores, chains, _ = simulate(np.random.default_rng(0))
    own = curve(cot_table(scores, chains), "answer")
    plain = passk_table(scores).sort("k")
    for column in ("pass_at_k", "se", "ci_low", "ci_high", "flagged", "n_min"):
        assert own[column].equals(plain[column])
    assert own["judged"].unique().to_list() == [0]


def test_a_false_equation_takes_a_response_out(arm):
    """In each hard problem the first correct response states one."""
    scores, chains, _ = simulate(np.random.default_rng(1))
    own = curve(cot_table(scores, chains), "arithmetic")
    hard = set(chains["problem_id"])
    left = [c - (name in hard) for name, c in scores.select("problem_id", "correct").iter_rows()]
    for k, value in own.select("k", "pass_at_k").iter_rows():
        assert value == pytest.approx(pass_at_k(np.full(len(left), N), np.array(left), k).mean())
    assert own["judged"].unique().to_list() == [chains.height]


def test_a_sheet_judged_throughout_needs_no_model(arm):
    scores, chains, valid = simulate(np.random.default_rng(2), cap=N, audit=10**6)
    table = cot_table(scores, chains)
    own = curve(table, "human")
    expected = passk_table(scores.with_columns(correct=pl.Series(valid))).sort("k")
    assert own["pass_at_k"].to_list() == pytest.approx(expected["pass_at_k"].to_list())
    assert own["ci_low"].to_list() == pytest.approx(expected["ci_low"].to_list())
    # What people decided, no judge can change.
    assert curve(table, "corrected")["pass_at_k"].to_list() == own["pass_at_k"].to_list()
    assert own.select("hard_problems", "hard_correct", "judged").row(0) == (
        chains["problem_id"].n_unique(),
        chains.height,
        chains.height,
    )


def test_a_perfect_judge_with_a_large_audit_is_corrected_little(arm):
    scores, chains, valid = simulate(np.random.default_rng(3), cap=N, audit=100, judge=(1.0, 1.0))
    table = cot_table(scores, chains, draws=200)
    expected = passk_table(scores.with_columns(correct=pl.Series(valid))).sort("k")
    gap = (curve(table, "corrected")["pass_at_k"] - expected["pass_at_k"]).abs().max()
    assert gap < 0.02
    assert curve(table, "judged")["pass_at_k"].to_list() == pytest.approx(
        expected["pass_at_k"].to_list()
    )


def test_a_useless_judge_spans_what_is_possible(arm):
    """Two audited chains and a judge that says valid to all: almost from none to all."""
    scores, chains, _ = simulate(np.random.default_rng(4), cap=N, audit=0, judge=(1.0, 0.0))
    two = chains.with_row_index().with_columns(
        human=pl.when(pl.col("index") == 0).then(pl.lit("valid"))
        .when(pl.col("index") == 9).then(pl.lit("invalid"))
    )  # fmt: skip
    table = cot_table(scores, two, draws=1000).filter(k=64)
    none = scores.with_columns(
        correct=pl.when(pl.col("problem_id").is_in(chains["problem_id"].unique().to_list()))
        .then(0)
        .otherwise("correct")
    )
    (least,) = passk_table(none).filter(k=64)["pass_at_k"]
    most = table.filter(rule="answer")["pass_at_k"][0]
    corrected = table.filter(rule="corrected").row(0, named=True)
    assert corrected["ci_low"] <= least + 0.25 * (most - least)
    assert corrected["ci_high"] >= most - 0.1 * (most - least)


KS = [1, 8, 32, 64]


@pytest.mark.parametrize(
    "world", [{"pi": 0.5, "kappa": 1.0}, {"pi": 0.3, "kappa": 0.2, "judge": (0.9, 0.65)}]
)
def test_the_corrected_interval_covers_the_truth(arm, world):
    """Truth: E of pass@k over problems, hard ones by their valid chains, from 8,000 problems."""
    big = simulate(np.random.default_rng(99), problems=8_000, **world, audit=0)
    truth = np.array([pass_at_k(np.full(8_000, N), big[2], k).mean() for k in KS])
    runs, held, off = 25, {}, {}
    for seed in range(runs):
        scores, chains, _ = simulate(np.random.default_rng(seed), **world)
        table = cot_table(scores, chains, draws=100).filter(pl.col("k").is_in(KS))
        for rule in ("judged", "corrected", "human", "answer"):
            own = curve(table, rule)
            inside = (own["ci_low"].to_numpy() <= truth) & (truth <= own["ci_high"].to_numpy())
            held[rule] = held.get(rule, 0) + inside / runs
            off[rule] = off.get(rule, 0) + (own["pass_at_k"].to_numpy() - truth) / runs
    for rule in ("corrected", "human"):
        assert np.all(held[rule] >= 0.8)  # 25 runs of 95 %: 0.8 is 3 σ below
        assert np.all(np.abs(off[rule]) < 0.02)
    assert abs(off["judged"][-1]) > abs(off["corrected"][-1])  # what the correction is for
    assert off["answer"][-1] > 0.05


def test_rules_without_evidence_are_left_out(arm):
    scores, chains, _ = simulate(np.random.default_rng(5), audit=0)
    assert set(cot_table(scores, chains)["rule"]) == {"answer", "arithmetic", "judged"}
    bare = chains.with_columns(judge=pl.lit(None, dtype=pl.String))
    assert set(cot_table(scores, bare)["rule"]) == {"answer", "arithmetic"}


def test_an_arm_without_hard_problems_counts_by_its_answers(arm):
    scores, chains, _ = simulate(np.random.default_rng(6))
    sure = arm("easy", [N] * 5, N, protocol="p", benchmark="b")
    table = cot_table(pl.concat([scores, sure]), chains).filter(model="easy", k=1)
    assert set(table["rule"]) == {"answer", "arithmetic", "judged", "corrected", "human"}
    assert table["pass_at_k"].to_list() == [1.0] * 5
    assert table["hard_problems"].to_list() == [0] * 5


def test_the_same_twice(arm):
    scores, chains, _ = simulate(np.random.default_rng(7))
    one, other = (
        cot_table(x, y) for x, y in ((scores, chains), (scores.reverse(), chains.reverse()))
    )
    assert one.equals(other)


def test_curves_never_exceed_that_of_the_answer(arm):
    scores, chains, _ = simulate(np.random.default_rng(8))
    table = cot_table(scores, chains)
    wide = table.pivot("rule", index="k", values="pass_at_k")
    for rule in ("arithmetic", "judged", "corrected", "human"):
        assert (wide[rule] <= wide["answer"] + 1e-12).all()


def test_chains_and_scores_must_be_of_one_run(arm):
    scores, chains, _ = simulate(np.random.default_rng(9))
    second = (pl.col("correct") > 1) & (pl.col("sample_index") == 1)
    kept = chains.filter(~second | (pl.col("problem_id") != chains.filter(second)["problem_id"][0]))
    with pytest.raises(TableError, match="m / b / p: chains and scores disagree on 1 problem"):
        cot_table(scores, kept)
    with pytest.raises(TableError, match="chains of m / b / p, but no scores"):
        cot_table(scores.with_columns(model=pl.lit("other")), chains)


def test_problems_that_ask_the_same_do_not_narrow_the_interval(arm):
    scores, chains, _ = simulate(np.random.default_rng(6), audit=100)
    asked = scores.with_columns(question="problem_id")
    often, more = (
        pl.concat([frame, frame.with_columns(problem_id="again " + pl.col("problem_id"))])
        for frame in (asked, chains)
    )
    one, two = (
        curve(cot_table(*given, draws=300), "corrected")
        for given in ((scores, chains), (often, more))
    )
    for name in ("n_problems", "hard_problems"):
        assert two[name].to_list() == one[name].to_list()
    gap = (one["pass_at_k"] - two["pass_at_k"]).abs().max()
    assert gap < 0.02
    # Chains of a question are drawn for each of its ids, which narrows no more than their part.
    ratio = (two["se"] / one["se"]).mean()
    assert 0.8 < ratio < 1.2


def voted(chains, votes, valid):
    """Chains with so many judges, and so many of them who accept."""
    return chains.with_columns(
        pl.Series("votes", votes, dtype=pl.Int64), pl.Series("votes_valid", valid, dtype=pl.Int64)
    )


def test_several_judges_are_counted_by_any_most_and_all(arm):
    """Of three judges 0 to 3 accept: pass@k of the counts by each way to count them."""
    scores, chains, _ = simulate(np.random.default_rng(7))
    valid = [i % 4 for i in range(chains.height)]
    table = cot_table(scores, voted(chains, [3] * chains.height, valid))
    for rule, least in (("any", 1), ("majority", 2), ("all", 3)):
        accepted = chains.filter(pl.Series(valid) >= least).group_by("problem_id").len()
        counts = scores.join(accepted, on="problem_id", how="left").with_columns(
            correct=pl.when(pl.col("problem_id").is_in(chains["problem_id"].unique().to_list()))
            .then(pl.col("len").fill_null(0).cast(pl.Int64))
            .otherwise("correct")
        )
        expected = passk_table(counts.drop("len")).sort("k")
        assert curve(table, rule)["pass_at_k"].to_list() == expected["pass_at_k"].to_list()
        assert curve(table, rule)["ci_low"].to_list() == expected["ci_low"].to_list()


def test_a_tie_is_no_majority_and_one_judge_is_no_vote(arm):
    scores, chains, _ = simulate(np.random.default_rng(8))
    size = chains.height
    tied = cot_table(scores, voted(chains, [2] * size, [1] * size))
    none = scores.with_columns(
        correct=pl.when(pl.col("problem_id").is_in(chains["problem_id"].unique().to_list()))
        .then(0)
        .otherwise("correct")
    )
    nothing = passk_table(none).sort("k")["pass_at_k"].to_list()
    assert curve(tied, "majority")["pass_at_k"].to_list() == nothing
    assert curve(tied, "all")["pass_at_k"].to_list() == nothing
    assert curve(tied, "any")["pass_at_k"].to_list() == curve(tied, "answer")["pass_at_k"].to_list()
    single = cot_table(scores, voted(chains, [1] * size, [1] * size))
    assert not set(single["rule"]) & {"any", "majority", "all"}
    # Of those that one judged alone nothing is known under these rules.
    few = cot_table(scores, voted(chains, [2] * 9 + [1] * (size - 9), [1] * size))
    assert curve(few, "any")["judged"].unique().to_list() == [9]
