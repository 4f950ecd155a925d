"""Schemas: what is widened, what is refused, and which rows the message names."""

import polars as pl
import pytest

from boundary.analyses.grading.tables import GRADING
from boundary.comparison_tables import CROSSOVERS
from boundary.errors import InputError, TableError
from boundary.tables import PASSK, PROBLEMS, SAMPLES, SCORES, VERDICTS_TABLE, check
from score_tables import STUDY_TABLES

VERDICTS = pl.DataFrame(
    {
        "problem_id": ["a", "a", "b"],
        "sample_index": [0, 1, 0],
        "answer": ["1", "2", None],
        "verdict": ["correct", "wrong", "no_answer"],
        "correct": [True, False, False],
        "grader": ["g"] * 3,
        "detail": [None, "why", None],
    }
)
SAMPLE = pl.DataFrame(
    {
        "model": ["m"],
        "benchmark": ["b"],
        "protocol": ["p"],
        "problem_id": ["a"],
        "sample_index": [0],
        "seed": [2**63 - 1],
        "response": [""],
        "n_tokens": [0],
        "finish_reason": ["stop"],
        "logprob_sum": [-1.5],
    }
)
COUNTS = pl.DataFrame(
    {
        "model": ["m", "m"],
        "benchmark": ["b", "b"],
        "protocol": ["p", "p"],
        "problem_id": ["0", "1"],
        "n": [4, 4],
        "correct": [4, 0],
        "truncated": [None, None],
        "no_answer": [None, None],
        "distinct_answers": [None, None],
        "majority_correct": [None, None],
        "mean_tokens": [None, None],
    }
)


def broken(frame, table, *parts):
    with pytest.raises(TableError) as caught:
        check(frame, table, "here.parquet")
    text = str(caught.value)
    assert text.startswith("here.parquet: ")
    for part in parts:
        assert part in text
    return text


def test_a_table_error_is_the_users_and_exits_with_two():
    assert issubclass(TableError, InputError)
    assert TableError.exit_code == 2


@pytest.mark.parametrize(
    "kind", [pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64]
)
def test_every_integer_is_widened_and_keeps_its_value(kind):
    frame = check(VERDICTS.with_columns(pl.col("sample_index").cast(kind)), VERDICTS_TABLE, "x")
    assert frame.schema["sample_index"] == pl.Int64
    assert frame["sample_index"].to_list() == [0, 1, 0]


def test_an_integer_beyond_the_column_is_refused_not_wrapped():
    big = pl.Series("sample_index", [0, 1, 2**63], dtype=pl.UInt64)
    text = broken(VERDICTS.with_columns(big), VERDICTS_TABLE, "does not fit", str(2**63))
    assert "\n" not in text
    whole = check(VERDICTS.with_columns(big.clip(0, 2**63 - 1)), VERDICTS_TABLE, "x")
    assert whole["sample_index"][2] == 2**63 - 1


def test_single_precision_is_widened_exactly():
    frame = check(SAMPLE.with_columns(pl.col("logprob_sum").cast(pl.Float32)), SAMPLES, "x")
    assert frame.schema["logprob_sum"] == pl.Float64
    assert frame["logprob_sum"][0] == -1.5


def test_lists_are_widened_inside_and_refused_when_not_numbers():
    lists = SAMPLE.with_columns(
        token_ids=pl.Series([[1, 70000]], dtype=pl.List(pl.UInt32)),
        logprobs=pl.Series([[-0.5, -0.25]], dtype=pl.List(pl.Float32)),
    )
    frame = check(lists, SAMPLES, "x")
    assert frame.schema["token_ids"] == pl.List(pl.Int64)
    assert frame.schema["logprobs"] == pl.List(pl.Float64)
    assert frame.select("token_ids", "logprobs").row(0) == ([1, 70000], [-0.5, -0.25])
    words = lists.with_columns(token_ids=pl.Series([["a"]]))
    broken(words, SAMPLES, "token_ids: type List(String) where List(Int64) is expected")
    vast = pl.Series([[2**64 - 1]], dtype=pl.List(pl.UInt64))
    broken(lists.with_columns(token_ids=vast), SAMPLES, "does not fit")


def test_a_column_of_nothing_takes_the_declared_type_where_null_is_allowed():
    frame = check(COUNTS, SCORES, "x")
    assert frame.schema["mean_tokens"] == pl.Float64
    assert frame.schema["majority_correct"] == pl.Boolean
    broken(COUNTS.with_columns(n=pl.lit(None)), SCORES, "column n: not_nullable", "2 row(s)")


