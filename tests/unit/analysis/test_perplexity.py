import math

import numpy as np
import polars as pl
import pytest

from boundary.analysis.perplexity import perplexity_table
from boundary.tables import PERPLEXITY, check


def likelihoods(rows, scorer="base"):
    """Return LIKELIHOODS from (problem, n_tokens, logprob_sum, correct)."""
    return pl.DataFrame(
        {
            "scorer": [scorer] * len(rows),
            "source_model": ["rl"] * len(rows),
            "benchmark": ["b"] * len(rows),
            "protocol": ["p"] * len(rows),
            "problem_id": [str(row[0]) for row in rows],
            "sample_index": list(range(len(rows))),
            "n_tokens": [row[1] for row in rows],
            "logprob_sum": [float(row[2]) for row in rows],
            "perplexity": [None if not row[1] else math.exp(-row[2] / row[1]) for row in rows],
            "correct": pl.Series([row[3] for row in rows], dtype=pl.Boolean),
        }
    )


def by_responses(table):
    return {row["responses"]: row for row in table.iter_rows(named=True)}


def test_statistics_by_hand():
    rows = [
        ("a", 10, -10 * math.log(2), True),
        ("a", 5, -5 * math.log(3), False),
        ("b", 4, -4 * math.log(7), True),
        ("b", 2, -2 * math.log(1.5), None),
    ]
    found = by_responses(check(perplexity_table(likelihoods(rows)), PERPLEXITY, "test"))
    assert found["all"]["median_perplexity"] == pytest.approx(2.5)
    assert found["all"]["mean_perplexity"] == pytest.approx(13.5 / 4)
    assert found["all"]["n_responses"] == 4 and found["all"]["n_problems"] == 2
    assert found["correct"]["median_perplexity"] == pytest.approx(4.5)
    assert found["correct"]["mean_surprisal"] == pytest.approx(
        (10 * math.log(2) + 4 * math.log(7)) / 2
    )
    assert found["wrong"]["n_responses"] == 1 and found["wrong"]["median_ci_low"] is None
    assert found["wrong"]["median_perplexity"] == pytest.approx(3)


def test_unknown_correctness_leaves_only_all():
    rows = [("a", 3, -2, None), ("b", 3, -1, None)]
    assert perplexity_table(likelihoods(rows))["responses"].to_list() == ["all"]
    bare = likelihoods(rows).drop("correct")
    assert perplexity_table(bare)["responses"].to_list() == ["all"]


def test_no_wrong_response_gives_nulls_and_not_zeros():
    found = by_responses(perplexity_table(likelihoods([("a", 3, -2, True), ("b", 3, -1, True)])))
    assert found["wrong"]["n_responses"] == 0
    assert found["wrong"]["median_perplexity"] is None and found["wrong"]["mean_surprisal"] is None


def test_empty_responses_have_no_perplexity():
    rows = [("a", 0, 0, False), ("a", 2, -2, False), ("b", 2, -2, True)]
    found = by_responses(perplexity_table(likelihoods(rows)))
    assert found["all"]["n_responses"] == 2
    assert found["all"]["median_perplexity"] == pytest.approx(math.e)


def test_an_impossible_response_is_infinitely_surprising():
    rows = [(i, 2, -2, True) for i in range(9)] + [("x", 2, -math.inf, True)]
    row = by_responses(perplexity_table(likelihoods(rows)))["all"]
    assert row["median_perplexity"] == pytest.approx(math.e)
    assert row["mean_perplexity"] == math.inf and row["mean_surprisal"] == math.inf
    assert row["surprisal_ci_low"] == pytest.approx(2) and row["surprisal_ci_high"] == math.inf


def test_the_problem_is_the_unit_of_the_interval():
    """64 copies of each response add no information: the interval stays as wide."""
    rng = np.random.default_rng(0)
    logs = rng.normal(1, 0.5, 40)
    once = [(i, 10, -10 * x, None) for i, x in enumerate(logs)]
    often = [row for row in once for _ in range(64)]
    one, many = (
        by_responses(perplexity_table(likelihoods(rows), replicates=2000))["all"]
        for rows in (once, often)
    )
    for low, high in (
        ("median_ci_low", "median_ci_high"),
        ("mean_ci_low", "mean_ci_high"),
        ("surprisal_ci_low", "surprisal_ci_high"),
    ):
        widths = one[high] - one[low], many[high] - many[low]
        assert widths[1] == pytest.approx(widths[0], rel=0.15)


def test_intervals_cover_the_truth():
    rng = np.random.default_rng(1)
    runs, m, per, tokens = 200, 40, 4, 20
    hits_median = hits_mean = 0
    for _ in range(runs):
        centre = rng.normal(1, 0.3, m)
        logs = centre[:, None] + rng.normal(0, 0.2, (m, per))
        rows = [(i, tokens, -tokens * x, None) for i in range(m) for x in logs[i]]
        row = by_responses(perplexity_table(likelihoods(rows), replicates=300))["all"]
        hits_median += row["median_ci_low"] <= math.e <= row["median_ci_high"]
        hits_mean += row["surprisal_ci_low"] <= tokens <= row["surprisal_ci_high"]
    assert 0.89 <= hits_median / runs <= 0.99
    assert 0.89 <= hits_mean / runs <= 0.99


def test_row_order_does_not_matter():
    rng = np.random.default_rng(2)
    frame = likelihoods([(i % 7, 5, -rng.exponential(5), bool(i % 2)) for i in range(50)])
    one = perplexity_table(frame, replicates=300)
    two = perplexity_table(frame.sample(fraction=1, shuffle=True, seed=1), replicates=300)
    assert one.equals(two)
