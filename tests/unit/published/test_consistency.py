"""What the printed tables of Yue et al. come to, and a claim that does not agree with them."""

from fractions import Fraction

import pytest

from boundary.published.consistency import remarks
from boundary.published.points import Published, read_published
from boundary.shipped import shipped

PAPER = shipped("published/yue2025_tables.yaml")
#: By hand from Table 2: 69.1 less 25.1, 26.8, 23.8, 28.1, 28.0 and 26.5.
TEST = {"grpo": 44.0, "ppo": 42.3, "remax": 45.3, "rloo": 41.0, "reinforce++": 41.1, "dapo": 42.6}
#: From Table 2 and Table 3: 96.2 less 75.4 and 76.3.
LATER = {"grpo-step300": 20.8, "grpo-step450": 19.9}


@pytest.fixture(scope="module")
def paper():
    return read_published(PAPER)


def texts(published, agrees):
    return [each.text for each in remarks(published) if each.agrees is agrees]


def test_gaps_of_tables_2_and_3_are_recomputed(paper):
    by = {(entry.source, entry.benchmark): entry for entry in paper.points}
    made = paper.efficiency(by["Table 2", "omni-math-test"])
    assert {name: round(100 * value, 1) for name, (value, _) in made.items()} == TEST
    made = paper.efficiency(by["Table 3", "math500"])
    assert {name: round(100 * value, 1) for name, (value, _) in made.items()} == LATER


def test_one_sentence_does_not_agree_with_its_table(paper):
    (differs,) = texts(paper, False)
    assert differs == (
        "text of section 4.3, omni-math-test: \"GRPO's 43.9 to RLOO's best 42.6\": 42.6 of rloo, "
        "where Table 2 has 41.0 points; 42.6 is that of dapo"
    )
    agrees = " ".join(texts(paper, True))
    assert "43.9 of grpo, where Table 2 has 44.0 points, within rounding" in agrees
    assert "rloo is the smallest of Table 2" in agrees
    for claim in ("0.358 of dapo", "0.410 of rloo", "0.206 of dapo"):
        assert f"{claim}, where Table 2 has" in agrees


def test_a_claim_is_an_erratum_only_where_it_differs(paper):
    known = [each.erratum for each in remarks(paper) if each.agrees is False]
    assert known == ["42.6 is that of DAPO, and the sentence still stands in later versions"]
    held = paper.model_dump()
    held["gaps"][1]["erratum"] = "none"
    (_, idle) = texts(Published.model_validate(held), False)
    assert idle.endswith("'.358 of DAPO' is marked as an erratum, and agrees")


def test_sets_of_tables_4_and_5_are_what_they_come_to(paper):
    four, five = [text for text in texts(paper, None) if "SRR" in text]
    srr, ndr = float(Fraction(19, 23)), float(Fraction(1, 20))
    assert f"SRR {srr:.3f} [" in four and "NDR 0.000 [" in four and "NSCR −0.174 (" in four
    assert f"SRR {srr:.3f} [" in five and f"NDR {ndr:.3f} [" in five and "NSCR −0.125 (" in five
    # McNemar's exact test of 4 against 0, 2/2^4, and of 4 against 1, 2·6/2^5.
    assert "p = 0.12, McNemar" in four and "p = 0.38, McNemar" in five


def made(points=None, **more):
    entry = {"source": "T", "benchmark": "b", "models": points or {"m": {1: 10.0}}}
    return Published.model_validate({"citation": "c", "points": [entry], **more})


def test_a_curve_that_falls_is_flagged():
    (differs,) = texts(made({"m": {1: 10.0, 8: 20.0, 64: 19.0}, "x": {1: 1.0, 8: 2.0}}), False)
    assert differs == "T, b: pass@k cannot fall with k, and does of m from k = 8 to 64"
    assert texts(made(), True) == []  # one k tells nothing


@pytest.mark.parametrize("base_only, other_only", [([1, 2], []), ([1], [1]), ([1, 2, 3, 4], [])])
def test_sets_that_leave_other_problems_of_both_are_flagged(base_only, other_only):
    sets = {"source": "T", "benchmark": "b", "base": "x", "other": "y"}
    sets |= {"base_solved": 3, "other_solved": 2, "base_only": base_only, "other_only": other_only}
    assert "do not leave the same problems of both" in texts(made(sets=[sets]), False)[0]


def test_more_solved_problems_than_there_are_is_flagged():
    sets = {"source": "T", "benchmark": "b", "base": "x", "other": "y", "problems": 2}
    sets |= {"base_solved": 2, "other_solved": 3, "base_only": [], "other_only": [7]}
    assert texts(made(sets=[sets]), False) == ["T, b: either solves 3, and there are 2 problems"]


def test_a_claim_of_the_smallest_is_held_against_all_of_its_table():
    points = [
        {
            "source": "T",
            "benchmark": "b",
            "base": "base",
            "models": {"base": {1: 1.0, 8: 60.0}, "x": {1: 30.0}, "y": {1: 31.0}},
        }
    ]
    gap = {"source": "S", "claim": "x is best", "benchmark": "b", "table": "T", "least": "x"}
    held = {"citation": "c", "points": points, "gaps": [{**gap, "models": {"x": 30.1}}]}
    (differs,) = texts(Published.model_validate(held), False)
    assert "x is not the smallest of T, as that of y is smaller" in differs
    points[0]["models"]["y"] = {1: 30.1}  # which rounding does not tell from 30.0
    assert texts(Published.model_validate(held), False) == []
