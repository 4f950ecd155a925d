"""Verdicts in sentences."""

import math
from dataclasses import replace

import pytest

from boundary.report.sentences import sentence, truncation, unread
from verdict_rows import verdict_row

COVERAGE = {
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
    "base_only_regained": None,
    "other_only_regained": None,
}
REGAINED = {
    "base_only_regained": 0.143,
    "base_only_regained_low": 0.048,
    "base_only_regained_high": 0.303,
    "other_only_regained": 0.51,
    "other_only_regained_low": 0.111,
    "other_only_regained_high": 0.898,
}


def text_of(**change):
    """The sentence of a row and of its coverage; ``coverage_note`` is the note of the latter."""
    coverage = {name: change.pop(name, value) for name, value in COVERAGE.items() if name != "note"}
    more = {name: change.pop(name) for name in REGAINED if name in change}
    note = change.pop("coverage_note", None)
    return sentence(verdict_row(**change), {**coverage, **more, "note": note})


def test_a_crossover_in_full():
    assert text_of() == (
        "On math500, base-7b overtakes grpo-7b at k× ≈ 14.4 [9, 31]: the simultaneous 95 % band of "
        "D = base − other excludes 0 in favour of grpo-7b at k = 1–8, then of base-7b at "
        "k = 32–64. Base − other is −16.5 points at k = 1 and +2.4 [+0.8, +3.9] at "
        "k = 64 (pointwise 95 %; n = 128 samples a problem, M = 500 problems, taken as "
        "independent). Solved at least once in 128 samples: both 462, base only 19, other only "
        "3, neither 16 (McNemar p < 0.001)."
    )


ONE_SIDED = {
    "base-ahead-to-K": "base:32-64",
    "other-ahead-to-K": "other:1-64",
    "base-ahead-early": "base:1-8",
    "other-ahead-early": "other:1-8",
}
OPEN = {"verdict": "undetermined", "regions": None}


@pytest.mark.parametrize("verdict", ONE_SIDED)
def test_who_is_ahead_and_where_is_all_that_is_claimed(verdict):
    regions = ONE_SIDED[verdict]
    text = text_of(verdict=verdict, regions=regions, k_cross=None)
    ahead, behind = ("base-7b", "grpo-7b")[:: 1 if verdict.startswith("base") else -1]
    where = {"to-K": "at K = 64", "early": "at smaller k, and at K = 64 the order is open"}
    ks = regions.partition(":")[2].replace("-", "–")
    assert text.startswith(
        f"On math500, {ahead} is ahead of {behind} {where[verdict.split('-ahead-')[1]]}: the "
        f"simultaneous 95 % band of D = base − other excludes 0 in favour of {ahead} at k = {ks}, "
        f"and the other way at no k. Base"
    )


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"ci_low": 0.0, "ci_high": math.inf}, "k× ≈ 14.4 (0, ∞)"),
        (
            {"verdict": "reverse", "regions": "base:1-8;other:32-64", "k_cross": None},
            "On math500, grpo-7b overtakes base-7b: the simultaneous 95 % band of D = base − other "
            "excludes 0 in favour of base-7b at k = 1–8, then of grpo-7b at k = 32–64. Base",
        ),
        (OPEN, "excludes 0 at no k up to 64; a difference below 2.2 points at K = 64 would likely"),
        (OPEN, "the curves meet at k× ≈ 14.4 [9, 31], which is not established"),
        (
            {"verdict_fixed": "base-ahead-to-K"},
            "On these very problems, with their responses sampled anew: base-ahead-to-K, that is, "
            "base-7b is ahead of grpo-7b at K = 64; what decides is the population that they come "
            "from. Base",
        ),
        (
            {"verdict_fixed": "crossover"},
            "On these very problems, with their responses sampled anew, the verdict is the same, "
            "crossover; what decides is the population that they come from. Base",
        ),
        (
            {"verdict_holm": "undetermined", "holm_cells": 18},
            "After Holm's correction over 18 comparisons: undetermined, that is, the order of "
            "base-7b and grpo-7b is open at every k; crossover is the verdict of this comparison "
            "alone.",
        ),
        (
            {"verdict_holm": "crossover", "holm_cells": 18},
            "After Holm's correction over 18 comparisons the verdict is the same, crossover.",
        ),
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
def test_each_verdict_says_its_own(change, part):
    assert part in text_of(**change)


