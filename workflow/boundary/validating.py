"""Hold frames against what their tables declare, and say what is wrong in which rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from boundary.casting import ROWS_SHOWN, cast, examples
from boundary.checking import Table
from boundary.errors import TableError
from boundary.lookalikes import column_fault
from boundary.wording import reveal

if TYPE_CHECKING:
    from pandera.errors import SchemaErrors


def check(frame: pl.DataFrame, table: Table, where: str) -> pl.DataFrame:
    """Validate a frame and return it with declared columns, order and widths.

    Parameters
    ----------
    frame : polars.DataFrame
        Any frame; columns that the schema does not know are dropped.
    table : Table
        The schema to hold it against.
    where : str
        File or origin, named in the error.

    Raises
    ------
    TableError
        With one line per violated rule: column, rule, number of rows and the
        first few of them; or where two columns look the same to a reader.
    """
    declared = _declared(frame, table, where)
    if table.holds(declared):  # faster than pandera, and without half a second to load it
        return declared
    from pandera.errors import SchemaErrors

    try:
        valid: pl.DataFrame = table.schema.validate(declared, lazy=True)
    except SchemaErrors as error:
        lines = _violations(declared, table, error)
        raise TableError(
            f"{where}: {len(lines)} rule(s) of the {table.name} table are broken\n"
            + "\n".join(f"  - {line}" for line in lines)
        ) from None
    return valid


def _declared(frame: pl.DataFrame, table: Table, where: str) -> pl.DataFrame:
    """Return the declared columns of a frame in the types of the schema, where they are there."""
    missing = [
        name for name, each in table.columns.items() if each.need and name not in frame.columns
    ]
    if table.earlier and (message := table.earlier(frame, missing)):
        raise TableError(f"{where}: {message}")
    if missing:
        raise TableError(
            f"{where}: not a {table.name} table, as it has no column {', '.join(missing)}. "
            f"Found: {', '.join(map(reveal, frame.columns)) or 'none'}."
        )
    fault = column_fault(tuple(frame.columns), frozenset(table.columns))
    if fault is not None:
        raise TableError(f"{where}: {fault}; take one of them out.")
    return pl.DataFrame(
        [
            cast(frame, name, table, where)
            for name, each in table.columns.items()
            if name in frame.columns
        ]
    )


def _violations(frame: pl.DataFrame, table: Table, error: SchemaErrors) -> list[str]:
    """Turn pandera's failure cases into one line a rule, rows named."""
    cases = error.failure_cases
    mistyped = set(cases.filter(pl.col("check").str.starts_with("dtype"))["column"])
    lines = []
    for (column, rule), group in cases.group_by(["column", "check"], maintain_order=True):
        if str(rule).startswith("multiple_fields_uniqueness"):
            lines.append(_duplicates(frame, table))
            continue
        if str(rule).startswith("dtype"):
            want = table.schema.columns[str(column)].dtype
            lines.append(
                f"column {column}: type {frame.schema[str(column)]} where {want} is expected"
            )
            continue
        if column in mistyped or (mistyped and column not in table.columns):
            continue  # a check of values says nothing where a type is wrong
        rows = [row for row in group["index"].to_list() if row is not None]
        subject = f"column {column}: " if column in table.columns else ""
        shown = examples(frame, table, rows, group["failure_case"])
        lines.append(f"{subject}{rule}{shown if subject else shown[shown.index(';') :]}")
    return list(dict.fromkeys(lines))


def _duplicates(frame: pl.DataFrame, table: Table) -> str:
    repeated = frame.filter(pl.struct(table.key).is_duplicated()).select(table.key).unique()
    shown = repeated.sort(table.key).head(ROWS_SHOWN).rows()
    text = "; ".join(", ".join(map(str, row)) for row in shown)
    return f"duplicate rows for ({', '.join(table.key)}): {repeated.height} key(s), first {text}"
