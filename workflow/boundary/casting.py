"""Columns in the types of a schema, where no value changes by that; rows as errors name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from boundary.errors import TableError

if TYPE_CHECKING:
    from boundary.checking import Table

ROWS_SHOWN = 5


def cast(frame: pl.DataFrame, name: str, table: Table, where: str) -> pl.Series:
    """Return a column in the type of the schema, where no value changes by that.

    Other tools hold counts as floats as soon as one is missing, and names that
    repeat as categories.  A column of quite another type stays as it is.
    """
    values, have, want = frame[name], frame.schema[name], table.columns[name].type
    if have == want:
        return values
    if have == pl.Binary and want == pl.String:
        return _decoded(frame, name, table, where)
    if want == pl.String and have in (pl.Categorical, pl.Enum):
        return values.cast(want)
    numbers = have.is_numeric() and want.is_numeric()
    if not (numbers or _lossless(have, want)):
        return values
    try:
        made = values.cast(want, strict=not numbers)
    except pl.exceptions.InvalidOperationError as error:
        why = str(error).splitlines()[0]
        raise TableError(f"{where}: a number does not fit the {table.name} table: {why}") from None
    changed = ~made.cast(have, strict=False).eq_missing(values) if numbers else None
    if changed is not None and changed.any():
        kind = "whole numbers" if want.is_integer() else "numbers of 53 bits"
        shown = examples(frame, table, changed.arg_true().to_list(), values.filter(changed))
        raise TableError(
            f"{where}: a number does not fit the {table.name} table: column {name} holds {kind}"
            f"{shown}"
        )
    return made


def _lossless(have: pl.DataType, want: pl.DataType) -> bool:
    """Return whether a type can be cast; that no number changes is checked by its cast."""
    if have == pl.Null:
        return True
    if isinstance(have, pl.List) and isinstance(want, pl.List):
        return _lossless(have.inner, want.inner)  # type: ignore[arg-type]
    if have.is_integer() and want == pl.Int64:
        return True  # the cast is strict: an unsigned value beyond 2**63 - 1 raises
    return have == pl.Float32 and want == pl.Float64


def _decoded(frame: pl.DataFrame, name: str, table: Table, where: str) -> pl.Series:
    """Return text that a file holds as bytes."""
    try:
        return frame[name].cast(pl.String)
    except pl.exceptions.ComputeError:
        rows = [row for row, value in enumerate(frame[name]) if not _is_text(value)]
        shown = examples(frame, table, rows, frame[name].gather(rows))
        raise TableError(f"{where}: column {name} holds text in UTF-8{shown}") from None


def _is_text(value: bytes | None) -> bool:
    try:
        (value or b"").decode()
    except UnicodeDecodeError:
        return False
    return True


def examples(frame: pl.DataFrame, table: Table, rows: list[int], values: pl.Series) -> str:
    """Return values that break a rule, how many rows there are, and the first of them."""
    head = f", found {', '.join(map(str, values.head(ROWS_SHOWN)))}"
    shown = [_describe(frame, table, row) for row in rows[:ROWS_SHOWN]]
    more = f" and {len(rows) - ROWS_SHOWN} more" if len(rows) > ROWS_SHOWN else ""
    return f"{head}; {len(rows)} row(s): {'; '.join(shown)}{more}"


def _describe(frame: pl.DataFrame, table: Table, row: int) -> str:
    if not table.key or int(row) >= frame.height:
        return f"row {row}"
    return f"row {row} ({', '.join(map(str, frame.select(table.key).row(int(row))))})"
