"""What a table may hold: its columns and rules, and what is wrong in which rows of a frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from boundary.errors import TableError
from boundary.lookalikes import column_fault
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
    filled : bool
        Whether a file without rows says nothing, so that reading one is an error.
    earlier : callable, optional
        Given a frame and the columns that it lacks, says that an earlier version
        made it, by other rules, and what to do.
    """

    name: str
    schema: pa.DataFrameSchema
    key: tuple[str, ...]
    filled: bool = False
    earlier: Callable[[pl.DataFrame, list[str]], str | None] | None = None

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
        return Table(self.name, schema, key, self.filled, self.earlier)


#: Infinity may stand for an open end; what is not known is null and never NaN.
_NO_NAN = pa.Check(
    lambda data: data.lazyframe.select(pl.col(data.key).is_not_nan()),
    name="not NaN",
    error="not NaN",
)


def table(
    name: str,
    key: tuple[str, ...],
    columns: dict[str, pa.Column],
    *checks: pa.Check,
    filled: bool = False,
    earlier: Callable[[pl.DataFrame, list[str]], str | None] | None = None,
) -> Table:
    """Return a table of given columns, rules across columns, and key."""
    schema = pa.DataFrameSchema(columns, checks=list(checks), unique=list(key), name=name)
    return Table(name, schema, key, filled, earlier)


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


def amount() -> pa.Column:
    """Return a column of reals of at least 0: an expected count."""
    return pa.Column(pl.Float64, pa.Check.ge(0))


def share(*, null: bool = False, need: bool = True) -> pa.Column:
    """Return a column of reals in [0, 1]."""
    return pa.Column(pl.Float64, pa.Check.in_range(0, 1), nullable=null, required=need)


def flag(*, null: bool = False, need: bool = True) -> pa.Column:
    """Return a column of truth values."""
    return pa.Column(pl.Boolean, nullable=null, required=need)


def rule(message: str, columns: tuple[str, ...], holds: pl.Expr) -> pa.Check:
    """Return a rule across columns of a row; null holds, and so does a column that is absent."""

    def check_rows(data: pa.PolarsData) -> pl.LazyFrame:
        frame: pl.LazyFrame = data.lazyframe
        if not set(columns) <= set(frame.collect_schema().names()):
            return frame.select(pl.lit(True))
        return frame.select(holds.fill_null(True))

    return pa.Check(check_rows, name=message, error=message)


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
        first few of them; or where two columns look the same to a reader.
    """
    missing = [
        name
        for name, column in table.schema.columns.items()
        if column.required and name not in frame.columns
    ]
    if table.earlier and (message := table.earlier(frame, missing)):
        raise TableError(f"{where}: {message}")
    if missing:
        raise TableError(
            f"{where}: not a {table.name} table, as it has no column {', '.join(missing)}. "
            f"Found: {', '.join(map(reveal, frame.columns)) or 'none'}."
        )
    fault = column_fault(tuple(frame.columns), frozenset(table.schema.columns))
    if fault is not None:
        raise TableError(f"{where}: {fault}; take one of them out.")
    frame = _widen(frame, table, where)
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
    return pl.DataFrame(
        [
            _cast(frame, name, column.dtype.type, table, where)
            for name, column in table.schema.columns.items()
            if name in frame.columns
        ]
    )


def _cast(frame: pl.DataFrame, name: str, want: pl.DataType, table: Table, where: str) -> pl.Series:
    """Return a column in the type of the schema, where no value changes by that.

    Other tools hold counts as floats as soon as one is missing, and names that
    repeat as categories.  A column of quite another type stays as it is.
    """
    values, have = frame[name], frame.schema[name]
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
        examples = _examples(frame, table, changed.arg_true().to_list(), values.filter(changed))
        raise TableError(
            f"{where}: a number does not fit the {table.name} table: column {name} holds {kind}"
            f"{examples}"
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
        examples = _examples(frame, table, rows, frame[name].gather(rows))
        raise TableError(f"{where}: column {name} holds text in UTF-8{examples}") from None


def _is_text(value: bytes | None) -> bool:
    try:
        (value or b"").decode()
    except UnicodeDecodeError:
        return False
    return True


def _examples(frame: pl.DataFrame, table: Table, rows: list[int], values: pl.Series) -> str:
    """Return values that break a rule, how many rows there are, and the first of them."""
    head = f", found {', '.join(map(str, values.head(ROWS_SHOWN)))}"
    shown = [_describe(frame, table, row) for row in rows[:ROWS_SHOWN]]
    more = f" and {len(rows) - ROWS_SHOWN} more" if len(rows) > ROWS_SHOWN else ""
    return f"{head}; {len(rows)} row(s): {'; '.join(shown)}{more}"


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
        examples = _examples(frame, table, rows, group["failure_case"])
        lines.append(f"{subject}{rule}{examples if subject else examples[examples.index(';') :]}")
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
