"""The audit: what is counted, over which population, and what stands for nothing found."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from boundary.analyses.audit.compute import READ, audit_table, count_arm, disagreements
from boundary.analyses.audit.tables import AUDIT, DISAGREEMENTS
from boundary.analysis.intervals import mean_and_se, share_interval
from boundary.tables import VERDICTS_TABLE, check

LABELS = {"model": "m", "benchmark": "b", "protocol": "p"}
TYPES = {name: column.dtype.type for name, column in VERDICTS_TABLE.schema.columns.items()}


def verdicts(rows, **columns):
    """Make verdicts of (problem, index); columns as lists."""
    n = len(rows)
    given = {
        "problem_id": [row[0] for row in rows],
        "sample_index": [row[1] for row in rows],
        "answer": [None] * n,
        "verdict": ["wrong"] * n,
        "grader": ["g"] * n,
        "detail": [None] * n,
        **columns,
    }
    frame = pl.DataFrame(given, schema_overrides={name: TYPES[name] for name in given})
    frame = frame.with_columns(correct=pl.col("verdict") == "correct")
    return check(frame, VERDICTS_TABLE, "test")


GRID = [(problem, index) for problem in "abcd" for index in range(5)]


@pytest.fixture
def code():
    breach = [None] * 20
    breach[0] = breach[1] = "forged-record"
    breach[5] = "killed-parent"
    tricks = [None] * 20
    tricks[7], tricks[8], tricks[0] = "exit,frames", "frames", "exit"
    return verdicts(
        GRID,
        verdict=["violation" if name else "wrong" for name in breach],
        breach=breach,
        tricks=tricks,
        sandbox=["bubblewrap"] * 15 + ["reduced"] * 2 + [None] * 3,
    )


def test_breaches_and_tricks_by_hand(code):
    frame = audit_table([count_arm(LABELS, code.select(name for name in READ if name in code))])
    assert check(frame, AUDIT, "test").equals(frame)
    found = {
        (row["kind"], row["name"]): (row["responses"], row["problems"]) for row in frame.to_dicts()
    }
    assert found == {
        ("breach", "any"): (3, 2),
        ("breach", "forged-record"): (2, 1),
        ("breach", "killed-parent"): (1, 1),
        ("trick", "any"): (3, 2),
        ("trick", "exit"): (2, 2),
        ("trick", "frames"): (2, 1),
        ("sandbox", "bubblewrap"): (15, 3),
        ("sandbox", "reduced"): (2, 1),
    }
    assert set(frame["n_responses"]) == {20} and set(frame["n_problems"]) == {4}


def test_the_interval_is_over_problems(code):
    row = audit_table([count_arm(LABELS, code)], 0.9).filter(kind="breach", name="any")
    shares = np.array([2 / 5, 1 / 5, 0, 0])
    low, high = share_interval(*mean_and_se(shares), 4, 0.9)
    told = row.select("share", "ci_low", "ci_high").row(0)
    assert told == pytest.approx((0.15, float(low), float(high)))
    # One problem whose every response attacks is one observation, and not a hundred.
    rows = [(problem, index) for problem in "ab" for index in range(100)]
    breach = ["forged-record"] * 100 + [None] * 100
    clustered = verdicts(
        rows, breach=breach, verdict=["violation" if name else "wrong" for name in breach]
    )
    row = audit_table([count_arm(LABELS, clustered)]).row(0, named=True)
    exact = binomtest(1, 2).proportion_ci(0.95, method="exact")
    assert (row["share"], row["ci_low"], row["ci_high"]) == pytest.approx(
        (0.5, exact.low, exact.high)
    )


def test_nothing_found_is_told_with_how_much_it_could_be(code):
    clean = code.with_columns(
        verdict=pl.lit("wrong"), breach=pl.lit(None, pl.String), tricks=pl.lit(None, pl.String)
    )
    other = LABELS | {"model": "clean"}
    frame = audit_table([count_arm(LABELS, code), count_arm(other, clean)])
    own = frame.filter(model="clean")
    # What another arm shows was looked for here too.
    assert own.filter(kind="breach")["name"].to_list() == ["any", "forged-record", "killed-parent"]
    assert own.filter(pl.col("kind") != "sandbox")["responses"].sum() == 0
    row = own.row(0, named=True)
    assert (row["share"], row["ci_low"]) == (0, 0)
    assert row["ci_high"] == pytest.approx(1 - 0.025 ** (1 / 4))


def test_a_grader_that_looks_for_nothing_has_no_row(code):
    plain = verdicts(GRID)
    assert audit_table([count_arm(LABELS, plain)]).is_empty()
    both = audit_table([count_arm(LABELS, plain), count_arm(LABELS | {"model": "n"}, code)])
    assert both["model"].unique().to_list() == ["n"]
    assert check(audit_table([]), AUDIT, "none").is_empty()


def test_rows_do_not_depend_on_order(code):
    arms = [count_arm(LABELS | {"model": name}, code) for name in "ab"]
    mixed = [
        count_arm(LABELS | {"model": name}, code.sample(20, shuffle=True, seed=1)) for name in "ba"
    ]
    assert audit_table(arms).equals(audit_table(mixed))


MATH = verdicts(
    [(problem, index) for problem in "ab" for index in range(4)],
    answer=["4", "4", "5", None, "1/2", "0.5", "9", "9"],
    verdict=["correct", "correct", "wrong", "no_answer", "correct", "wrong", "wrong", "wrong"],
    correct_lenient=[True, True, False, True, True, True, False, None],
    correct_agreed=[False, False, False, False, True, False, False, None],
)


def test_remarks_are_counted_one_by_one():
    remarks = ["unevaluated,multiple boxes", "unevaluated", None, None]
    told = MATH.with_columns(remarks=pl.Series([*remarks, *remarks]))
    frame = audit_table([count_arm(LABELS, told)])
    assert frame.select("kind", "name", "responses", "problems").rows() == [
        ("remark", "multiple boxes", 2, 2),
        ("remark", "unevaluated", 4, 2),
    ]
    assert audit_table([count_arm(LABELS, told.drop("remarks"))]).is_empty()


def test_the_forms_in_which_answers_stood_are_counted():
    told = MATH.drop("correct_agreed").with_columns(
        extraction=pl.Series(["box", "box", "bold", None, "box", "answer line", None, None])
    )
    frame = audit_table([count_arm(LABELS, told)])
    assert frame.select("kind", "name", "responses", "problems").rows() == [
        ("extraction", "answer line", 1, 1),
        ("extraction", "bold", 1, 1),
        ("extraction", "box", 3, 2),
    ]


def test_answers_on_which_rules_differ_stand_with_their_gold_answer():
    problems = pl.DataFrame(
        {"benchmark": ["b", "b", "c"], "problem_id": ["a", "b", "a"], "answer": ["4", "0.5", "x"]}
    )
    found = disagreements(LABELS, MATH, problems)
    assert check(found, DISAGREEMENTS, "test").equals(found)
    names = ("problem_id", "gold", "answer", "correct", "correct_lenient", "correct_agreed")
    assert found.select(*names, "responses", "first_sample").rows() == [
        ("a", "4", None, False, True, False, 1, 3),
        ("a", "4", "4", True, True, False, 2, 0),
        ("b", "0.5", "0.5", False, True, False, 1, 1),
    ]
    assert disagreements(LABELS, MATH)["gold"].null_count() == 3


def test_one_rule_never_disagrees_with_itself():
    plain = MATH.drop("correct_lenient", "correct_agreed")
    assert check(disagreements(LABELS, plain), DISAGREEMENTS, "x").is_empty()
    agreed = disagreements(LABELS, MATH.drop("correct_lenient"))
    assert agreed["answer"].to_list() == ["4"]
    assert agreed["correct_lenient"].to_list() == [None]


def test_problems_that_ask_the_same_are_one(code):
    asked = pl.DataFrame({"problem_id": list("abcd"), "question": ["q", " q", "r", "s"]})
    problems = asked.with_columns(benchmark=pl.lit("b"))
    (row,) = (
        audit_table([count_arm(LABELS, code, problems)])
        .filter(kind="breach", name="any")
        .to_dicts()
    )
    # Shares 2/5 and 1/5 of one question, none of two others.
    mean, se = mean_and_se(np.array([0.3, 0.0, 0.0]))
    low, high = share_interval(mean, se, 3, 0.95)
    assert (row["problems"], row["n_problems"], row["responses"]) == (1, 3, 3)
    assert [row[name] for name in ("share", "ci_low", "ci_high")] == pytest.approx(
        [float(mean), float(low), float(high)]
    )


def test_problems_of_one_cluster_are_one_draw(code):
    problems = pl.DataFrame(
        {"problem_id": list("abcd"), "question": list("pqrs"), "benchmark": "b", "kind": "code"}
    ).with_columns(
        answer=pl.lit(None, dtype=pl.String),
        metadata=pl.Series(['{"cluster": "x"}', '{"cluster": "x"}', None, None]),
    )
    (row,) = (
        audit_table([count_arm(LABELS, code, problems)])
        .filter(name="any", kind="breach")
        .rows(named=True)
    )
    shares, cluster = np.array([2 / 5, 1 / 5, 0, 0]), np.array([0, 0, 1, 2])
    low, high = share_interval(*mean_and_se(shares, cluster), 3, 0.95)
    assert (row["share"], row["ci_low"], row["ci_high"]) == pytest.approx(
        (0.15, float(low), float(high))
    )
    assert row["n_problems"] == 4