@pytest.mark.parametrize(
    ("column", "kind", "want"),
    [
        ("sample_index", pl.String, "Int64"),
        ("sample_index", pl.Boolean, "Int64"),
        ("correct", pl.Int64, "Boolean"),
        ("correct", pl.String, "Boolean"),
    ],
)
def test_other_types_are_refused_in_one_line(column, kind, want):
    text = broken(VERDICTS.with_columns(pl.col(column).cast(kind)), VERDICTS_TABLE, "1 rule(s)")
    lines = text.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"  - column {column}: type {kind.__name__}")
    assert lines[1].endswith(f"where {want} is expected")


@pytest.mark.parametrize("kind", [pl.Float64, pl.Float32, pl.Decimal(10, 2)])
def test_whole_floats_are_counts_and_others_are_refused_by_row(kind):
    """Other tools hold counts as floats as soon as one is missing."""
    index = pl.col("sample_index").cast(kind)
    frame = check(VERDICTS.with_columns(index), VERDICTS_TABLE, "x")
    assert frame.schema["sample_index"] == pl.Int64
    assert frame["sample_index"].to_list() == [0, 1, 0]
    half = pl.Series("sample_index", [0.0, 8.5, 0.0]).cast(kind)
    text = broken(VERDICTS.with_columns(half), VERDICTS_TABLE, "does not fit the verdicts table")
    assert "column sample_index holds whole numbers, found 8.5" in text
    assert "1 row(s): row 1" in text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2.0**60 + 2.0**9, 1e300])
def test_a_float_that_no_count_equals_is_refused(value):
    odd = pl.Series("sample_index", [0.0, value, 0.0])
    if value == 2.0**60 + 2.0**9:  # which is whole
        assert check(VERDICTS.with_columns(odd), VERDICTS_TABLE, "x")["sample_index"][1] == value
    else:
        broken(
            VERDICTS.with_columns(odd), VERDICTS_TABLE, "column sample_index holds whole numbers"
        )


def test_integers_are_reals_where_no_digit_is_lost():
    whole = SAMPLE.with_columns(logprob_sum=pl.Series([-2], dtype=pl.Int64))
    assert check(whole, SAMPLES, "x")["logprob_sum"].to_list() == [-2.0]
    lost = SAMPLE.with_columns(logprob_sum=pl.Series([2**53 + 1], dtype=pl.Int64))
    broken(lost, SAMPLES, "column logprob_sum holds numbers of 53 bits", str(2**53 + 1))


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum(["a", "b"]), pl.Binary])
def test_categories_and_bytes_are_text(kind):
    frame = check(VERDICTS.with_columns(pl.col("problem_id").cast(kind)), VERDICTS_TABLE, "x")
    assert frame.schema["problem_id"] == pl.String
    assert frame["problem_id"].to_list() == VERDICTS["problem_id"].to_list()


def test_bytes_that_are_no_text_are_refused_by_row():
    odd = pl.Series("detail", [b"fine", None, b"\xff"])
    text = broken(VERDICTS.with_columns(odd), VERDICTS_TABLE, "column detail holds text in UTF-8")
    assert "1 row(s): row 2" in text


def test_missing_columns_are_all_named_with_what_was_found():
    text = broken(VERDICTS.drop("verdict", "grader"), VERDICTS_TABLE)
    assert "not a verdicts table, as it has no column verdict, grader." in text
    assert "Found: problem_id, sample_index" in text
    broken(pl.DataFrame(), VERDICTS_TABLE, "Found: none.")


def test_optional_columns_may_be_missing_and_unknown_ones_are_dropped():
    frame = check(VERDICTS.with_columns(extra=pl.lit(1)), VERDICTS_TABLE, "x")
    assert frame.columns == VERDICTS.columns
    with_chain = VERDICTS.with_columns(chain_correct=pl.Series([True, None, None]))
    assert check(with_chain, VERDICTS_TABLE, "x").columns[-1] == "chain_correct"


def test_columns_come_in_the_declared_order():
    assert check(VERDICTS.select(VERDICTS.columns[::-1]), VERDICTS_TABLE, "x").equals(VERDICTS)


def test_an_empty_table_is_a_table():
    assert check(VERDICTS.clear(), VERDICTS_TABLE, "x").height == 0


def test_null_in_a_key_names_the_row():
    frame = VERDICTS.with_columns(problem_id=pl.Series(["a", None, "b"]))
    broken(frame, VERDICTS_TABLE, "column problem_id: not_nullable", "row 1 (None, 1)")


