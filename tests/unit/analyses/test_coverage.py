import itertools

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest, norm

from boundary.analyses.coverage.compute import coverage_tables
from boundary.analyses.coverage.sets import clustered_p, mcnemar_p, thinned_mcnemar_p
from boundary.analyses.coverage.tables import COVERAGE, COVERAGE_PROBLEMS
from boundary.analysis.pairs import pair_arms, pair_from_spec
from boundary.analysis.passk import pass_at_k
from boundary.comparison_tables import SETS
from boundary.validating import check


@pytest.mark.parametrize(
    ("base_only", "other_only", "p"),
    [(4, 0, 0.125), (4, 1, 0.375), (5, 0, 0.0625), (6, 0, 0.03125), (0, 0, 1.0), (3, 3, 1.0)],
)
def test_exact_mcnemar(base_only, other_only, p):
    assert mcnemar_p(base_only, other_only) == pytest.approx(p, abs=1e-12)


def test_equal_n_leaves_the_exact_test_as_it_is():
    for base_only, other_only in itertools.product(range(25), repeat=2):
        base = np.repeat([1.0, 0.0], [base_only, other_only])
        exact = binomtest(base_only, base_only + other_only).pvalue if len(base) else 1.0
        assert thinned_mcnemar_p(base, 1 - base) == pytest.approx(exact, rel=1e-13)


def test_published_math500(math500, math500_comparison):
    coverage, problems = coverage_tables(pair_from_spec(math500, math500_comparison))
    row = check(coverage, COVERAGE, "test").row(0, named=True)
    assert [row[s] for s in ("both", "base_only", "other_only", "neither")] == [462, 19, 3, 16]
    assert row["mcnemar_p"] == pytest.approx(0.00086, abs=5e-6)
    assert row["n_base"] == row["n_other"] == 128 and row["note"] is None
    sets = {r["problem_id"]: r["set"] for r in problems.iter_rows(named=True)}
    assert {i for i, s in sets.items() if s == "other_only"} == {"64", "80", "242"}
    assert {i for i, s in sets.items() if s == "base_only"} >= {"26", "129", "204", "497"}


def test_every_problem_has_its_set(arm):
    pair = pair_arms(arm("b", [1, 2, 0, 0], 4), arm("o", [1, 0, 3, 0], 4), "c")
    problems = check(coverage_tables(pair)[1], COVERAGE_PROBLEMS, "test")
    assert problems["set"].to_list() == ["both", "base_only", "other_only", "neither"]
    assert problems["other_correct"].to_list() == [1, 0, 3, 0]


def test_unequal_n_is_thinned_to_the_smaller(arm):
    pair = pair_arms(arm("b", [1, 3, 0, 4], 4), arm("o", [1, 0, 1, 0], [2, 2, 2, 4]), "c")
    coverage, problems = coverage_tables(pair)
    row = check(coverage, COVERAGE, "test").row(0, named=True)
    # Two of four samples hold the one correct with probability 1/2, and always one of three.
    assert problems["base_at_n"].to_list() == [0.5, 1.0, 0.0, 1.0]
    sets = [row[s] for s in ("both", "base_only", "other_only", "neither")]
    assert sets == [0.5, 2.0, 1.5, 0.0]
    assert row["mcnemar_p"] == pytest.approx((mcnemar_p(2, 1) + mcnemar_p(2, 2)) / 2, abs=1e-15)
    assert (row["n_min"], row["n_max"], row["n_base"], row["n_other"]) == (2, 4, 4, 2)
    assert row["note"] == "sets and McNemar are expectations at the smaller n of both models"


def test_thinning_is_the_mean_over_every_choice_of_samples(arm):
    base_n, base, other_n, other = (
        [4, 5, 3, 2, 4],
        [1, 2, 3, 1, 0],
        [2, 3, 5, 4, 2],
        [0, 1, 1, 2, 0],
    )
    pair = pair_arms(arm("b", base, base_n), arm("o", other, other_n), "c")
    row = coverage_tables(pair)[0].row(0, named=True)

    def kept(n, correct, size):
        samples = [True] * correct + [False] * (n - correct)
        return [any(chosen) for chosen in itertools.combinations(samples, size)]

    smaller = [min(sizes) for sizes in zip(base_n, other_n, strict=True)]
    sides = [
        [kept(*counts) for counts in zip(n, correct, smaller, strict=True)]
        for n, correct in ((base_n, base), (other_n, other))
    ]
    total, ways, p = np.zeros(4), 0, 0.0
    for drawn in itertools.product(*sides[0], *sides[1]):
        place = np.array([3 - 2 * b - o for b, o in zip(drawn[:5], drawn[5:], strict=True)])
        sets = np.bincount(place, minlength=4)
        total, ways, p = total + sets, ways + 1, p + mcnemar_p(sets[1], sets[2])
    assert [row[s] for s in SETS] == pytest.approx(total[[0, 1, 2, 3]] / ways, abs=1e-12)
    assert row["mcnemar_p"] == pytest.approx(p / ways, abs=1e-12)


def test_ids_of_one_question_are_thinned_each_and_any_of_them_solves_it(arm):
    base, other = (
        arm(name, correct, n, question=["q", "q", "r"])
        for name, correct, n in (("b", [1, 2, 0], [4, 6, 4]), ("o", [0, 0, 0], [2, 3, 4]))
    )
    coverage, problems = coverage_tables(pair_arms(base, other, "c"))
    # Missed by both ids: 1/2 · (4·3·2)/(6·5·4).
    assert problems["base_at_n"].to_list() == pytest.approx([0.9, 0.0], abs=1e-15)
    assert coverage["base_only"].to_list() == pytest.approx([0.9], abs=1e-15)
    assert coverage.select("n_min", "n_max").row(0) == (2, 4)


