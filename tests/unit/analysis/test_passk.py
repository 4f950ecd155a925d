import math
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.special import betaln
from scipy.stats import binom

from boundary.analysis.passk import curve_at, curve_blocks, pass_at_k, passk_table
from boundary.errors import InputError
from boundary.tables import PASSK, check


def exact(n, c, k):
    return 1 - Fraction(math.comb(n - c, k), math.comb(n, k))


def whole_curve(n, correct):
    """Return pass@k of each problem for k = 1..max n."""
    sizes = np.broadcast_to(n, np.shape(correct))
    return curve_at(sizes, np.asarray(correct), np.arange(1, sizes.max() + 1))


@st.composite
def triples(draw, largest=300):
    n = draw(st.integers(1, largest))
    return n, draw(st.integers(0, n)), draw(st.integers(1, n))


@given(triples())
@settings(max_examples=300, deadline=None)
def test_single_and_curve_equal_exact_rationals(triple):
    n, c, k = triple
    known = float(exact(n, c, k))
    assert pass_at_k(n, c, k) == pytest.approx(known, rel=1e-13, abs=1e-300)
    assert whole_curve(n, [c])[0, k - 1] == pytest.approx(known, rel=1e-12, abs=1e-300)


@given(triples(120))
@settings(max_examples=100, deadline=None)
def test_monotone_in_k_and_in_c_and_within_zero_and_one(triple):
    n, c, _ = triple
    curve = whole_curve(n, [c, min(c + 1, n)])
    assert np.all(np.diff(curve, axis=1) >= -1e-14)
    assert np.all(curve[1] >= curve[0] - 1e-14)
    assert curve.min() >= 0 and curve.max() <= 1


@given(triples())
@settings(max_examples=100, deadline=None)
def test_ends_of_the_curve(triple):
    n, c, _ = triple
    assert pass_at_k(n, c, 1) == pytest.approx(c / n, rel=1e-14)
    assert pass_at_k(n, c, n) == float(c > 0)
    assert whole_curve(n, [c])[0, -1] == float(c > 0)


@pytest.mark.parametrize(("c", "k"), [(1, 1), (1, 10), (3, 5), (1000, 700), (7, 999_990)])
def test_stable_at_a_million_samples(c, k):
    n = 10**6
    known = float(exact(n, c, k)) if k < 10**5 else float(exact(n, k, c))
    assert pass_at_k(n, c, k) == pytest.approx(known, rel=1e-13)
    streamed = curve_at(np.array([n]), np.array([c]), np.array([k]))[0, 0]
    assert streamed == pytest.approx(known, rel=1e-10)


def test_beyond_n_there_is_no_estimate():
    assert math.isnan(pass_at_k(8, 3, 9))
    curve = whole_curve([4, 8], [1, 1])
    assert np.isnan(curve[0, 4:]).all() and not np.isnan(curve[1]).any()
    assert not np.isnan(curve[0, :4]).any()


def test_scalars_give_floats_and_arrays_broadcast():
    assert isinstance(pass_at_k(10, 3, 2), float)
    table = pass_at_k(10, np.array([0, 3, 10])[:, None], np.array([1, 2]))
    assert table == pytest.approx(np.array([[0, 0], [0.3, 1 - 42 / 90], [1, 1]]))


@pytest.mark.parametrize(
    ("n", "c", "k"), [(0, 0, 1), (5, 6, 1), (5, -1, 1), (5, 1, 0), (5, 1.5, 1)]
)
def test_impossible_counts_are_refused(n, c, k):
    with pytest.raises(InputError):
        pass_at_k(n, c, k)


@pytest.mark.parametrize(
    ("n", "k", "p", "mean", "variance"),
    [(16, 4, 0.2, 0.5904, 0.045164), (128, 64, 0.01, 0.474404, 0.104951)],
)
def test_unbiased_with_the_known_variance(n, k, p, mean, variance):
    weight = binom.pmf(np.arange(n + 1), n, p)
    values = pass_at_k(n, np.arange(n + 1), k)
    assert weight @ values == pytest.approx(1 - (1 - p) ** k, rel=1e-12)
    assert weight @ values == pytest.approx(mean, abs=1e-6)
    assert weight @ (values - mean) ** 2 == pytest.approx(variance, abs=1e-6)


def test_blocks_join_without_a_seam():
    n, c = np.array([300, 300, 299]), np.array([1, 150, 2])
    whole = whole_curve(n, c)
    parts = [values for _, values in curve_blocks(n, c, 300, block=7)]
    assert np.concatenate(parts, axis=1) == pytest.approx(whole, rel=1e-12, nan_ok=True)


def test_published_math500(math500):
    table = check(passk_table(math500), PASSK, "test")
    value = {(row["model"], row["k"]): row for row in table.iter_rows(named=True)}
    base, other = "qwen2.5-7b", "qwen2.5-7b-simplerl-zoo"
    assert value[base, 1]["pass_at_k"] == pytest.approx(0.613921875, abs=1e-9)
    assert value[other, 1]["pass_at_k"] == pytest.approx(0.779328125, abs=1e-9)
    assert value[base, 16]["pass_at_k"] == pytest.approx(0.9043392837691936, abs=1e-9)
    assert value[base, 128]["pass_at_k"] == pytest.approx(0.962, abs=1e-9)
    assert value[other, 128]["pass_at_k"] == pytest.approx(0.93, abs=1e-9)
    assert [value[base, k]["flagged"] for k in (1, 64, 65, 128)] == [False, False, True, True]
    # at k = n a problem is one 0/1 value, so the error is that of a share
    assert value[base, 128]["se"] == pytest.approx(np.sqrt(0.962 * 0.038 / 499), rel=1e-9)


