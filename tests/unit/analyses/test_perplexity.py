import math

import numpy as np
import polars as pl
import pytest

from boundary.analyses.perplexity.compute import perplexity_table
from boundary.analyses.perplexity.tables import PERPLEXITY
from boundary.tables import check


def likelihoods(rows, scorer="base", source="rl"):
    """Return LIKELIHOODS from (problem, n_tokens, logprob_sum, correct)."""
    return pl.DataFrame(
        {
            "scorer": [scorer] * len(rows),
            "source_model": [source] * len(rows),
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


def by_responses(table, unit="problems", scope="all"):
    return {row["responses"]: row for row in table.filter(unit=unit, scope=scope).to_dicts()}


def shares(problem, numbers, correct=True):
    """Return responses of one token, of which a perplexity of x is given as x."""
    return [(problem, 1, -math.log(number), correct) for number in numbers]


def test_statistics_by_hand():
    rows = [
        ("a", 10, -10 * math.log(2), True),
        ("a", 5, -5 * math.log(3), False),
        ("b", 4, -4 * math.log(7), True),
        ("b", 2, -2 * math.log(1.5), None),
    ]
    table = check(perplexity_table(likelihoods(rows)), PERPLEXITY, "test")
    found = by_responses(table, "responses")
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
    assert set(perplexity_table(likelihoods(rows))["responses"]) == {"all"}
    bare = likelihoods(rows).drop("correct")
    assert set(perplexity_table(bare)["responses"]) == {"all"}


def test_a_problem_with_nine_responses_weighs_as_much_as_one_with_one():
    """Medians 2 and 10, means 3 and 10; over responses 29/9 · 9/10 and 10/10."""
    many = [1, 1, 2, 2, 2, 2, 2, 2, 13]
    table = perplexity_table(likelihoods([*shares("a", many), *shares("b", [10])]))
    each = by_responses(table)["correct"]
    assert each["median_perplexity"] == pytest.approx((2 + 10) / 2)
    assert each["mean_perplexity"] == pytest.approx((3 + 10) / 2)
    surprisal = 6 * math.log(2) + math.log(13)
    assert each["mean_surprisal"] == pytest.approx((surprisal / 9 + math.log(10)) / 2)
    assert (each["n_problems"], each["n_responses"]) == (2, 10)
    # Two problems drawn twice are both, or one of them twice.
    ends = {"median": (2, 10), "mean": (3, 10), "surprisal": (surprisal / 9, math.log(10))}
    for name, (low, high) in ends.items():
        assert each[f"{name}_ci_low"] == pytest.approx(low)
        assert each[f"{name}_ci_high"] == pytest.approx(high)
    pooled = by_responses(table, "responses")["correct"]
    assert pooled["median_perplexity"] == pytest.approx(2)
    assert pooled["mean_perplexity"] == pytest.approx((27 + 10) / 10)
    assert pooled["mean_surprisal"] == pytest.approx((surprisal + math.log(10)) / 10)
    assert (pooled["n_problems"], pooled["n_responses"]) == (2, 10)


def test_the_median_of_an_even_number_lies_between_the_middle_two():
    rows = [*shares("a", [1, 9, 3, 5]), *shares("b", [7, 2]), *shares("c", [100])]
    row = by_responses(perplexity_table(likelihoods(rows)))["all"]
    assert row["median_perplexity"] == pytest.approx(4.5)  # of 4, 4.5 and 100


def test_shared_rows_are_of_the_problems_that_every_source_has():
    """Problem b is shared by all responses, and by the wrong ones; a by the correct ones."""
    base = [*shares("a", [2]), *shares("b", [3], correct=False), *shares("c", [4])]
    rl = [*shares("a", [5, 7]), *shares("b", [11], correct=False), *shares("d", [13])]
    other = [*shares("a", [17]), *shares("b", [19, 23], correct=False)]
    frame = pl.concat(
        [
            likelihoods(base, source="base"),
            likelihoods(rl, source="rl"),
            likelihoods(rl, scorer="rl", source="rl"),
            likelihoods(other).with_columns(protocol=pl.lit("greedy")),
            likelihoods(base).with_columns(benchmark=pl.lit("elsewhere")),
        ]
    )
    table = perplexity_table(frame)
    assert table.filter(scope="shared")["unit"].unique().to_list() == ["problems"]

    def row(scorer, source, protocol="p", benchmark="b"):
        rows = table.filter(
            scorer=scorer, source_model=source, protocol=protocol, benchmark=benchmark
        )
        shared = by_responses(rows, scope="shared")
        return {
            name: (shared[name]["n_problems"], shared[name]["mean_perplexity"]) for name in shared
        }

    expected = {
        ("base", "base"): {"all": (2, 2.5), "correct": (1, 2), "wrong": (1, 3)},
        ("base", "rl"): {"all": (2, 8.5), "correct": (1, 6), "wrong": (1, 11)},
        ("base", "rl", "greedy"): {"all": (2, 19), "correct": (1, 17), "wrong": (1, 21)},
        # Scorers and benchmarks share nothing with one another.
        ("rl", "rl"): {"all": (3, 10), "correct": (2, 9.5), "wrong": (1, 11)},
        ("base", "rl", "p", "elsewhere"): {"all": (3, 3), "correct": (2, 3), "wrong": (1, 3)},
    }
    for key, values in expected.items():
        assert row(*key) == {name: pytest.approx(value) for name, value in values.items()}, key
    alone = by_responses(table.filter(scorer="base", source_model="base"), scope="shared")
    assert alone["correct"]["mean_ci_low"] is None and alone["all"]["mean_ci_low"] is not None


def test_a_source_without_a_correct_response_leaves_nothing_to_share():
    rows = [*shares("a", [2]), *shares("b", [3])]
    never = [*shares("a", [2], correct=False), *shares("b", [3], correct=False)]
    table = perplexity_table(pl.concat([likelihoods(rows), likelihoods(never, source="base")]))
    shared = by_responses(table.filter(source_model="rl"), scope="shared")["correct"]
    assert (shared["n_problems"], shared["n_responses"]) == (0, 0)
    assert shared["median_perplexity"] is None and shared["surprisal_ci_high"] is None


def test_responses_of_unknown_correctness_take_no_problem_from_the_correct_ones():
    rows = [*shares("a", [2]), *shares("b", [3])]
    unknown = likelihoods(shares("a", [5], correct=None), source="base")
    table = perplexity_table(pl.concat([likelihoods(rows), unknown]))
    shared = by_responses(table.filter(source_model="rl"), scope="shared")
    assert shared["correct"]["n_problems"] == 2 and shared["all"]["n_problems"] == 1


@pytest.mark.parametrize("unit", ["problems", "responses"])
def test_one_problem_has_no_interval(unit):
    row = by_responses(perplexity_table(likelihoods(shares("a", [2, 4, 9]))), unit)["all"]
    assert (row["n_problems"], row["n_responses"]) == (1, 3)
    assert row["median_perplexity"] == pytest.approx(4)
    assert row["mean_perplexity"] == pytest.approx(5)
    assert {row[name] for name in row if "_ci_" in name} == {None}


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


def test_impossible_responses_make_a_median_infinite_only_where_they_are_half():
    """Medians 2, 3 and inf of 2; inf of inf; never a NaN."""
    rows = [*shares("a", [2, 2]), *shares("b", [3, 3, 3]), *shares("c", [2])]
    rows += [("b", 1, -math.inf, True), ("c", 1, -math.inf, True)]
    row = by_responses(perplexity_table(likelihoods(rows)))["all"]
    assert row["median_perplexity"] == pytest.approx(3) and row["mean_perplexity"] == math.inf
    never = likelihoods([("a", 1, -math.inf, True)] * 2 + [("b", 1, -math.inf, True)])
    for unit in ("problems", "responses"):
        row = by_responses(perplexity_table(never), unit)["all"]
        lengths = {row.pop(name) for name in ("mean_tokens", "tokens_ci_low", "tokens_ci_high")}
        assert lengths == {1.0}
        assert {row[name] for name in row if "median" in name or "mean" in name} == {math.inf}


@pytest.mark.parametrize("unit", ["problems", "responses"])
def test_the_problem_is_the_unit_of_the_interval(unit):
    """64 copies of each response add no information: the interval stays as wide."""
    rng = np.random.default_rng(0)
    logs = rng.normal(1, 0.5, 40)
    once = [(i, 10, -10 * x, None) for i, x in enumerate(logs)]
    often = [row for row in once for _ in range(64)]
    one, many = (
        by_responses(perplexity_table(likelihoods(rows), replicates=2000), unit)["all"]
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
    hits = {
        (unit, name): 0 for unit in ("problems", "responses") for name in ("median", "surprisal")
    }
    for _ in range(runs):
        centre = rng.normal(1, 0.3, m)
        logs = centre[:, None] + rng.normal(0, 0.2, (m, per))
        rows = [(i, tokens, -tokens * x, None) for i in range(m) for x in logs[i]]
        table = perplexity_table(likelihoods(rows), replicates=300)
        for unit, name in hits:
            row, truth = by_responses(table, unit)["all"], {"median": math.e, "surprisal": tokens}
            hits[unit, name] += row[f"{name}_ci_low"] <= truth[name] <= row[f"{name}_ci_high"]
    assert all(0.89 <= count / runs <= 0.99 for count in hits.values()), hits


def test_row_order_does_not_matter():
    rng = np.random.default_rng(2)
    frame = likelihoods([(i % 7, 5, -rng.exponential(5), bool(i % 2)) for i in range(50)])
    one = perplexity_table(frame, replicates=300)
    two = perplexity_table(frame.sample(fraction=1, shuffle=True, seed=1), replicates=300)
    assert one.equals(two)


def test_lengths_stand_beside_surprisals():
    """Problems of mean lengths 4 and 10; responses of 3, 5 and 10 tokens."""
    rows = [("a", 3, -2, True), ("a", 5, -2, True), ("b", 10, -1, True)]
    table = perplexity_table(likelihoods(rows))
    each = by_responses(table)["all"]
    assert each["mean_tokens"] == pytest.approx(7)
    assert (each["tokens_ci_low"], each["tokens_ci_high"]) == (4, 10)
    assert by_responses(table, "responses")["all"]["mean_tokens"] == pytest.approx(6)


def test_what_the_scorer_did_not_solve_stands_apart():
    """The base solves problem a alone; the other model solves both, and c nobody."""
    own = likelihoods([("a", 2, -2, True), ("b", 2, -2, False), ("c", 2, -2, False)], source="base")
    theirs = likelihoods(
        [("a", 1, -math.log(2), True), ("b", 1, -math.log(8), True), ("c", 1, -1, False)]
    )
    table = perplexity_table(pl.concat([own, theirs]))
    rows = table.filter(responses="beyond", unit="problems", scope="all")
    assert rows.select("source_model", "n_problems", "n_responses").rows() == [("rl", 1, 1)]
    assert rows["median_perplexity"].to_list() == [pytest.approx(8)]
    assert perplexity_table(theirs).filter(responses="beyond").is_empty()