def test_what_one_model_alone_solved_is_never_said_to_be_out_of_reach():
    text = text_of(**REGAINED)
    assert (
        "Not yet solved is not unsolvable: of the problems that only base-7b solved in 64 samples, "
        "grpo-7b solved 14 % [4.8 %, 30 %] in its next 64; of those that only grpo-7b solved, "
        "base-7b 51 % [11 %, 90 %]."
    ) in text
    one = text_of(**{**REGAINED, "base_only_regained": None})
    assert "of the problems that only grpo-7b solved in 64 samples, base-7b solved 51 %" in one
    assert "unsolvable" not in text_of() and "cannot" not in text


def test_without_a_coverage_row_nothing_is_said_of_coverage():
    text = sentence(verdict_row())
    assert "Solved" not in text and "n = " not in text
    assert "M = 500" in text


def test_no_undetermined_sentence_names_a_winner():
    text = text_of(**OPEN, k_cross=None)
    assert "ahead" not in text and "overtakes" not in text
    assert "the order of base-7b and grpo-7b is open at every k" in text


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (
            {"guard": "small-set", "n_independent": 60, "n_problems": 60},
            "(small-set): its 60 independent problems are fewer than 100.",
        ),
        (
            {"guard": "few-discordant", "n_discordant": 1},
            "(few-discordant): over all n samples exactly one of the two solves 1 problem, and "
            "fewer than 6 are too few.",
        ),
        (
            {"guard": "saturated-high", "base_solved": 498, "other_solved": 500},
            "(saturated-high): over all n samples base-7b leaves 2 and grpo-7b 0 of 500 problems "
            "unsolved, each fewer than 6.",
        ),
        (
            {"guard": "saturated-low", "base_solved": 0, "other_solved": 3},
            "(saturated-low): over all n samples base-7b solves 0 and grpo-7b 3 of 500 problems, "
            "each fewer than 6.",
        ),
        (
            {"guard": "small-set;duplicates", "n_independent": 60, "n_problems": 60, "n_copied": 7},
            "(small-set, duplicates): its 60 independent problems are fewer than 100; "
            "both have the same responses to 7 problems, one by one, 5 or more: copies, or one set "
            "of samples under two names.",
        ),
    ],
)
def test_a_guard_leads_and_the_band_says_what_it_says(change, part):
    text = text_of(**change)
    assert text.startswith(f"On math500, no claim can rest on the verdict {part} What the band")
    plain = text_of(**{**change, "guard": None})
    assert plain.removeprefix("On math500, ") in text
    assert "What the band says: base-7b overtakes grpo-7b at k× ≈ 14.4 [9, 31]: the" in text


def test_the_level_is_that_of_the_study():
    assert "pointwise 90 %" in sentence(verdict_row(), confidence=0.9)


def arm(model, share, protocol="paper"):
    return {"model": model, "protocol": protocol, "truncated_share": share}


@pytest.mark.parametrize(
    ("base", "other", "part"),
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
def test_truncation_in_words(base, other, part):
    assert truncation(base, other) == part


def test_answers_that_no_grader_can_read_are_told():
    """A prompt that asks for no box would else look like a model that can do nothing."""
    blind = {"model": "m", "protocol": "p", "no_answer_share": 1.0}
    fine = blind | {"model": "n", "no_answer_share": 0.5}
    text = unread(blind, fine)
    assert text is not None
    assert text.startswith("The grader found no answer in 100 % of the responses of m, and counts")
    assert unread(fine, fine) is None
    assert unread(fine | {"no_answer_share": None}, None) is None


def test_clusters_and_whose_verdict_decides_are_said():
    row = verdict_row(n_independent=120, verdict_fixed="base-ahead-to-K")
    assert "500 problems, in 120 clusters, over which intervals are taken)" in sentence(row)
    assert "what decides is the population" in sentence(row)
    decided = replace(row, decides="benchmark")
    assert "the study lets these problems decide, and" in sentence(decided)
    beyond = replace(decided, verdict_fixed=None, k_max=100)
    assert "but of them nothing can be told at K = 100, beyond half of the" in sentence(beyond)
