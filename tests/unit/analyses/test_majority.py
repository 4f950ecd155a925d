"""The vote over stored answers: which are one, and what becomes of silence and few samples."""

import numpy as np
import polars as pl
import pytest

from boundary.analyses.majority import compute
from boundary.analyses.majority.compute import vote_shares, votes
from boundary.analyses.majority.section import SUMMARIES, checks
from boundary.analyses.majority.tables import MAJORITY, MAJORITY_PAIRS
from boundary.analysis.voting import majority_at_k
from boundary.errors import InputError
from boundary.jobs.reading import ArmTables
from boundary.tables import check

ARM = {"model": "m", "benchmark": "b", "protocol": "p"}


def majority_table(*given, **settings):
    """Return maj@k of one arm."""
    arm = vote_shares(*given, **settings)
    return compute.majority_table([arm] if arm else [])


def verdicts(**answers):
    """Return verdicts of answers by problem; those that end in ``!`` are right."""
    rows = [
        (name, text and text.rstrip("!"), bool(text) and text.endswith("!"))
        for name, each in answers.items()
        for text in each
    ]
    return pl.DataFrame(rows, schema=["problem_id", "answer", "correct"], orient="row")


def test_equal_answers_have_one_vote_between_them():
    given = verdicts(
        x=["1/2!", "0.5!", "7", "7.0", r"\frac{14}{2}", None], y=[None, None, "3", "3", "4", "5"]
    )
    assert votes(given).to_dicts() == [
        {"problem_id": "x", "n": 6, "right": 2, "wrong": [3]},
        {"problem_id": "y", "n": 6, "right": 0, "wrong": [1, 1, 2]},
    ]


def test_the_table_is_the_mean_of_votes():
    given = verdicts(x=["1!", "1!", "2", "3"], y=["1!", "2", "2", None])
    table = check(majority_table(given, ARM), MAJORITY, "table")
    for k, value in table.select("k", "majority").iter_rows():
        each = majority_at_k(np.array([2, 1]), [[1, 1], [2]], np.array([4, 4]), k)
        assert value == pytest.approx(each.mean())
    assert table["k"].to_list() == [1, 2, 4]
    assert table["flagged"].to_list() == [False, False, True]
    assert table.filter(k=1)["majority"].item() == pytest.approx(3 / 8)
    assert table["n_problems"].unique().to_list() == [2]


def test_equal_questions_are_one_problem():
    given = verdicts(x=["1!", "2"], y=["1!", "1!"], z=["2", "2"])
    asked = pl.DataFrame({"problem_id": ["x", "y", "z"], "question": ["same", "same", "other"]})
    table = majority_table(given, ARM, asked)
    assert table["n_problems"].unique().to_list() == [2]
    assert table.filter(k=1)["majority"].item() == pytest.approx((0.75 + 0) / 2)


def test_problems_with_fewer_samples_end_the_curve_or_are_dropped():
    given = verdicts(x=["1!"] * 8, y=["1!"])
    assert majority_table(given, ARM)["k"].to_list() == [1]
    assert majority_table(given, ARM, min_n=8)["k"].to_list() == [1, 2, 4, 8]
    with pytest.raises(InputError, match="min_n"):
        majority_table(given, ARM, min_n=9)


def test_without_any_answer_there_is_no_vote():
    assert majority_table(verdicts(x=[None, None]), ARM).is_empty()


def test_the_page_has_a_row_a_model():
    table = majority_table(verdicts(x=["1!"] * 4, y=["2", "2", "1!", "1!"]), ARM)
    summary = SUMMARIES["majority"](table)
    assert summary.header == ["benchmark", "model", "k = 1", "k = 4", "n", "M"]
    assert summary.rows[0][2].startswith("75")
    assert summary.rows[0][3].endswith("*")


def test_the_page_names_models_without_answers():
    passk = pl.DataFrame({"model": ["m", "o"], "benchmark": "b", "protocol": "p"})
    voted = majority_table(verdicts(x=["1!", "2"]), ARM)
    silent = majority_table(verdicts(x=[None, None]).cast({"answer": pl.String}), ARM)
    whole = pl.concat([voted, silent])
    [(tag, text)] = checks({"passk": passk, "majority": whole}, 0.95)
    assert tag == "warning"
    assert text.startswith("Majority votes on b leave out o (p): no answers of their responses")
    assert "leave out m (p) and o (p)" in checks({"passk": passk, "majority": silent}, 0.95)[0][1]
    assert checks({"passk": passk.head(1), "majority": whole}, 0.95) == []


def test_the_two_of_a_comparison_are_paired_by_problem():
    pair = {"comparison": "c", "base": "m", "other": "o", "benchmark": "b", "protocol": "p"}
    job = ArmTables.model_validate({"arms": [], "comparisons": [pair], "confidence": 0.95})
    given = [verdicts(x=["1!", "2"], y=["1!", "1!"]), verdicts(x=["1!", "1!"], y=["1!", "2"])]
    arms = [vote_shares(g, ARM | {"model": m}) for g, m in zip(given, "mo", strict=True)]
    made = compute.combine([*arms, None], job)
    assert made["majority"]["model"].to_list() == ["m", "m", "o", "o"]
    pairs = check(made["majority_pairs"], MAJORITY_PAIRS, "pairs")
    assert pairs.select("k", "base_right", "diff", "base_lead").rows() == [
        (1, 0.75, 0.0, 0.0),
        (2, 0.75, 0.0, 0.0),
    ]
    assert pairs["diff_high"].min() > 0.5  # two problems that differ by ± a half tell little
