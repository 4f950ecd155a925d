"""Rows have the columns of the tables that they are read from."""

from __future__ import annotations

from dataclasses import fields

from boundary.comparison_tables import CROSSOVERS, PAIR
from boundary.rows import PairRow, VerdictRow
from verdict_rows import ROW


def test_fields_are_the_columns_of_the_schema() -> None:
    assert [field.name for field in fields(PairRow)] == list(PAIR)
    assert [field.name for field in fields(VerdictRow)] == [*CROSSOVERS.schema.columns, "looked"]


def test_a_row_is_taken_from_one_of_more_columns() -> None:
    given = {**vars(ROW), "rule": "strict"}
    assert VerdictRow.of(given) == ROW
    assert PairRow.of(given).key == ("c", "math500")
    assert ROW.arms == (("base-7b", "paper"), ("grpo-7b", "paper"))
