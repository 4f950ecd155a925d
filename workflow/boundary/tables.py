"""One pandera schema for every table that passes from stage to stage.

The columns are the contract of the pipeline.  `check` is called on every read
and every write: it widens numbers losslessly, fills nothing in, refuses any
other type, and reports every violation with its rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from boundary.errors import TableError

FINISH_REASONS = ("stop", "length", "error")
KINDS = ("math", "code", "lab")
VERDICTS = ("correct", "wrong", "no_answer", "timeout", "resource", "error", "violation")
CROSSOVER_VERDICTS = ("crossover", "base-dominates", "rl-ahead-to-K", "reverse", "undetermined")
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


def _text(*, null: bool = False, need: bool = True, among: tuple[str, ...] = ()) -> pa.Column:
    checks = [pa.Check.isin(list(among))] if among else []
    return pa.Column(pl.String, checks, nullable=null, required=need)


def _count(*, null: bool = False, need: bool = True, least: int = 0) -> pa.Column:
    return pa.Column(pl.Int64, pa.Check.ge(least), nullable=null, required=need)


def _real(*, null: bool = False, need: bool = True) -> pa.Column:
    return pa.Column(pl.Float64, nullable=null, required=need)


def _share(*, null: bool = False, need: bool = True) -> pa.Column:
    return pa.Column(pl.Float64, pa.Check.in_range(0, 1), nullable=null, required=need)


def _flag(*, null: bool = False, need: bool = True) -> pa.Column:
    return pa.Column(pl.Boolean, nullable=null, required=need)


def _table(name: str, key: tuple[str, ...], columns: dict[str, pa.Column]) -> Table:
    return Table(name, pa.DataFrameSchema(columns, unique=list(key), name=name), key)


def _at_most(smaller: str, larger: str) -> pa.Check:
    """Check over two columns of one frame: smaller ≤ larger in every row."""

    def holds(data: pa.PolarsData) -> pl.LazyFrame:
        present = data.lazyframe.collect_schema().names()
        if smaller not in present:
            return data.lazyframe.select(pl.lit(True))
        return data.lazyframe.select((pl.col(smaller) <= pl.col(larger)).fill_null(True))

    return pa.Check(holds, name=f"{smaller} <= {larger}", error=f"{smaller} <= {larger}")


_ARM = {"model": _text(), "benchmark": _text(), "protocol": _text()}
_PAIR = {
    "comparison": _text(),
    "base": _text(),
    "other": _text(),
    "benchmark": _text(),
    "protocol": _text(),
    "other_protocol": _text(),
}
_ARM_KEY = ("model", "benchmark", "protocol")
_PAIR_KEY = ("comparison", "benchmark")

PROBLEMS = _table(
    "problems",
    ("benchmark", "problem_id"),
    {
        "benchmark": _text(),
        "problem_id": _text(),
        "question": _text(),
        "answer": _text(null=True),
        "kind": _text(among=KINDS),
        "tests": _text(null=True),
        "metadata": _text(null=True),
    },
)

SAMPLES = _table(
    "samples",
    (*_ARM_KEY, "problem_id", "sample_index"),
    {
        **_ARM,
        "problem_id": _text(),
        "sample_index": _count(),
        "seed": _count(),
        "response": _text(),
        "n_tokens": _count(),
        "finish_reason": _text(among=FINISH_REASONS),
        "logprob_sum": _real(null=True),
        "token_ids": pa.Column(pl.List(pl.Int64), nullable=True, required=False),
        "logprobs": pa.Column(pl.List(pl.Float64), nullable=True, required=False),
    },
)

VERDICTS_TABLE = _table(
    "verdicts",
    ("problem_id", "sample_index"),
    {
        "problem_id": _text(),
        "sample_index": _count(),
        "answer": _text(null=True),
        "verdict": _text(among=VERDICTS),
        "correct": _flag(),
        "grader": _text(),
        "detail": _text(null=True),
        "chain_correct": _flag(null=True, need=False),
        "correct_lenient": _flag(null=True, need=False),
    },
)

SCORES = Table(
    "scores",
    pa.DataFrameSchema(
        {
            **_ARM,
            "problem_id": _text(),
            "n": _count(least=1),
            "correct": _count(),
            "truncated": _count(null=True),
            "no_answer": _count(null=True),
            "distinct_answers": _count(null=True),
            "majority_correct": _flag(null=True),
            "mean_tokens": _real(null=True),
            "chain_correct": _count(null=True, need=False),
            "correct_lenient": _count(null=True, need=False),
        },
        checks=[
            _at_most(column, "n")
            for column in ("correct", "truncated", "no_answer", "chain_correct", "correct_lenient")
        ],
        unique=[*_ARM_KEY, "problem_id"],
        name="scores",
    ),
    (*_ARM_KEY, "problem_id"),
)

PASSK = _table(
    "passk",
    (*_ARM_KEY, "k"),
    {
        **_ARM,
        "k": _count(least=1),
        "pass_at_k": _share(null=True),
        "se": _real(null=True),
        "ci_low": _share(null=True),
        "ci_high": _share(null=True),
        "n_problems": _count(least=1),
        "n_min": _count(least=1),
        "flagged": _flag(),
    },
)

DIFFERENCES = _table(
    "differences",
    (*_PAIR_KEY, "k"),
    {
        **_PAIR,
        "k": _count(least=1),
        "diff": _real(),
        "se": _real(),
        "ci_low": _real(),
        "ci_high": _real(),
        "band_low": _real(),
        "band_high": _real(),
        "n_problems": _count(least=1),
        "flagged": _flag(),
    },
)

CROSSOVERS = _table(
    "crossovers",
    _PAIR_KEY,
    {
        **_PAIR,
        "k_cross": _real(null=True),
        "ci_low": _real(null=True),
        "ci_high": _real(null=True),
        "verdict": _text(among=CROSSOVER_VERDICTS),
        "k_max": _count(least=1),
        "diff_at_1": _real(),
        "diff_at_k_max": _real(),
        "diff_ci_low": _real(),
        "diff_ci_high": _real(),
        "min_detectable_diff": _real(),
        "n_problems": _count(least=1),
        "note": _text(null=True),
    },
)

COVERAGE = _table(
    "coverage",
    _PAIR_KEY,
    {
        **_PAIR,
        "both": _count(),
        "base_only": _count(),
        "other_only": _count(),
        "neither": _count(),
        "mcnemar_p": _share(),
        "n_base": _count(least=1),
        "n_other": _count(least=1),
        "n_problems": _count(least=1),
        "note": _text(null=True),
    },
)

COVERAGE_PROBLEMS = _table(
    "coverage_problems",
    (*_PAIR_KEY, "problem_id"),
    {
        **_PAIR,
        "problem_id": _text(),
        "set": _text(among=("both", "base_only", "other_only", "neither")),
        "base_correct": _count(),
        "base_n": _count(least=1),
        "other_correct": _count(),
        "other_n": _count(least=1),
    },
)

HISTOGRAM = _table(
    "histogram",
    (*_ARM_KEY, "bin"),
    {
        **_ARM,
        "bin": _count(),
        "label": _text(),
        "low": _share(),
        "high": _share(),
        "problems": _count(),
        "share": _share(),
        "ci_low": _share(),
        "ci_high": _share(),
        "n_problems": _count(least=1),
        "n_min": _count(least=1),
    },
)

EFFICIENCY = _table(
    "efficiency",
    _PAIR_KEY,
    {
        **_PAIR,
        "k": _count(least=1),
        "base_pass_at_k": _share(),
        "other_pass_at_1": _share(),
        "gap": _real(),
        "ci_low": _real(),
        "ci_high": _real(),
        "n_problems": _count(least=1),
        "flagged": _flag(),
    },
)

SERIES = _table(
    "series",
    ("series", "benchmark", "step", "k"),
    {
        "series": _text(),
        **_ARM,
        "step": _count(),
        "k": _count(least=1),
        "pass_at_k": _share(),
        "se": _real(),
        "ci_low": _share(),
        "ci_high": _share(),
        "n_problems": _count(least=1),
        "n_min": _count(least=1),
        "flagged": _flag(),
    },
)

LIKELIHOODS = _table(
    "likelihoods",
    ("scorer", "source_model", "benchmark", "protocol", "problem_id", "sample_index"),
    {
        "scorer": _text(),
        "source_model": _text(),
        "benchmark": _text(),
        "protocol": _text(),
        "problem_id": _text(),
        "sample_index": _count(),
        "n_tokens": _count(),
        "logprob_sum": _real(),
        "perplexity": _real(null=True),
        "correct": _flag(null=True, need=False),
    },
)

PERPLEXITY = _table(
    "perplexity",
    ("scorer", "source_model", "benchmark", "protocol", "responses"),
    {
        "scorer": _text(),
        "source_model": _text(),
        "benchmark": _text(),
        "protocol": _text(),
        "responses": _text(among=("all", "correct", "wrong")),
        "n_responses": _count(),
        "n_problems": _count(),
        "median_perplexity": _real(null=True),
        "mean_perplexity": _real(null=True),
        "ci_low": _real(null=True),
        "ci_high": _real(null=True),
        "mean_surprisal": _real(null=True),
        "surprisal_ci_low": _real(null=True),
        "surprisal_ci_high": _real(null=True),
    },
)

#: The tables that one job derives from the scores of a study.
STUDY_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        PASSK,
        DIFFERENCES,
        CROSSOVERS,
        COVERAGE,
        COVERAGE_PROBLEMS,
        HISTOGRAM,
        EFFICIENCY,
        SERIES,
    )
}


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
        first few of them.
    """
    missing = [
        name
        for name, column in table.schema.columns.items()
        if column.required and name not in frame.columns
    ]
    if missing:
        raise TableError(
            f"{where}: not a {table.name} table, as it has no column {', '.join(missing)}. "
            f"Found: {', '.join(frame.columns) or 'none'}."
        )
    frame = _widen(frame, table, where)
    try:
        return table.schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        lines = _violations(frame, table, error)
        raise TableError(
            f"{where}: {len(lines)} rule(s) of the {table.name} table are broken\n"
            + "\n".join(f"  - {line}" for line in lines)
        ) from None


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
        raise TableError(f"{where}: a number does not fit the {table.name} table: {error}") from None


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
    lines = []
    for (column, rule), group in cases.group_by(["column", "check"], maintain_order=True):
        if str(rule).startswith("multiple_fields_uniqueness"):
            lines.append(_duplicates(frame, table))
            continue
        if str(rule).startswith("dtype"):
            found = frame.schema.get(str(column))
            want = table.schema.columns[str(column)].dtype
            lines.append(f"column {column}: type {found} where {want} is expected")
            continue
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
    key = frame.select(table.key).row(int(row)) if int(row) < frame.height else ()
    return f"row {row} ({', '.join(map(str, key))})"
