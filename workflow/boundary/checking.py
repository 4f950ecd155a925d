"""What a table may hold: its columns and rules, and what is wrong in which rows of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from boundary.errors import TableError
from boundary.lookalikes import column_fault, refuse_lookalikes
from boundary.wording import reveal

ROWS_SHOWN = 5


@dataclass(frozen=True)
class Table:
    """A named schema.

    Attributes
    ----------
    name : str
        What the table is called in paths and messages.
    schema : pandera.polars.DataFrameSchema
        Columns in their written order, with their checks.
    key : tuple of str
        The columns by which rows are sorted before they are written and which
        together are unique.
    """

    name: str
    schema: pa.DataFrameSchema
    key: tuple[str, ...]

    def only(self, columns: Sequence[str]) -> Table:
        """Return a table of some of the columns, in the order of the schema.

        Rows need not be unique where a column of the key is left out.
        """
        kept = {name: each for name, each in self.schema.columns.items() if name in columns}
        key = tuple(name for name in self.key if name in kept)
        schema = pa.DataFrameSchema(
            kept,
            checks=self.schema.checks,
            unique=list(key) if key == self.key else None,
            name=self.name,
        )
        return Table(self.name, schema, key)


#: Infinity may stand for an open end; what is not known is null and never NaN.
_NO_NAN = pa.Check(
    lambda data: data.lazyframe.select(pl.col(data.key).is_not_nan()),
    name="not NaN",
    error="not NaN",
)


def table(
    name: str, key: tuple[str, ...], columns: dict[str, pa.Column], *checks: pa.Check
) -> Table:
    """Return a table of given columns, rules across columns, and key."""
    schema = pa.DataFrameSchema(columns, checks=list(checks), unique=list(key), name=name)
    return Table(name, schema, key)


def text(*, null: bool = False, need: bool = True, among: tuple[str, ...] = ()) -> pa.Column:
    """Return a column of strings, of a fixed vocabulary where one is given."""
    checks = [pa.Check.isin(list(among))] if among else []
    return pa.Column(pl.String, checks, nullable=null, required=need)


def count(*, null: bool = False, need: bool = True, least: int = 0) -> pa.Column:
    """Return a column of whole numbers."""
    return pa.Column(pl.Int64, pa.Check.ge(least), nullable=null, required=need)


def real(*, null: bool = False, need: bool = True) -> pa.Column:
    """Return a column of reals, infinite or not."""
    return pa.Column(pl.Float64, _NO_NAN, nullable=null, required=need)


def share(*, null: bool = False, need: bool = True) -> pa.Column:
    """Return a column of reals in [0, 1]."""
    return pa.Column(pl.Float64, pa.Check.in_range(0, 1), nullable=null, required=need)


def flag(*, null: bool = False, need: bool = True) -> pa.Column:
    """Return a column of truth values."""
    return pa.Column(pl.Boolean, nullable=null, required=need)


def rule(said: str, columns: tuple[str, ...], holds: pl.Expr) -> pa.Check:
    """Return a rule across columns of a row; null holds, and so does a column that is absent."""

    def check_rows(data: pa.PolarsData) -> pl.LazyFrame:
        frame: pl.LazyFrame = data.lazyframe
        if not set(columns) <= set(frame.collect_schema().names()):
            return frame.select(pl.lit(True))
        return frame.select(holds.fill_null(True))

    return pa.Check(check_rows, name=said, error=said)


def at_most(smaller: str, larger: str) -> pa.Check:
    """Return the rule that one column is nowhere larger than another."""
    return rule(f"{smaller} <= {larger}", (smaller, larger), pl.col(smaller) <= pl.col(larger))


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
        first few of them; or where two columns, or two names in a column of the
        key, look the same to a reader.
    """
    missing = [
        name
        for name, column in table.schema.columns.items()
        if column.required and name not in frame.columns
    ]
    if missing:
        raise TableError(
            f"{where}: not a {table.name} table, as it has no column {', '.join(missing)}. "
            f"Found: {', '.join(map(reveal, frame.columns)) or 'none'}."
        )
    fault = column_fault(tuple(frame.columns), frozenset(table.schema.columns))
    if fault is not None:
        raise TableError(f"{where}: {fault}; take one of them out.")
    frame = _widen(frame, table, where)
    for name in table.key:
        if frame.schema.get(name) == pl.String:
            refuse_lookalikes(frame[name], where)
    try:
        valid: pl.DataFrame = table.schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        lines = _violations(frame, table, error)
        raise TableError(
            f"{where}: {len(lines)} rule(s) of the {table.name} table are broken\n"
            + "\n".join(f"  - {line}" for line in lines)
        ) from None
    return valid


def _widen(frame: pl.DataFrame, table: Table, where: str) -> pl.DataFrame:
    """Select the known columns and cast those whose values cannot change."""
    casts = []
    for name, column in table.schema.columns.items():
        if name not in frame.columns:
            continue
        want, have = column.dtype.type, frame.schema[name]
        if have == want or not _lossless(have, want):
            casts.append(pl.col(name))
        else:
            casts.append(pl.col(name).cast(want))
    try:
        return frame.select(casts)
    except pl.exceptions.InvalidOperationError as error:
        why = str(error).splitlines()[0]
        raise TableError(f"{where}: a number does not fit the {table.name} table: {why}") from None


def _lossless(have: pl.DataType, want: pl.DataType) -> bool:
    if have == pl.Null:
        return True
    if isinstance(have, pl.List) and isinstance(want, pl.List):
        return _lossless(have.inner, want.inner)  # type: ignore[arg-type]
    if have.is_integer() and want == pl.Int64:
        return True  # the cast is strict: an unsigned value beyond 2**63 - 1 raises
    return have == pl.Float32 and want == pl.Float64


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
        if column in mistyped or (mistyped and column not in table.schema.columns):
            continue  # a check of values says nothing where a type is wrong
        rows = [row for row in group["index"].to_list() if row is not None]
        subject = f"column {column}: " if column in table.schema.columns else ""
        shown = [_describe(frame, table, row) for row in rows[:ROWS_SHOWN]]
        more = f" and {len(rows) - ROWS_SHOWN} more" if len(rows) > ROWS_SHOWN else ""
        values = group["failure_case"].head(ROWS_SHOWN).to_list()
        found = f", found {', '.join(map(str, values))}" if subject else ""
        lines.append(f"{subject}{rule}{found}; {len(rows)} row(s): {'; '.join(shown)}{more}")
    return list(dict.fromkeys(lines))


def _duplicates(frame: pl.DataFrame, table: Table) -> str:
    repeated = frame.filter(pl.struct(table.key).is_duplicated()).select(table.key).unique()
    shown = repeated.sort(table.key).head(ROWS_SHOWN).rows()
    text = "; ".join(", ".join(map(str, row)) for row in shown)
    return f"duplicate rows for ({', '.join(table.key)}): {repeated.height} key(s), first {text}"


def _describe(frame: pl.DataFrame, table: Table, row: int) -> str:
    if not table.key or int(row) >= frame.height:
        return f"row {row}"
    return f"row {row} ({', '.join(map(str, frame.select(table.key).row(int(row))))})"