def test_unequal_n_is_null_beyond_the_smallest(arm):
    table = check(passk_table(arm("m", [1, 2, 5], [4, 8, 8])), PASSK, "test")
    assert table["k"].to_list() == list(range(1, 9))
    assert table["n_min"].unique().to_list() == [4]
    assert table["pass_at_k"].is_null().to_list() == [False] * 4 + [True] * 4
    assert table["ci_low"].null_count() == table["se"].null_count() == 4
    assert table["flagged"].to_list() == [False, False] + [True] * 6
    assert table["pass_at_k"][3] == pytest.approx(
        float(exact(4, 1, 4) + exact(8, 2, 4) + exact(8, 5, 4)) / 3
    )


def test_one_problem_has_no_standard_error(arm):
    table = check(passk_table(arm("m", [3], 4)), PASSK, "test")
    assert table["se"].null_count() == 4
    assert table["pass_at_k"][0] == 0.75
    assert set(table["ci_low"]) == {0.0} and set(table["ci_high"]) == {1.0}


def test_a_solved_benchmark_keeps_an_interval(arm):
    table = passk_table(arm("m", [4] * 30, 4))
    assert table["se"].to_list() == [0.0] * 4
    assert table["ci_low"].to_list() == pytest.approx([0.025 ** (1 / 30)] * 4)


def test_chain_counts_skip_arms_without_them_and_refuse_half(arm):
    with_chain = arm("a", [3, 4], 4, chain_correct=pl.Series([1, 2], dtype=pl.Int64))
    without = arm("b", [3, 4], 4, chain_correct=pl.Series([None, None], dtype=pl.Int64))
    half = arm("c", [3, 4], 4, chain_correct=pl.Series([None, 2], dtype=pl.Int64))
    table = passk_table(pl.concat([with_chain, without]), "chain_correct")
    assert table["model"].unique().to_list() == ["a"]
    assert table["pass_at_k"][0] == pytest.approx(0.375)
    assert passk_table(without, "chain_correct").height == 0
    with pytest.raises(InputError, match="null for 1 of 2 problems of c / bench / paper"):
        passk_table(half, "chain_correct")
    with pytest.raises(InputError, match="no column chain_correct"):
        passk_table(arm("a", [1], 4), "chain_correct")


def test_interval_covers_the_super_population():
    """95 % intervals of simulated benchmarks cover the true pass@k of their population."""
    a, b, m, n, runs = 0.6, 0.8, 100, 64, 400
    rng = np.random.default_rng(3)
    truth = {k: 1 - math.exp(betaln(a, b + k) - betaln(a, b)) for k in (1, 8, 32)}
    ids = [f"{r:03d}-{i}" for r in range(runs) for i in range(m)]
    correct = rng.binomial(n, rng.beta(a, b, runs * m))
    frame = pl.DataFrame(
        {
            "model": np.repeat([f"{r:03d}" for r in range(runs)], m),
            "benchmark": ["b"] * len(ids),
            "protocol": ["p"] * len(ids),
            "problem_id": ids,
            "n": np.full(len(ids), n),
            "correct": correct,
        }
    )
    table = passk_table(frame)
    for k, true in truth.items():
        rows = table.filter(pl.col("k") == k)
        covered = ((rows["ci_low"] <= true) & (rows["ci_high"] >= true)).mean()
        assert 0.92 <= covered <= 0.98, (k, covered)


@st.composite
def arms_of_counts(draw):
    """Draw counts of an arm: pile-ups at 0, at n and somewhere between, as real ones have."""
    n, m = draw(st.sampled_from([16, 64, 128])), draw(st.sampled_from([12, 40, 120]))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    rate = rng.beta(draw(st.sampled_from([0.05, 0.3, 2])), draw(st.sampled_from([0.1, 1, 5])), m)
    return n, rng.binomial(n, np.where(rng.random(m) < 0.3, draw(st.sampled_from([0, 1])), rate))


@given(counts=arms_of_counts())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ends_of_intervals_never_fall_and_never_jump(arm, counts):
    n, correct = counts
    table = passk_table(arm("m", correct, n))
    mean, se, low, high = (table[x].to_numpy() for x in ("pass_at_k", "se", "ci_low", "ci_high"))
    assert np.all(low <= mean) and np.all(mean <= high)
    assert np.all(np.diff(low) >= 0) and np.all(np.diff(high) >= 0)
    # An end moves no further than a few times what estimate and standard error do.
    moved = np.diff(mean) + 2 * np.abs(np.diff(se))
    assert np.all(np.diff(low) <= 4 * moved + 0.004)
    assert np.all(np.diff(high) <= 4 * moved + 0.004)
