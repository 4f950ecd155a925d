"""Verdicts in sentences."""

import math

import pytest

from boundary.report.sentences import sentence, truncation, unread

ROW = {
    "comparison": "c",
    "base": "base-7b",
    "other": "grpo-7b",
    "benchmark": "math500",
    "protocol": "paper",
    "other_protocol": "paper",
    "k_cross": 14.432,
    "ci_low": 9.0,
    "ci_high": 31.0,
    "verdict": "crossover",
    "k_max": 64,
    "diff_at_1": -0.1654,
    "diff_at_k_max": 0.0242,
    "diff_ci_low": 0.0077,
    "diff_ci_high": 0.0392,
    "min_detectable_diff": 0.0225,
    "n_problems": 500,
    "note": None,
    "both": 462,
    "base_only": 19,
    "other_only": 3,
    "neither": 16,
    "mcnemar_p": 0.00086,
    "n_min": 128,
    "n_max": 128,
    "n_base": 128,
    "n_other": 128,
}


def test_a_crossover_in_full():
    assert sentence(ROW) == (
        "On math500, the curves cross at k× ≈ 14.4 [9, 31]: grpo-7b is ahead at small k and "
        "base-7b at large k. Base − other is −16.5 points at k = 1 and +2.4 [+0.8, +3.9] at "
        "k = 64 (pointwise 95 %; n = 128 samples a problem, M = 500 problems). Solved at least "
        "once in 128 samples: both 462, base only 19, other only 3, neither 16 (McNemar p < 0.001)."
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ci_low": 0.0, "ci_high": math.inf}, "k× ≈ 14.4 (0, ∞)"),
        ({"verdict": "base-ahead-to-K"}, "base-7b is ahead of grpo-7b at K = 64"),
        ({"verdict": "other-ahead-early"}, "grpo-7b is ahead of base-7b at smaller k"),
        ({"verdict": "reverse"}, "the reverse of a crossover"),
        ({"verdict": "undetermined"}, "below 2.2 points at K = 64 would likely go unseen"),
        ({"verdict": "undetermined"}, "which is not established"),
        ({"note": "protocols differ by permission"}, "Note: protocols differ by permission."),
        (
            {"permitted": "dtype a (base) and b (other)"},
            "The two differ by permission: dtype a (base) and b (other).",
        ),
        ({"note": "x", "coverage_note": "y"}, "Note: x. Note: y."),
        ({"other_protocol": "hot"}, "grpo-7b (hot)"),
        ({"n_other": 64}, "n = 128 / 64 samples"),
        ({"n_min": 3}, "Solved at least once in 3–128 samples: both 462"),
        ({"base_only": 18.64}, "base only 18.6, other only 3,"),
    ],
)
def test_each_verdict_says_its_own(change, said):
    assert said in sentence({**ROW, **change})


def test_without_a_coverage_row_nothing_is_said_of_coverage():
    row = {key: ROW[key] for key in list(ROW)[: list(ROW).index("both")]}
    assert "Solved" not in sentence(row)
    assert "M = 500" in sentence(row)


def test_no_undetermined_sentence_names_a_winner():
    text = sentence({**ROW, "verdict": "undetermined", "k_cross": None})
    assert "ahead" not in text
    assert "the data settle no order" in text


def test_the_level_is_that_of_the_study():
    assert "pointwise 90 %" in sentence(ROW, 0.9)


def arm(model, share, protocol="paper"):
    return {"model": model, "protocol": protocol, "truncated_share": share}


@pytest.mark.parametrize(
    ("base", "other", "said"),
    [
        (
            arm("a", 0.123),
            arm("b", 0.01),
            "12 % of the responses of a were cut at max_tokens: pass@k of a is a lower bound. "
            "That favours b in this comparison.",
        ),
        (
            arm("a", 0.0621),
            arm("b", 0.071),
            "6.2 % of the responses of a and 7.1 % of the responses of b were cut at max_tokens: "
            "pass@k of each is a lower bound.",
        ),
        (
            arm("a", 0.0),
            arm("a", 1.0, "hot"),
            "100 % of the responses of a (hot) were cut at max_tokens: pass@k of a (hot) is a "
            "lower bound. That favours a (paper) in this comparison.",
        ),
        (
            arm("a", None),
            arm("b", 0.5),
            "50 % of the responses of b were cut at max_tokens: pass@k of b is a lower bound.",
        ),
        (arm("a", 0.05), arm("b", 0.0), None),
        (arm("a", None), None, None),
        (None, None, None),
    ],
)
def test_truncation_in_words(base, other, said):
    assert truncation(base, other) == said


def test_answers_that_no_grader_can_read_are_told():
    """A prompt that asks for no box would else look like a model that can do nothing."""
    blind = {"model": "m", "protocol": "p", "no_answer_share": 1.0}
    fine = blind | {"model": "n", "no_answer_share": 0.5}
    said = unread(blind, fine)
    assert said is not None
    assert said.startswith("The grader found no answer in 100 % of the responses of m, and counts")
    assert unread(fine, fine) is None
    assert unread(fine | {"no_answer_share": None}, None) is None
