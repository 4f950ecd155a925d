"""Small helpers between score frames, arrays and table schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from boundary.columns import ARM_KEY
from boundary.errors import InputError
from boundary.tables import Table


def column_types(table: Table) -> dict[str, Any]:
    """Return the columns of a table with their polars types, in order."""
    return {name: column.type for name, column in table.columns.items()}


def arms(scores: pl.DataFrame) -> Iterator[tuple[dict[str, str], pl.DataFrame]]:
    """Yield the labels and the rows of every arm, in sorted order."""
    for key, rows in sorted(scores.group_by(ARM_KEY), key=lambda group: [str(x) for x in group[0]]):
        yield {name: str(value) for name, value in zip(ARM_KEY, key, strict=True)}, rows


def arms_with(scores: pl.DataFrame, column: str) -> Iterator[tuple[dict[str, str], pl.DataFrame]]:
    """Yield the arms of which a count is known, as `arms` does.

    Raises
    ------
    InputError
        When it is null for some problems of an arm only.
    """
    for labels, arm in arms(scores):
        missing = arm[column].null_count()
        if missing == arm.height:
            continue
        if missing:
            raise InputError(
                f"{column} is null for {missing} of {arm.height} problems of "
                f"{' / '.join(labels.values())}: a curve over the rest would describe another "
                f"benchmark. Score all of its problems, or none."
            )
        yield labels, arm
