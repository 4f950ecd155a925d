"""Rows of tables, as those who put them into words and pictures read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import polars as pl

#: A row by column; the table's schema says what each holds.
Row = Mapping[str, Any]


@dataclass(frozen=True)
class PairRow:
    """What a row of any table of comparisons begins with: the columns `PAIR` of such tables."""

    comparison: str
    base: str
    other: str
    benchmark: str
    protocol: str
    other_protocol: str

    @classmethod
    def of(cls, row: Row) -> Self:
        """Take these columns from a row of any table that has them."""
        there = (field for field in fields(cls) if field.default is MISSING or field.name in row)
        return cls(**{field.name: row[field.name] for field in there})

    @property
    def key(self) -> tuple[str, str]:
        """Comparison and benchmark, which tell rows of a table apart."""
        return self.comparison, self.benchmark

    @property
    def arms(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Model and protocol of base and of other."""
        return (self.base, self.protocol), (self.other, self.other_protocol)


@dataclass(frozen=True)
class VerdictRow(PairRow):
    """A row of CROSSOVERS, or of another table with its columns; docs/tables.md explains each.

    ``looked`` is what pages say of other n at which the verdict was seen.
    """

    k_cross: float | None
    ci_low: float | None
    ci_high: float | None
    verdict: str
    verdict_fixed: str | None
    decides: str
    verdict_holm: str | None
    holm_cells: int | None
    guard: str | None
    regions: str | None
    k_max: int
    diff_at_1: float
    diff_at_k_max: float
    diff_ci_low: float
    diff_ci_high: float
    min_detectable_diff: float
    n_problems: int
    n_independent: int
    n_discordant: int
    base_solved: int
    other_solved: int
    n_copied: int
    permitted: str | None
    note: str | None
    band_level: float | None = None
    looked: str | None = None

    @property
    def deciding(self) -> str:
        """The verdict that counts: on these very problems where the study says so, if one is told.

        It is told of no K beyond half of the samples.
        """
        return (self.decides == "benchmark" and self.verdict_fixed) or self.verdict


def rows_by_pair(frame: pl.DataFrame | None) -> dict[tuple[str, str], list[Row]]:
    """Return the rows of a table of comparisons by comparison and benchmark, in their order."""
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in frame.iter_rows(named=True) if frame is not None else ():
        rows.setdefault(PairRow.of(row).key, []).append(row)
    return rows
