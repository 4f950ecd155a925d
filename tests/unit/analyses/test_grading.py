"""Other rules of grading: the same analysis on other counts, and only where they are known."""

import numpy as np
import polars as pl
import pytest

from boundary.analyses.grading.compute import graded_otherwise, under
from boundary.analyses.grading.section import grading as grading_summary
from boundary.analyses.grading.tables import GRADING, TABLES
from boundary.analysis.passk import passk_table
from boundary.comparison_tables import CROSSOVERS
from boundary.errors import InputError
from boundary.extraction import RULES
from boundary.tables import PASSK, check
from score_tables import study_tables

ENTRY = {"comparison": "c", "base": "b", "other": "o", "benchmark": "bench", "protocol": "paper"}


def graded(arm, name, strict, lenient=None, agreed=None, n=128):
    columns = {"correct_lenient": lenient, "correct_agreed": agreed}
    known = {
        key: pl.Series(np.asarray(counts)) if counts is not None else pl.lit(None, pl.Int64)
        for key, counts in columns.items()
    }
    return arm(name, strict, n).with_columns(**known)


@pytest.fixture
def two(arm, counts):
    """The base is ahead only by a lenient rule; one problem of the other is not agreed."""
    low, sharp = counts["crossover"]
    agreed = sharp.copy()
    solved = np.flatnonzero(sharp)[0]
    agreed[solved] = 0
    return pl.concat(
        [graded(arm, "b", low // 2, low, low // 2), graded(arm, "o", sharp, sharp, agreed)]
    ), int(sharp[solved])


def test_a_row_for_each_rule_with_what_it_changes(two):
    scores, lost = two
    tables = study_tables(scores, {"bootstrap": 300, "comparisons": [ENTRY]})
    grading = tables["grading"]
    assert check(grading, GRADING, "test").equals(grading)
    assert grading["rule"].to_list() == ["agreed", "lenient", "strict"]
    rows = {row["rule"]: row for row in grading.to_dicts()}
    base, other = (scores.filter(model=name) for name in ("b", "o"))
    for rule, column in {"strict": "correct", "lenient": "correct_lenient"}.items():
        assert rows[rule]["base_solved"] == (base[column] > 0).sum()
    change = (base["correct_lenient"] - base["correct"]).abs()
    assert rows["lenient"]["base_responses_changed"] == change.sum()
    assert rows["lenient"]["base_problems_changed"] == (change > 0).sum()
    assert rows["strict"]["base_responses_changed"] == rows["agreed"]["base_problems_changed"] == 0
    told = ("other_problems_changed", "other_responses_changed")
    assert [rows["agreed"][name] for name in told] == [1, lost]
    assert rows["agreed"]["other_solved"] == (other["correct"] > 0).sum() - 1


def test_each_row_is_what_that_rule_alone_would_have_given(two):
    scores, _ = two
    spec = {"bootstrap": 300, "comparisons": [{**ENTRY, "note": "said"}]}
    tables = study_tables(scores, spec)
    names = [name for name in CROSSOVERS.columns if name != "band_level"]
    for rule in ("strict", "lenient", "agreed"):
        alone = study_tables(under(scores, rule), spec)["crossovers"]
        row = tables["grading"].filter(rule=rule).select(names)
        assert row.equals(alone), rule
        assert "said" in row["note"][0]
    assert tables["crossovers"].equals(tables["grading"].filter(rule="strict").select(names))


def test_the_curves_of_each_rule(two):
    scores, _ = two
    tables = study_tables(scores, {})
    for rule in ("lenient", "agreed"):
        found = tables[f"passk_{rule}"]
        assert check(found, PASSK, "test").equals(passk_table(scores, f"correct_{rule}"))
    assert tables["grading"].is_empty()  # no comparison was asked for


def test_what_other_rules_of_extraction_read_is_counted_like_any_other_rule(arm, counts):
    """Under boxed the base has half of what it has under any, which is the study's rule."""
    low, sharp = counts["crossover"]
    scores = pl.concat(
        [
            arm("b", low, 128).with_columns(
                correct_boxed=pl.Series(low // 2), correct_declared=pl.Series(low),
                correct_any=pl.Series(low),
            ),
            arm("o", sharp, 128).with_columns(
                pl.Series(f"correct_{rule}", sharp) for rule in RULES
            ),
        ]
    )  # fmt: skip
    spec = {"bootstrap": 300, "comparisons": [ENTRY]}
    tables = study_tables(scores, spec)
    rows = {row["rule"]: row for row in tables["grading"].to_dicts()}
    assert set(rows) == {"strict", *RULES}
    assert rows["boxed"]["base_responses_changed"] == (low - low // 2).sum()
    for rule in ("declared", "any"):
        assert {**rows[rule], "rule": "strict"} == rows["strict"]
    alone = study_tables(under(scores, "boxed"), spec)["crossovers"]
    names = [name for name in CROSSOVERS.columns if name != "band_level"]
    assert tables["grading"].filter(rule="boxed").select(names).equals(alone)
    assert tables["passk_boxed"].equals(passk_table(scores, "correct_boxed"))
    assert tables["passk_any"].equals(passk_table(scores))


def test_a_rule_counts_only_where_both_arms_know_it(arm):
    strict = [1, 2, 3, 0] * 5
    scores = pl.concat(
        [graded(arm, "b", strict, strict, strict, n=8), graded(arm, "o", strict, None, strict, 8)]
    )
    tables = study_tables(scores, {"bootstrap": 200, "comparisons": [ENTRY]})
    assert tables["grading"]["rule"].to_list() == ["agreed", "strict"]
    assert tables["passk_lenient"]["model"].unique().to_list() == ["b"]
    holes = scores.with_columns(
        correct_agreed=pl.when(pl.col("problem_id") != "p0003").then("correct_agreed")
    )
    with pytest.raises(InputError, match="correct_agreed is null for 1 of 20 problems of b"):
        study_tables(holes, {"bootstrap": 200, "comparisons": [ENTRY]})


def test_without_other_rules_there_are_no_such_tables(arm):
    plain = arm("a", [3, 4], 4)
    assert not graded_otherwise(plain)
    assert set(TABLES).isdisjoint(study_tables(plain, {}))
    unknown = plain.with_columns(correct_lenient=pl.lit(None, dtype=pl.Int64))
    tables = study_tables(unknown, {})
    assert {name: tables[name].height for name in TABLES} == dict.fromkeys(TABLES, 0)
    for name, table in TABLES.items():
        check(tables[name], table, name)


def test_programs_of_the_reduced_sandbox_stand_in_the_note(arm):
    strict = [1, 2, 3, 0] * 5
    other = [0, 3] + [0] * 18
    scores = pl.concat(
        [
            arm("b", strict, 8, reduced=pl.Series([0] * 20)),
            arm("o", strict, 8, reduced=pl.Series(other)),
        ]
    )
    tables = study_tables(scores, {"bootstrap": 200, "comparisons": [ENTRY]})
    said = "programs run in the reduced sandbox: 3 of other"
    assert said in tables["crossovers"]["note"][0].split("; ")
    assert tables["responses"]["reduced"].to_list() == [0, 3]
    clean = study_tables(scores.with_columns(reduced=0), {"bootstrap": 200, "comparisons": [ENTRY]})
    assert "sandbox" not in (clean["crossovers"]["note"][0] or "")


@pytest.mark.parametrize("more", [(), ("theirs",)])
def test_rows_of_a_rule_link_problems_that_it_alone_grades_otherwise(two, more):
    frame = study_tables(two[0], {"bootstrap": 20, "comparisons": [ENTRY]})["grading"]
    frame = pl.concat([frame, *(frame.head(1).with_columns(rule=pl.lit(rule)) for rule in more)])
    table = grading_summary(frame)
    at = table.header.index("responses of base changed")
    rules = table.header.index("rule")
    linked = [row[rules] for row, links in zip(table.rows, table.links, strict=True) if links[at]]
    # The pages do not tell apart which of two other graders differs from ours.
    assert linked == ([] if more else ["lenient"])
