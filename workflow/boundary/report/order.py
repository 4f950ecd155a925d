"""The study's order of models, benchmarks and comparisons, for all that the page shows."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.analyses.parts import schemas
from boundary.analyses.registry import table_owners
from boundary.jobs.pages import Overview

_COMPARISONS = ("comparison",)
#: Columns of tables that hold names of comparisons, of benchmarks and of models.
_KINDS = (
    _COMPARISONS,
    ("benchmark",),
    ("model", "base", "other", "scorer", "source_model", "host", "donor", "reference"),
)


def in_study_order(
    tables: Mapping[str, pl.DataFrame], study: Overview, *, titles: bool = False
) -> dict[str, pl.DataFrame]:
    """Return tables whose rows, however they are sorted by names, come in the study's order.

    Names become an ordered type: a sort by them follows the study, and names that it does not
    list come last, by the alphabet.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        By name; rows are returned in the order of each table's key.
    study : Overview
        Whose models, benchmarks and comparisons decide.
    titles : bool
        Whether comparisons are called by their titles and not by their labels.
    """
    listed = study.comparisons, study.benchmarks, [model.name for model in study.models]
    named: dict[str, dict[str, str]] = {}
    for columns, names in zip(_KINDS, listed, strict=True):
        every = _all(names, columns, tables)
        by_title = titles and columns == _COMPARISONS
        shown = {name: study.title(name) if by_title else name for name in every}
        named |= dict.fromkeys(columns, shown)
    types = {column: pl.Enum(names.values()) for column, names in named.items()}
    owners = table_owners()
    ordered = {}
    for name, frame in tables.items():
        typed = frame.with_columns(
            pl.col(column).replace(named[column]).cast(types[column])
            for column in frame.columns
            if column in types
        )
        ordered[name] = typed.sort(schemas(owners[name].name)[name].key, maintain_order=True)
    return ordered


def _all(
    listed: list[str], columns: tuple[str, ...], tables: Mapping[str, pl.DataFrame]
) -> list[str]:
    """Return listed names, then those that stand in columns of any table besides."""
    there = {
        name
        for frame in tables.values()
        for column in columns
        if column in frame.columns
        for name in frame[column].drop_nulls().unique()
    }
    return [*dict.fromkeys([*listed, *sorted(there)])]
