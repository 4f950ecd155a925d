"""The parts of an analysis that load heavy libraries, found by its name.

Nothing here imports the registry: which analyses there are makes no result of another stale.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from boundary.analyses.record import FOLDER, Analysis
from boundary.analysis.frames import column_types
from boundary.checking import Table
from boundary.errors import TableError
from boundary.store import write_table
from boundary.validating import check


def part(analysis: str, module: str) -> Any:
    """Import a module from the folder of an analysis."""
    return importlib.import_module(f"boundary.analyses.{analysis}.{module}")


def declared(analysis: str) -> Analysis:
    """Return what an analysis declares of itself."""
    declaration: Analysis = importlib.import_module(f"boundary.analyses.{analysis}").ANALYSIS
    return declaration


def schemas(analysis: str) -> dict[str, Table]:
    """Return the schemas of the tables of an analysis, by name."""
    tables: dict[str, Table] = part(analysis, "tables").TABLES
    return tables


def caption_of(analysis: str, figure: str) -> list[str]:
    """Return the paragraphs of a figure's caption, which is the one that Snakemake shows."""
    text = (FOLDER / analysis / f"{figure}.rst").read_text(encoding="utf-8")
    return [" ".join(part.split()).replace("*", "") for part in text.strip().split("\n\n")]


def finished(analysis: str, made: Sequence[Mapping[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """Join what an analysis made, and bring it into the form in which it is written.

    Parameters
    ----------
    analysis : str
    made : sequence of mapping
        Its tables by name, once for all arms or once an arm.

    Returns
    -------
    dict of str to polars.DataFrame
        Every table that it declares, validated and sorted by key.

    Raises
    ------
    TableError
        When a table breaks its schema, or is none of those declared.
    """
    tables = schemas(analysis)
    for parts in made:
        if strange := sorted(parts.keys() - tables.keys()):
            raise TableError(
                f"boundary/analyses/{analysis}: made a table {strange[0]!r}, which its tables.py "
                f"lacks; it declares {', '.join(tables)}."
            )
    whole = {}
    for name, table in tables.items():
        frames = [parts[name] for parts in made if name in parts]
        empty = pl.DataFrame(schema=column_types(table))
        frame = pl.concat(frames, how="diagonal") if frames else empty
        whole[name] = check(frame, table, f"{name} of the study").sort(table.key)
    return whole


def write(
    analysis: str,
    tables: Mapping[str, pl.DataFrame],
    output: Path,
    origin: Mapping[str, object],
) -> None:
    """Write the finished tables of an analysis, with a CSV beside all but the long ones.

    Parameters
    ----------
    analysis : str
    tables : mapping of str to polars.DataFrame
        As of `finished`.
    output : Path
        Folder of the tables.
    origin : mapping
        Their provenance.
    """
    long = declared(analysis).unprinted
    for name, frame in tables.items():
        path, printed = output / f"{name}.parquet", name not in long
        table = schemas(analysis)[name]
        write_table(frame, path, table, provenance=dict(origin), csv=printed)
