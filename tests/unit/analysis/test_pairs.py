import polars as pl
import pytest

from boundary.analysis.pairs import pair_arms, pair_from_spec, select_arm
from boundary.errors import InputError
from boundary.jobs.reading import ComparisonRow


def test_only_shared_problems_are_paired_and_the_dropped_are_counted(arm):
    base = arm("b", [1, 2, 3], 4, ids=["x", "y", "only-base"])
    other = arm("o", [4, 0, 1, 1], 8, ids=["y", "x", "u", "v"])
    pair = pair_arms(base, other, "c")
    assert pair.problem_ids == ["x", "y"]
    assert pair.base_correct.tolist() == [1, 2] and pair.other_correct.tolist() == [0, 4]
    assert pair.m == 2 and pair.n == 4 and pair.discordant == 1
    notes = "; ".join(pair.notes())
    assert "1 problem(s) only of base and 2 only of other dropped" in notes
    assert "unequal n (base 4, other 8)" in notes


def test_equal_arms_need_no_note(arm):
    assert pair_arms(arm("b", [1, 2], 4), arm("o", [1, 2], 4), "c").notes() == []


def test_notes_tell_of_responses_without_outcome(arm):
    base = arm("b", [1, 2, 0], 4, n_unset=pl.Series([1, 0, 4], dtype=pl.Int64))
    assert pair_arms(base, arm("o", [1, 2], 4), "c").notes() == [
        "1 problem(s) only of base and 0 only of other dropped",
        "1 of 8 responses of base have no outcome and count as failures",
    ]


def test_no_shared_problem_names_both_arms(arm):
    named = r"b / bench / paper \(1 problem, such as x\) .*\(3 problems, such as u and v\) share no"
    with pytest.raises(InputError, match=named):
        pair_arms(arm("b", [1], 4, ids=["x"]), arm("o", [1, 2, 3], 4, ids=["y", "v", "u"]), "c")


def test_different_benchmarks_are_refused(arm):
    with pytest.raises(InputError, match="different benchmarks, bench and else"):
        pair_arms(arm("b", [1], 4), arm("o", [1], 4, benchmark="else"), "c")


def test_a_frame_of_several_arms_is_refused(arm):
    both = pl.concat([arm("a", [1], 4), arm("b", [1], 4)])
    with pytest.raises(InputError, match="must hold one arm"):
        pair_arms(both, arm("o", [1], 4), "c")


def test_an_unknown_arm_names_those_present(arm):
    scores = pl.concat([arm("a", [1], 4), arm("b", [1], 4)])
    with pytest.raises(InputError, match=r"no arm z / bench / paper.*a / bench / paper; b / bench"):
        select_arm(scores, "z", "bench", "paper", "Series s")


def test_one_model_under_two_protocols(arm):
    scores = pl.concat([arm("a", [1], 4), arm("a", [3], 4, protocol="hot")])
    row = ComparisonRow(comparison="c", base="a", other="a", benchmark="bench", protocol="paper")
    assert pair_from_spec(scores, row).other_correct.tolist() == [1]
    pair = pair_from_spec(scores, row.model_copy(update={"other_protocol": "hot"}))
    assert pair.other_correct.tolist() == [3]
    assert pair.labels["other_protocol"] == "hot" and pair.labels["protocol"] == "paper"
