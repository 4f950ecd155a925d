"""Best of k against every way to draw, equal ranks, and responses without one."""

import itertools
import math
import random
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from boundary.analyses.best_of import compute
from boundary.analyses.best_of.compute import best_of_k, chosen, ranked_shares
from boundary.analyses.best_of.section import SUMMARIES, checks
from boundary.analyses.best_of.tables import BEST_OF, BEST_OF_PAIRS
from boundary.analysis.passk import pass_at_k
from boundary.errors import InputError
from boundary.jobs.reading import ArmTables
from boundary.tables import check

ARM = {"model": "m", "benchmark": "b", "protocol": "p"}


def every_draw(ranks, correct, k):
    """Take the best of every k responses; of equal ones each in equal shares."""
    shares = []
    for drawn in itertools.combinations(range(len(ranks)), k):
        top = max(ranks[i] for i in drawn)
        best = [correct[i] for i in drawn if ranks[i] == top]
        shares.append(Fraction(sum(best), len(best)))
    return sum(shares) / len(shares)


def best_of_table(*given, **settings):
    """Return best of k of one arm."""
    arm = ranked_shares(*given, **settings)
    return compute.best_of_table([arm] if arm else [])


def samples(**problems):
    """Return samples by problem, each a pair of score and verdict."""
    rows = [
        (name, None if score is None else float(score), 5, bool(right))
        for name, each in problems.items()
        for score, right in each
    ]
    schema = ["problem_id", "score", "n_tokens", "correct"]
    return pl.DataFrame(rows, schema=schema, orient="row", infer_schema_length=None).cast(
        {"score": pl.Float64}
    )


def test_it_is_the_mean_over_every_draw():
    rng = random.Random(3)
    for _ in range(60):
        n = rng.randint(1, 9)
        rank = [rng.randint(0, 4) for _ in range(n)]
        right = [rng.random() < 0.4 for _ in range(n)]
        ks = list(range(1, n + 1))
        frame = pl.DataFrame({"problem_id": ["x"] * n, "rank": rank, "correct": right})
        assert best_of_k(frame, ks)[0] == pytest.approx(
            [float(every_draw(rank, right, k)) for k in ks], abs=1e-14
        )


def test_chances_are_exact_where_many_are_drawn():
    n, ks = 1024, [1, 2, 512, 1024]
    chances = chosen(n, ks)
    for column, k in enumerate(ks):
        for a in (0, 1, 5, 511, 1023):
            exact = Fraction(math.comb(n - a - 1, k - 1), math.comb(n, k))
            assert chances[a, column] == pytest.approx(float(exact), rel=1e-12)
    assert chances.sum(axis=0) == pytest.approx(1)


def test_by_the_verifier_it_is_pass_at_k():
    given = samples(x=[(0, 1), (0, 0), (1, 0), (2, 1)], y=[(1, 0)] * 3 + [(0, 1)])
    table = check(best_of_table(given, ARM), BEST_OF, "table")
    assert table["rank"].unique().sort().to_list() == ["score", "verifier"]
    for k, value in table.filter(rank="verifier").select("k", "best_of").iter_rows():
        assert value == pytest.approx(np.mean(pass_at_k([4, 4], [2, 1], k)))
    # Of all four the best is right in x alone, and of one it is pass@1.
    assert table.filter(rank="score")["best_of"].to_list()[::2] == pytest.approx([3 / 8, 1 / 2])
    assert table["flagged"].to_list() == [False, False, True] * 2


def test_responses_without_a_rank_come_last_and_are_counted():
    table = best_of_table(samples(x=[(None, 1), (None, 1), (-9, 0), (None, 1)]), ARM)
    scored = table.filter(rank="score")
    assert scored["best_of"].to_list() == pytest.approx([3 / 4, 1 / 2, 0])
    assert scored["unranked"].to_list() == [3] * 3


def test_likelihood_ranks_whole_or_by_token():
    given = pl.DataFrame(
        {
            "problem_id": ["x", "x"],
            "n_tokens": [0, 4],
            "logprob_sum": [-1.5, -2.0],
            "correct": [True, False],
        }
    )
    table = best_of_table(given, ARM).filter(k=2)
    assert dict(table.select("rank", "best_of").rows()) == {
        "verifier": 1,
        "logprob": 1,
        "mean_logprob": 0,
    }


def test_without_any_rank_there_is_no_table():
    assert best_of_table(samples(x=[(None, 1), (None, 0)]), ARM).is_empty()


def test_equal_questions_are_one_problem_and_few_samples_end_the_curve():
    given = samples(x=[(1, 1), (0, 0)], y=[(0, 0)] * 2, z=[(1, 1)])
    asked = pl.DataFrame({"problem_id": ["x", "y", "z"], "question": ["same", "same", "other"]})
    table = best_of_table(given, ARM, asked)
    assert table["n_problems"].unique().to_list() == [2]
    assert table["k"].unique().to_list() == [1]
    longer = best_of_table(given, ARM, min_n=2).filter(rank="score")
    assert longer["best_of"].to_list() == pytest.approx([1 / 4, 1 / 2])
    with pytest.raises(InputError, match="min_n"):
        best_of_table(given, ARM, min_n=3)


def test_the_page_names_what_chooses():
    summary = SUMMARIES["best_of"](best_of_table(samples(x=[(1, 1), (0, 0)] * 4), ARM))
    assert summary.header[:5] == ["benchmark", "model", "chosen by", "k = 1", "k = 4"]
    assert [row[2] for row in summary.rows] == ["the file's score", "the verifier (pass@k)"]


def test_the_page_names_models_without_a_rank():
    passk = pl.DataFrame({"model": ["m", "o"], "benchmark": "b", "protocol": "p"})
    ranked = best_of_table(samples(x=[(1, 1), (0, 0)]), ARM)
    nothing = best_of_table(samples(x=[(None, 1), (None, 0)]), ARM | {"model": "o"})
    [(tag, text)] = checks({"passk": passk, "best_of": pl.concat([ranked, nothing])}, 0.95)
    assert tag == "warning"
    assert text.startswith("Ranks of best of k on b leave out o (p): their responses have no score")
    assert checks({"passk": passk.head(1), "best_of": ranked}, 0.95) == []


def test_the_two_of_a_comparison_are_paired_by_each_rank_that_both_have():
    pair = {"comparison": "c", "base": "m", "other": "o", "benchmark": "b", "protocol": "p"}
    job = ArmTables.model_validate({"arms": [], "comparisons": [pair], "confidence": 0.95})
    given = samples(x=[(1, 1), (0, 0)], y=[(0, 1), (1, 0)])
    theirs = given.with_columns(logprob_sum=-1.0, score=-pl.col("score"))
    arms = [ranked_shares(g, ARM | {"model": m}) for g, m in ((given, "m"), (theirs, "o"))]
    made = compute.combine([*arms, None], job)
    pairs = check(made["best_of_pairs"], BEST_OF_PAIRS, "pairs").sort(BEST_OF_PAIRS.key)
    assert pairs.select("rank", "k", "base_right", "other_right", "diff").rows() == [
        ("score", 1, 0.5, 0.5, 0.0),
        ("score", 2, 0.5, 0.5, 0.0),
        ("verifier", 1, 0.5, 0.5, 0.0),
        ("verifier", 2, 1.0, 1.0, 0.0),
    ]
    assert made["best_of"].filter(rank="logprob")["model"].unique().to_list() == ["o"]
