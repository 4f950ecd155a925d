"""Read filled sheets back: what people judged, checked row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from boundary.chain_tables import CHAIN_LABELS, JUDGEMENTS
from boundary.chains.sheet import COLUMNS, cell
from boundary.errors import InputError
from boundary.tables import check
from boundary.wording import reveal

FAULTS_SHOWN = 10
NEEDED = ("id", "judgement", "judge")
_SHOWN = ("benchmark", "problem_id", "problem", "gold", "response")
_LARGEST_FIELD = 2**24


def read_labels(sheets: Sequence[Path], rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return what people wrote into one or several copies of the sheet.

    Parameters
    ----------
    sheets : sequence of Path
        Filled CSV files; commas, semicolons or tabs part the columns, as a
        spreadsheet saves them.
    rows : polars.DataFrame
        What was on the sheet, from `boundary.chains.sheet.sheet_rows`.

    Returns
    -------
    labels : polars.DataFrame
        A CHAIN_LABELS table.
    open_rows : int
        Rows without a judgement; they are no error.

    Raises
    ------
    InputError
        With all faults of all files: an unknown id or judgement, a judgement
        without a name, a text that was changed, one judge who says two things
        of one response.
    """
    known = {row["id"]: row for row in rows.iter_rows(named=True)}
    faults: list[str] = []
    labels: dict[tuple[str, str], tuple[str, str | None]] = {}
    open_rows = 0
    for path in sheets:
        for number, row in _records(path):
            where = f"{path}, row {number}"
            if not row["judgement"].strip():
                open_rows += bool(row["id"].strip())
                continue
            row_faults = _faults(row, known)
            faults += [f"{where}: {fault}" for fault in row_faults]
            if row_faults:
                continue
            key = row["id"].strip(), row["judge"].strip()
            label = row["judgement"].strip().lower(), row.get("comment", "").strip() or None
            if labels.setdefault(key, label)[0] != label[0]:
                faults.append(
                    f"{where}: {reveal(key[1])} judges {key[0]} {label[0]!r} here and "
                    f"{labels[key][0]!r} elsewhere; keep one of the two."
                )
    if faults:
        more = len(faults) - FAULTS_SHOWN
        listed = "\n".join(f"  - {fault}" for fault in faults[:FAULTS_SHOWN])
        raise InputError(
            f"{len(faults)} row(s) of the filled sheet cannot be read:\n{listed}"
            + (f"\n  and {more} more" if more > 0 else "")
        )
    frame = pl.DataFrame(
        [(*key, *label) for key, label in labels.items()],
        schema={"id": pl.String, "judge": pl.String, "judgement": pl.String, "comment": pl.String},
        orient="row",
    )
    return check(frame, CHAIN_LABELS, "filled sheet").sort(CHAIN_LABELS.key), open_rows


def _faults(row: dict[str, str], known: dict[str, dict[str, str | None]]) -> list[str]:
    """Return what is wrong with one filled row."""
    name = row["id"].strip()
    if name not in known:
        return [
            f"there is no response with id {reveal(name)[:40]!r} on this sheet; ids are 16 "
            f"hexadecimal digits. Is it the sheet of another study, or was it made anew?"
        ]
    faults = []
    judgement = row["judgement"].strip().lower()
    if judgement not in JUDGEMENTS:
        faults.append(
            f"judgement is {reveal(row['judgement'])[:40]!r}; valid ones are "
            f"{', '.join(JUDGEMENTS)}, or nothing."
        )
    if not row["judge"].strip():
        faults.append("there is a judgement without a name; fill in the column judge.")
    changed = [
        column
        for column in _SHOWN
        if column in row and _plain(row[column]) != _plain(cell(known[name][column]))
    ]
    if changed:
        faults.append(
            f"{', '.join(changed)} of {name} is not what the sheet showed, so it is not known what "
            f"was judged. Copy the judgements into a fresh sheet."
        )
    return faults


def _plain(text: str) -> str:
    """Return text without what spreadsheets change: line ends, white space, their apostrophe."""
    return " ".join(text.removeprefix("'").split())


def _records(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV file, numbered as a spreadsheet does."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: the sheet cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise InputError(
            f"{path}: is not UTF-8 text. Save it as CSV UTF-8 in the spreadsheet."
        ) from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    before = csv.field_size_limit(_LARGEST_FIELD)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(f"{path}: is not a whole CSV file: {error}.") from None
    finally:
        csv.field_size_limit(before)
    header = [name.strip() for name in lines[0]] if lines else []
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise InputError(
            f"{path}: has no column {', '.join(missing)}; a sheet has {', '.join(COLUMNS)}."
        )
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if twice:
        raise InputError(f"{path}: has the column {twice[0]} twice; take one of them out.")
    records = []
    for number, line in enumerate(lines[1:], start=2):
        if not any(part.strip() for part in line):
            continue
        if len(line) != len(header):
            raise InputError(
                f"{path}, row {number}: has {len(line)} cells where the header has {len(header)}."
            )
        records.append((number, dict(zip(header, line, strict=True))))
    return records


def decided(labels: pl.DataFrame) -> pl.DataFrame:
    """Return one judgement for each item: what most judges say, ``unclear`` when they part.

    Those who say ``unclear`` have no vote where others decide.

    Returns
    -------
    polars.DataFrame
        Columns id and judgement.
    """
    votes = labels.group_by("id").agg(
        valid=(pl.col("judgement") == "valid").sum(),
        invalid=(pl.col("judgement") == "invalid").sum(),
    )
    judgement = (
        pl.when(pl.col("valid") > pl.col("invalid"))
        .then(pl.lit("valid"))
        .when(pl.col("invalid") > pl.col("valid"))
        .then(pl.lit("invalid"))
        .otherwise(pl.lit("unclear"))
    )
    return votes.select("id", judgement=judgement).sort("id")
