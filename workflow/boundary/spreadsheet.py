"""The CSV beside a table: its path, and text that no spreadsheet runs."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from boundary.errors import InputError

#: Endings of names that promise a reader something else than Parquet.
_OTHER_FORMATS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".gz", ".yaml")


def table_path(path: Path) -> Path:
    """Return the path of a table to write, which must not be named as another format.

    Raises
    ------
    InputError
        Names the path to give.
    """
    if not path.name or path.is_dir():
        raise InputError(
            f"{path}: is a folder, and a table is one file. Give {path / 'K.parquet'}."
        )
    if path.suffix.lower() in _OTHER_FORMATS:
        packed = path.with_suffix("").suffix == ".parquet"
        raise InputError(
            f"{path}: a table is written as Parquet, with a CSV of its name beside it where people "
            f"read it. Give {path.with_suffix('' if packed else '.parquet')}."
        )
    return path


def csv_beside(path: Path) -> Path:
    """Return the path of a table's CSV: ``K.csv`` for ``K.parquet``.

    A name without that ending is kept whole, as ``qwen2.5`` and ``qwen2.7`` are
    two models: their CSVs are ``qwen2.5.csv`` and ``qwen2.7.csv``.
    """
    named = path.suffix.lower() == ".parquet"
    return path.with_suffix(".csv") if named else path.with_name(f"{path.name}.csv")


def inert(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame of which a spreadsheet runs no text as a formula.

    An answer of a model may begin as a formula does; an apostrophe before it
    makes it text.  Negative numbers stay as they are.
    """
    return frame.with_columns(
        pl.when(_is_formula(name))
        .then(pl.concat_str(pl.lit("'"), name))
        .otherwise(name)
        .alias(name)
        for name, kind in frame.schema.items()
        if kind == pl.String
    )


def _is_formula(name: str) -> pl.Expr:
    text = pl.col(name).str
    minus = text.starts_with("-") & ~text.contains(r"^-[0-9.,]*$")
    return text.contains(r"^[=+@\t\r]") | minus