def test_exchanged_models_exchange_the_sets(arm):
    rng = np.random.default_rng(5)
    for _ in range(20):
        n = rng.integers(1, 40, size=(2, 60))
        counts = rng.binomial(n, rng.beta(0.3, 1, 60))
        arms = [arm(name, c, size) for name, c, size in zip("bo", counts, n, strict=True)]
        row, back = (
            coverage_tables(pair_arms(*pair, "c"))[0].row(0, named=True)
            for pair in (arms, arms[::-1])
        )
        names = ("both", "base_only", "other_only", "neither", "mcnemar_p", "n_min", "n_max")
        assert [row[s] for s in names] == [
            back[s] for s in (*names[:1], *names[2:0:-1], *names[3:])
        ]


def test_identical_models_with_unequal_n_are_rarely_told_apart():
    rng, found = np.random.default_rng(20), {}
    for m in (30, 100, 300):
        for draw in (lambda m: rng.beta(0.1, 0.3, m), lambda m: 10 ** rng.uniform(-3.5, -1, m)):
            runs = [draw(m) for _ in range(100)]
            ps = [
                thinned_mcnemar_p(
                    pass_at_k(128, rng.binomial(128, p), 32), (rng.binomial(32, p) > 0) * 1.0
                )
                for p in runs
            ]
            found[m] = found.get(m, 0) + sum(p <= 0.05 for p in ps)
    assert max(found.values()) <= 4  # of 200; at a level of 5 % more than 4 would be likely


def test_a_real_difference_is_seen_at_unequal_n():
    rng = np.random.default_rng(8)
    p = rng.beta(0.3, 1, 300)
    better = np.where(rng.random(300) < 0.25, 0.5, p)
    for base, other, n in ((better, p, (128, 32)), (p, better, (32, 128))):
        chances = [
            pass_at_k(size, rng.binomial(size, each), 32)
            for each, size in zip((base, other), n, strict=True)
        ]
        assert thinned_mcnemar_p(*chances) < 0.05


def test_a_hundred_thousand_problems_take_seconds():
    rng = np.random.default_rng(2)
    p = rng.random(100_000) * 0.05
    thinned = pass_at_k(128, rng.binomial(128, p), 32)
    assert thinned_mcnemar_p(thinned, (rng.binomial(32, p) > 0) * 1.0) > 0.05


def test_clusters_are_exchanged_whole():
    # Single problems give McNemar; three clusters can only fall 8 ways.
    assert clustered_p(np.array([1.0] * 9 + [-1.0] * 2)) == pytest.approx(mcnemar_p(9, 2))
    assert clustered_p(np.array([5.0, 3.0, 4.0])) == pytest.approx(2 / 8)
    assert clustered_p(np.array([2.0, -3.0, 0.0])) == pytest.approx(1.0)
    assert clustered_p(np.array([0.5, 0.25, -0.25])) == pytest.approx(6 / 8)
    assert clustered_p(np.zeros(4)) == 1.0
    # Thousands of clusters with expectations: near the normal distribution, and in a second.
    sums = np.random.default_rng(2).normal(0.01, 0.5, 4000)
    exact, limit = clustered_p(sums), 2 * norm.sf(abs(sums.sum()) / np.sqrt((sums**2).sum()))
    assert exact == pytest.approx(limit, abs=0.003)


def test_five_copies_of_a_kind_are_no_five_proofs(arm):
    kinds = np.repeat(np.arange(4), 5)
    base, other = np.where(kinds < 3, 4, 0), np.where(kinds == 3, 4, 0)
    plain = [arm("b", base, 8), arm("o", other, 8)]
    named = [rows.with_columns(cluster=pl.Series(kinds).cast(pl.String)) for rows in plain]
    alone, together = (coverage_tables(pair_arms(*pair, "c"))[0] for pair in (plain, named))
    assert alone["mcnemar_p"][0] == pytest.approx(mcnemar_p(15, 5)) and alone["note"][0] is None
    assert together["mcnemar_p"][0] == pytest.approx(10 / 16)
    assert "by the 4 clusters" in together["note"][0]


def test_problems_that_cancel_in_a_cluster_lower_no_p(arm):
    # 14 against 8: the 8 stand in clusters with one of the 14 each, which leaves 6 against none.
    base = np.array([4] * 14 + [0] * 8)
    cluster = pl.Series([*range(14), *range(8)]).cast(pl.String)
    arms = [
        arm(name, c, 4).with_columns(cluster=cluster) for name, c in (("b", base), ("o", 4 - base))
    ]
    assert coverage_tables(pair_arms(*arms, "c"))[0]["mcnemar_p"][0] == pytest.approx(
        mcnemar_p(14, 8)
    )


def test_the_order_of_problems_moves_no_digit(arm):
    rng = np.random.default_rng(5)
    n, hits = rng.integers(8, 33, (2, 100)), rng.integers(0, 3, (2, 100))
    order = rng.permutation(100)
    pairs = [
        pair_arms(arm("b", hits[0, at], n[0, at]), arm("o", hits[1, at], n[1, at]), "c")
        for at in (np.arange(100), order)
    ]
    first, second = (coverage_tables(pair)[0] for pair in pairs)
    assert first.equals(second)
