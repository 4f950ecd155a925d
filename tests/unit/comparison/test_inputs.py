"""Which sides may be compared, and what is said where they differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from boundary.comparison.inputs import Settings, left_out, score_inputs
from boundary.errors import InputError, TableError
from comparison_sides import counts_of, made_side

COUNTS = counts_of([1, 2, 3])
BASE = made_side("base", {"b": COUNTS})


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ([], "compare: give a base and at least one other side"),
        (
            [made_side("base", {"b": COUNTS})],
            "base.csv and base.csv: both are called 'base'. Give each side a name of its own, in "
            "their order: --label NAME --label OTHER.",
        ),
        (
            [made_side("o", {"c": COUNTS, "d": COUNTS})],
            "base.csv and o.csv share no benchmark: base has b, and o has c, d. Where they are the "
            "same under two names, give --benchmark NAME.",
        ),
        ([made_side("b\u0430se", {"b": COUNTS})], "--label: "),
    ],
    ids=["one side", "equal labels", "no shared benchmark", "look-alike labels"],
)
def test_sides_that_cannot_be_compared(others, message) -> None:
    with pytest.raises((InputError, TableError)) as caught:
        score_inputs([BASE, *others], Settings())
    assert str(caught.value).startswith(message)


def test_disjoint_problems_name_two_of_each_side() -> None:
    other = made_side("o", {"b": {"x": (1, 8), "y": (1, 8), "z": (1, 8)}})
    with pytest.raises(InputError) as caught:
        score_inputs([BASE, other], Settings()).compared  # noqa: B018
    assert "q0000 and q0001" in str(caught.value) and "x and y" in str(caught.value)


def test_problems_that_differ_under_one_id_are_refused() -> None:
    sides = [made_side(name, {"b": COUNTS}, problem_digest=i) for i, name in enumerate("ab")]
    with pytest.raises(TableError, match=r"b.csv \(b\) and a.csv \(a\): 3 problem\(s\) of bench"):
        score_inputs(sides, Settings())


def test_two_judges_are_noted() -> None:
    other = made_side("o", {"b": COUNTS}, judged_by="ours")
    (compared,) = score_inputs([BASE, other], Settings()).compared
    assert compared.of.note == "base was judged by its source and o was judged by our grader"
    same = score_inputs([BASE, made_side("o", {"b": COUNTS})], Settings())
    assert same.compared[0].of.note is None


def test_two_rules_of_files_are_noted() -> None:
    strict, exact, same = (
        replace(made_side(name, {"b": COUNTS}), rules={"b": rule})
        for name, rule in (("x", "metric em of filter s"), ("y", "metric acc"), ("z", "metric acc"))
    )
    (compared,) = score_inputs([strict, exact], Settings()).compared
    assert compared.of.note == (
        "x was judged by the metric em of filter s and y was judged by the metric acc, which are "
        "two rules"
    )
    graded = [replace(side, judged_by={"b": "ours"}) for side in (strict, exact)]
    for pair in ([exact, same], [BASE, exact], graded):
        assert score_inputs(pair, Settings()).compared[0].of.note is None


def test_what_no_other_side_has_is_named() -> None:
    one = made_side("one", {"b": COUNTS, "c": COUNTS})
    base = made_side("base", {"b": COUNTS, "mine": COUNTS})
    assert left_out([base, one]) == [
        "mine, which base alone has, is not compared",
        "c of one, which base lacks, is not compared",
    ]
