import polars as pl
import pytest

from boundary.analyses.registry import analyses
from boundary.errors import InputError, TableError
from boundary.tables import PASSK, check
from score_tables import STUDY_TABLES, study_tables


def test_all_tables_of_the_published_study(math500, math500_comparison):
    tables = study_tables(math500, {"bootstrap": 500, "comparisons": [math500_comparison]})
    assert list(tables) == list(STUDY_TABLES)
    for name, frame in tables.items():
        assert check(frame, STUDY_TABLES[name], name).equals(frame)
    heights = {name: frame.height for name, frame in tables.items()}
    assert heights == {
        "passk": 256,
        "differences": 128,
        "crossovers": 1,
        "bounds": 0,
        "planned": 0,
        "coverage": 1,
        "coverage_problems": 500,
        "solved_sets": 8,
        "solved_steps": 0,
        "unseen": 2,
        "new_ability": 4,
        "gain_by_rate": 12,
        "sharpening": 1,
        "sharpening_problems": 500,
        "histogram": 24,
        "efficiency": 1,
        "stopping": 0,
        "reliability": 112,
        "cover": 10,
        **dict.fromkeys(analyses()["horizon"].tables, 0),
        **dict.fromkeys(analyses()["rounds"].tables, 0),
        "series": 0,
        "responses": 2,
        "truncation": 0,
    }
    assert tables["crossovers"]["verdict"].to_list() == ["crossover"]
    notes = [tables[name]["note"].to_list() for name in ("crossovers", "coverage")]
    assert notes == [[None], [None]]


def test_the_note_of_a_comparison_stands_on_its_rows(math500, math500_comparison):
    remarks = {"note": "two graders", "permitted": "temperature 0.6 (base) and 1.0 (other)"}
    entry = {**math500_comparison.model_dump(), **remarks}
    tables = study_tables(math500, {"bootstrap": 200, "comparisons": [entry]})
    assert tables["crossovers"]["note"].to_list() == [remarks["note"]]
    assert tables["coverage"]["note"].to_list() == [None]
    for name in ("crossovers", "coverage"):
        assert tables[name]["permitted"].to_list() == [remarks["permitted"]]


def test_neither_order_of_rows_nor_of_comparisons_matters(arm, counts):
    base, other = counts["crossover"]
    scores = pl.concat([arm("b", base, 128), arm("o", other, 128), arm("w", base // 2, 128)])
    entries = [
        {"comparison": name, "base": "b", "other": name, "benchmark": "bench", "protocol": "paper"}
        for name in ("o", "w")
    ]
    series = {
        "series": "s",
        "benchmark": "bench",
        "protocol": "paper",
        "points": [{"model": "b", "step": 0}, {"model": "o", "step": 5}],
    }
    spec = {"bootstrap": 300, "comparisons": entries, "series": [series]}
    one = study_tables(scores, spec)
    two = study_tables(scores.reverse(), {**spec, "comparisons": entries[::-1]})
    for name, frame in one.items():
        assert frame.equals(two[name]), name
    assert one["series"].height == 4 and one["crossovers"].height == 2


def test_chain_counts_add_a_table(arm):
    plain = arm("a", [3, 4], 4, chain_correct=pl.Series([1, 2], dtype=pl.Int64))
    tables = study_tables(plain, {})
    assert check(tables["passk_chain"], PASSK, "test")["pass_at_k"][0] == pytest.approx(0.375)
    empty = plain.with_columns(chain_correct=pl.lit(None, dtype=pl.Int64))
    assert "passk_chain" not in study_tables(empty, {})


def test_an_unknown_arm_is_named_with_those_present(arm):
    entry = {
        "comparison": "c",
        "base": "a",
        "other": "z",
        "benchmark": "bench",
        "protocol": "paper",
    }
    with pytest.raises(InputError, match=r"Comparison c: .*no arm z / bench / paper.*a / bench"):
        study_tables(arm("a", [1], 4), {"comparisons": [entry]})


def test_scores_that_break_their_schema_are_refused(arm):
    with pytest.raises(TableError, match="correct <= n"):
        study_tables(arm("a", [5], 4), {})
