"""What a table may hold: its columns and rules.

Declared once, and light: frames are held against it by polars alone, and against the pandera
schema made of it where that finds a fault, to say which (`boundary.validating`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    import pandera.polars as pa


@dataclass(frozen=True)
class Column:
    """What a column may hold.

    Attributes
    ----------
    type : polars data type
    null : bool
        Whether a value may be missing.
    need : bool
        Whether the column must be there.
    least, most : float, optional
        Bounds, themselves within.
    among : tuple of str
        A fixed vocabulary; empty: any.
    nan : bool
        Whether NaN may stand in it.  Infinity may stand for an open end; what is not known
        is null.
    """

    type: Any
    null: bool = False
    need: bool = True
    least: float | None = None
    most: float | None = None
    among: tuple[str, ...] = ()
    nan: bool = True

    def holds(self, name: str) -> Iterator[pl.Expr]:
        """Yield conditions, each true of a frame whose column of this name keeps to it."""
        values = pl.col(name)
        if not self.null:
            yield values.null_count() == 0
        if self.least is not None:
            yield (values >= self.least).all()
        if self.most is not None:
            yield (values <= self.most).all()
        if self.among:
            yield values.drop_nulls().is_in(self.among).all()
        if not self.nan:
            yield values.is_not_nan().all()

    def pandera(self) -> pa.Column:
        """Return the same for pandera."""
        import pandera.polars as pa

        checks = []
        if not self.nan:
            checks.append(pa.Check(_not_nan, name="not NaN", error="not NaN"))
        if self.least is not None and self.most is not None:
            checks.append(pa.Check.in_range(self.least, self.most))
        elif self.least is not None:
            checks.append(pa.Check.ge(self.least))
        if self.among:
            checks.append(pa.Check.isin(list(self.among)))
        return pa.Column(self.type, checks, nullable=self.null, required=self.need)


def _not_nan(data: pa.PolarsData) -> pl.LazyFrame:
    frame: pl.LazyFrame = data.lazyframe
    return frame.select(pl.col(data.key).is_not_nan())


@dataclass(frozen=True)
class RowRule:
    """A rule across columns of a row; null holds, and so does a column that is absent.

    Attributes
    ----------
    message : str
        What it says.
    columns : tuple of str
        What it reads.
    holds : polars.Expr
        True in rows that keep to it.
    """

    message: str
    columns: tuple[str, ...]
    holds: pl.Expr

    def pandera(self) -> pa.Check:
        """Return the same for pandera."""
        import pandera.polars as pa

        def check_rows(data: pa.PolarsData) -> pl.LazyFrame:
            frame: pl.LazyFrame = data.lazyframe
            if not set(self.columns) <= set(frame.collect_schema().names()):
                return frame.select(pl.lit(True))
            return frame.select(self.holds.fill_null(True))

        return pa.Check(check_rows, name=self.message, error=self.message)


@dataclass(frozen=True)
class Table:
    """A named schema.

    Attributes
    ----------
    name : str
        What the table is called in paths and messages.
    columns : dict of str to Column
        In their written order.
    key : tuple of str
        The columns by which rows are sorted before they are written and which
        together are unique.
    rules : tuple of RowRule
        What holds across columns.
    filled : bool
        Whether a file without rows says nothing, so that reading one is an error.
    earlier : callable, optional
        Given a frame and the columns that it lacks, says that an earlier version
        made it, by other rules, and what to do.
    distinct : bool
        Whether the key is unique.
    """

    name: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    rules: tuple[RowRule, ...] = ()
    filled: bool = False
    earlier: Callable[[pl.DataFrame, list[str]], str | None] | None = None
    distinct: bool = True

    @cached_property
    def schema(self) -> pa.DataFrameSchema:
        """The same for pandera."""
        import pandera.polars as pa

        return pa.DataFrameSchema(
            {name: each.pandera() for name, each in self.columns.items()},
            checks=[each.pandera() for each in self.rules],
            unique=list(self.key) if self.distinct else None,
            name=self.name,
        )

    def only(self, columns: Sequence[str]) -> Table:
        """Return a table of some of the columns, in the order of the schema.

        Rows need not be unique where a column of the key is left out.
        """
        kept = {name: each for name, each in self.columns.items() if name in columns}
        key = tuple(name for name in self.key if name in kept)
        return replace(self, columns=kept, key=key, distinct=self.distinct and key == self.key)

    def holds(self, frame: pl.DataFrame) -> bool:
        """Return whether a frame of declared columns keeps to all that is declared."""
        there = {name: each for name, each in self.columns.items() if name in frame.columns}
        if any(frame.schema[name] != each.type for name, each in there.items()):
            return False
        conditions = [pl.lit(True)]
        conditions += [holds for name, each in there.items() for holds in each.holds(name)]
        conditions += [
            each.holds.fill_null(True).all()
            for each in self.rules
            if there.keys() >= {*each.columns}
        ]
        return all(frame.select(pl.all_horizontal(conditions)).row(0)) and self.no_key_twice(frame)

    def no_key_twice(self, frame: pl.DataFrame) -> bool:
        """Return whether keys are unique where they must be.

        By their hashes, in any order of rows; where two are equal, the keys themselves tell.
        """
        if not self.distinct:
            return True
        keys = frame.select(self.key)
        return keys.hash_rows().n_unique() == len(keys) or not keys.is_duplicated().any()


def table(
    name: str,
    key: tuple[str, ...],
    columns: dict[str, Column],
    *rules: RowRule,
    filled: bool = False,
    earlier: Callable[[pl.DataFrame, list[str]], str | None] | None = None,
) -> Table:
    """Return a table of given columns, rules across columns, and key."""
    return Table(name, columns, key, rules, filled, earlier)


def text(*, null: bool = False, need: bool = True, among: tuple[str, ...] = ()) -> Column:
    """Return a column of strings, of a fixed vocabulary where one is given."""
    return Column(pl.String, null, need, among=among)


def count(*, null: bool = False, need: bool = True, least: int = 0) -> Column:
    """Return a column of whole numbers."""
    return Column(pl.Int64, null, need, least=least)


def real(*, null: bool = False, need: bool = True) -> Column:
    """Return a column of reals, infinite or not."""
    return Column(pl.Float64, null, need, nan=False)


def amount(*, null: bool = False, need: bool = True) -> Column:
    """Return a column of reals of at least 0, such as an expected count."""
    return Column(pl.Float64, null, need, least=0)


def share(*, null: bool = False, need: bool = True) -> Column:
    """Return a column of reals in [0, 1]."""
    return Column(pl.Float64, null, need, least=0, most=1)


def flag(*, null: bool = False, need: bool = True) -> Column:
    """Return a column of truth values."""
    return Column(pl.Boolean, null, need)


def ends(column: Column, *names: str) -> dict[str, Column]:
    """Return the two columns of the interval of each estimate."""
    return {f"{name}{end}": column for name in names for end in ("_low", "_high")}


def around(column: Column, *names: str) -> dict[str, Column]:
    """Return the columns of estimates, each with those of its interval behind it."""
    return {each: column for name in names for each in (name, *ends(column, name))}


def numbers(kind: Any) -> Column:
    """Return a column of lists of numbers, which may be absent."""
    return Column(pl.List(kind), null=True, need=False)


def rule(message: str, columns: tuple[str, ...], holds: pl.Expr) -> RowRule:
    """Return a rule across columns of a row; null holds, and so does a column that is absent."""
    return RowRule(message, columns, holds)


def at_most(smaller: str, larger: str) -> RowRule:
    """Return the rule that one column is nowhere larger than another."""
    return rule(f"{smaller} <= {larger}", (smaller, larger), pl.col(smaller) <= pl.col(larger))