def test_duplicates_are_named_by_key():
    text = broken(pl.concat([VERDICTS, VERDICTS[1:2]]), VERDICTS_TABLE, "1 rule(s)")
    assert "duplicate rows for (problem_id, sample_index): 1 key(s), first a, 1" in text


def test_the_same_sample_of_two_models_is_no_duplicate():
    both = pl.concat([SAMPLE, SAMPLE.with_columns(model=pl.lit("other"))])
    assert check(both, SAMPLES, "x").height == 2
    broken(pl.concat([SAMPLE, SAMPLE]), SAMPLES, "first m, b, p, a, 0")


def test_all_violations_are_reported_and_rows_are_limited():
    frame = pl.DataFrame(
        {
            **{name: VERDICTS[name][0] for name in VERDICTS.columns},
            "sample_index": range(-12, 0),
            "verdict": "perhaps",
            "correct": False,
        }
    )
    text = broken(frame, VERDICTS_TABLE, "2 rule(s)", "column verdict: isin", "found perhaps")
    assert "column sample_index: greater_than_or_equal_to(0), found -12, -11, -10, -9, -8" in text
    assert text.count("12 row(s)") == 2
    assert text.count("and 7 more") == 2
    assert "row 0 (a, -12)" in text
    assert "row 5 " not in text


@pytest.mark.parametrize(
    ("verdict", "correct"), [("correct", False), ("wrong", True), ("timeout", True)]
)
def test_correct_must_say_what_the_verdict_says(verdict, correct):
    frame = VERDICTS.with_columns(
        verdict=pl.Series(["correct", verdict, "wrong"]), correct=pl.Series([True, correct, False])
    )
    broken(frame, VERDICTS_TABLE, "correct says what verdict says; 1 row(s): row 1 (a, 1)")


@pytest.mark.parametrize("value", ["Stop", "", None])
def test_finish_reason_is_one_of_three(value):
    frame = SAMPLE.with_columns(finish_reason=pl.lit(value, dtype=pl.String))
    broken(frame, SAMPLES, "column finish_reason")


@pytest.mark.parametrize(
    "column",
    [
        "correct",
        "truncated",
        "no_answer",
        "distinct_answers",
        "chain_correct",
        "correct_lenient",
        "violations",
        "tricked",
    ],
)
def test_no_count_of_scores_exceeds_n(column):
    frame = COUNTS.with_columns(pl.Series(column, [4, 5]))
    broken(frame, SCORES, f"{column} <= n; 1 row(s): row 1 (m, b, p, 1)")
    assert check(COUNTS.with_columns(pl.Series(column, [4, 0])), SCORES, "x").height == 2


def test_scores_need_at_least_one_sample():
    broken(COUNTS.with_columns(n=0, correct=0), SCORES, "column n: greater_than_or_equal_to(1)")


def test_nan_is_never_a_value():
    frame = COUNTS.with_columns(mean_tokens=pl.Series([1.0, float("nan")]))
    broken(frame, SCORES, "column mean_tokens: not NaN", "1 row(s): row 1 (m, b, p, 1)")
    row = {"model": "m", "benchmark": "b", "protocol": "p", "k": 1, "pass_at_k": float("nan")}
    row |= {"se": 0.1, "ci_low": 0.0, "ci_high": 1.0, "n_problems": 1, "n_min": 1, "flagged": False}
    broken(pl.DataFrame([row]), PASSK, "column pass_at_k: in_range(0, 1)")
    broken(pl.DataFrame([row | {"pass_at_k": 1.0 + 1e-9}]), PASSK, "pass_at_k")
    assert check(pl.DataFrame([row | {"pass_at_k": 1.0}]), PASSK, "x").height == 1


def test_an_open_end_of_a_crossover_may_be_infinite():
    row = {
        **dict.fromkeys(
            ("comparison", "base", "other", "benchmark", "protocol", "other_protocol"), "x"
        ),
        **{"k_cross": 8.5, "ci_low": 0.0, "ci_high": float("inf"), "verdict": "crossover"},
        **dict.fromkeys(("diff_at_1", "diff_at_k_max", "diff_ci_low", "diff_ci_high"), -0.1),
        **{"k_max": 64, "min_detectable_diff": 0.02, "n_problems": 500, "note": None},
        **dict.fromkeys(("n_independent", "n_discordant", "base_solved", "other_solved"), 9),
        "decides": "population",
        **dict.fromkeys(("verdict_fixed", "verdict_holm", "holm_cells", "guard", "permitted")),
        **{"regions": "other:1-9;base:31-64", "n_copied": 0},
    }
    assert check(pl.DataFrame([row]), CROSSOVERS, "x")["ci_high"][0] == float("inf")
    broken(pl.DataFrame([row | {"verdict": "maybe"}]), CROSSOVERS, "column verdict: isin")
    wrong = ({"regions": None}, {"verdict": "undetermined"}, {"regions": "base:1-3;other:9-64"})
    for told in (*wrong, {"regions": "base:9-64"}, {"regions": "other:1-9"}):
        broken(pl.DataFrame([row | told]), CROSSOVERS, "verdict is what regions and k_max come to")
    for told in ("reverse;other:1-9;base:31-64;other:64-64", "base-ahead-early;base:1-9"):
        verdict, _, regions = told.partition(";")
        good = row | {"verdict": verdict, "regions": regions, "guard": "small-set;duplicates"}
        assert check(pl.DataFrame([good]), CROSSOVERS, "x").height == 1
    broken(pl.DataFrame([row | {"guard": "small-set;small"}]), CROSSOVERS, "guard among small-set")
    broken(pl.DataFrame([row | {"holm_cells": 2}]), CROSSOVERS, "verdict_holm and holm_cells both")


