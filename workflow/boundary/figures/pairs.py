"""What figures of comparisons share: labels, order and notes of their rows."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from boundary.figures import theme
from boundary.figures.words import apart, by_permission, clean
from boundary.rows import PairRow, Row

#: Remarks on rows that a caption holds.
NOTES = 6


def pair_labels(rows: Sequence[PairRow], study: theme.Study) -> list[str]:
    """Return one distinct label a comparison, of two lines: benchmark and the two models."""
    labels: list[str] = []
    for row in rows:
        models = study.pair(row, "/", 24).replace(" / ", " /\n", 1)
        labels.append(apart(f"{clean(row.benchmark, 20)}: {models}", labels))
    return labels


def in_order(frame: pl.DataFrame, study: theme.Study) -> list[Row]:
    """Return rows of a table of comparisons in the order of the study."""
    return sorted(frame.to_dicts(), key=lambda row: study.place(PairRow.of(row)))


def arms_of(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Return model and protocol of base and other of all rows."""
    return [arm for row in rows for arm in PairRow.of(row).arms]


def flagged(rows: Sequence[Row], labels: Sequence[str]) -> list[str]:
    """Say what is permitted or noted of rows, the first `NOTES` that have anything."""
    lines = []
    for row, label in zip(rows, labels, strict=True):
        parts = by_permission(row["permitted"])
        parts += [clean(row["note"], 400)] if row["note"] else []
        lines += [f"Flagged, {label.replace(chr(10), ' ')}: {'; '.join(parts)}."] if parts else []
    more = len(lines) - NOTES
    return lines[:NOTES] + ([f"{more} more are flagged in the table."] if more > 0 else [])
