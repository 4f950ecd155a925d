import pytest

from boundary.analysis.coverage import coverage_tables, mcnemar_p
from boundary.analysis.pairs import pair_arms, pair_from_spec
from boundary.tables import COVERAGE, COVERAGE_PROBLEMS, check


@pytest.mark.parametrize(
    ("base_only", "other_only", "p"),
    [(4, 0, 0.125), (4, 1, 0.375), (5, 0, 0.0625), (6, 0, 0.03125), (0, 0, 1.0), (3, 3, 1.0)],
)
def test_exact_mcnemar(base_only, other_only, p):
    assert mcnemar_p(base_only, other_only) == pytest.approx(p, abs=1e-12)


def test_published_math500(math500, math500_comparison):
    coverage, problems = coverage_tables(pair_from_spec(math500, math500_comparison))
    row = check(coverage, COVERAGE, "test").row(0, named=True)
    assert [row[s] for s in ("both", "base_only", "other_only", "neither")] == [462, 19, 3, 16]
    assert row["mcnemar_p"] == pytest.approx(0.00086, abs=5e-6)
    assert row["n_base"] == row["n_other"] == 128 and row["note"] is None
    sets = {r["problem_id"]: r["set"] for r in problems.iter_rows(named=True)}
    assert {i for i, s in sets.items() if s == "other_only"} == {"64", "80", "242"}
    assert {i for i, s in sets.items() if s == "base_only"} >= {"26", "129", "204", "497"}


def test_every_problem_has_its_set(arm):
    pair = pair_arms(arm("b", [1, 2, 0, 0], 4), arm("o", [1, 0, 3, 0], 4), "c")
    problems = check(coverage_tables(pair)[1], COVERAGE_PROBLEMS, "test")
    assert problems["set"].to_list() == ["both", "base_only", "other_only", "neither"]
    assert problems["other_correct"].to_list() == [1, 0, 3, 0]


def test_unequal_n_is_called_unfair(arm):
    pair = pair_arms(arm("b", [1, 0], 16), arm("o", [1, 0], 4), "c")
    row = coverage_tables(pair)[0].row(0, named=True)
    assert row["note"] == "coverage is unfair: the arm with more samples solves more by chance"
    assert (row["n_base"], row["n_other"]) == (16, 4)