@pytest.mark.parametrize("table", [CROSSOVERS, GRADING], ids=["crossovers", "grading"])
def test_verdicts_of_an_earlier_rule_are_mapped_and_made_anew(table):
    older = pl.DataFrame({"comparison": ["c", "d"], "verdict": ["base-dominates", "reverse"]})
    with pytest.raises(TableError) as caught:
        check(older, table, "X.parquet")
    assert str(caught.value) == (
        "X.parquet: an earlier version of this tool made this table, by another rule "
        "(base-dominates is now base-ahead-to-K or base-ahead-early); no row can be taken over, "
        "as the new rule needs the counts. Make the table anew from the scores: snakemake rebuilds "
        "that of a study, and boundary crossover one of its own. CHANGELOG.md has the map of names."
    )
    with pytest.raises(TableError, match="an earlier version of this tool made this table"):
        check(older.filter(verdict="reverse"), table, "X.parquet")
    with pytest.raises(TableError, match="has no column comparison"):
        check(pl.DataFrame({"k": [1]}), table, "X.parquet")


def test_a_code_problem_has_no_answer_but_a_kind():
    row = {"benchmark": "b", "problem_id": "0", "question": "q", "answer": None, "kind": "code"}
    row |= {"tests": "{}", "metadata": None}
    assert check(pl.DataFrame([row]), PROBLEMS, "x").schema["answer"] == pl.String
    broken(pl.DataFrame([row | {"kind": "prose"}]), PROBLEMS, "found prose")


@pytest.mark.parametrize("table", STUDY_TABLES.values(), ids=STUDY_TABLES)
def test_keys_are_required_columns(table):
    columns = table.schema.columns
    assert all(columns[name].required and not columns[name].nullable for name in table.key)


def violating(**columns):
    rows = VERDICTS.with_columns(
        verdict=pl.Series(["correct", "wrong", "violation"]), answer=pl.lit(None, dtype=pl.String)
    )
    return rows.with_columns(pl.Series(name, values) for name, values in columns.items())


def test_a_breach_stands_where_the_verdict_is_violation_and_nowhere_else():
    good = violating(breach=[None, None, "forged-record"], sandbox=["namespaces", None, "reduced"])
    found = check(good, VERDICTS_TABLE, "x")
    assert found.columns[-2:] == ["breach", "sandbox"]
    said = "breach where the verdict is violation, and nowhere else; "
    broken(violating(breach=[None, "forged-record", "x"]), VERDICTS_TABLE, said + "1 row(s): row 1")
    unnamed = violating().with_columns(breach=pl.lit(None, dtype=pl.String))
    broken(unnamed, VERDICTS_TABLE, said + "1 row(s): row 2")
    assert check(violating(), VERDICTS_TABLE, "x").height == 3  # of a grader that names none


def test_a_sandbox_is_one_of_those_known():
    broken(violating(sandbox=["none"] * 3), VERDICTS_TABLE, "column sandbox")


def test_a_second_engine_only_takes_away():
    agreed = VERDICTS.with_columns(correct_agreed=pl.Series([True, False, None]))
    assert check(agreed, VERDICTS_TABLE, "x").height == 3
    added = VERDICTS.with_columns(correct_agreed=pl.Series([True, True, None]))
    broken(added, VERDICTS_TABLE, "correct_agreed only where correct; 1 row(s): row 1 (a, 1)")
    scores = COUNTS.with_columns(correct_agreed=pl.Series([4, 1]))
    broken(scores, SCORES, "correct_agreed <= correct; 1 row(s): row 1 (m, b, p, 1)")
