"""Read files of counts."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from boundary.counts_csv import (
    NEEDED,
    NUMBERS,
    CountsFile,
    CountsRow,
    RowCheck,
    columns_of,
    read_rows,
)
from boundary.importers.columns import COUNTS, Batch, ProblemIds
from boundary.importers.head import head_of
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source
from boundary.stopping import STOPPING
from boundary.strata import shared_strata


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the counts of each file.

    Raises
    ------
    InputError
        As of `boundary.counts_csv.read_rows`; names file and line.
    """
    ids = ProblemIds()
    for source in sources:
        if (head := head_of(source)).lines or head.listed:
            counts = _json_lines(source, request.fields, ids)
        else:
            counts = _csv(source, request.fields)
        for held, name in counts.synonyms.items():
            if held not in request.fields:
                tally.say(f"{name!r} is taken for {held}")
        strata = shared_strata(counts.rows)
        rows = [(*row[:7], text, *row[8:]) for row, text in zip(counts.rows, strata, strict=True)]
        yield Batch(pl.DataFrame(rows, schema=COUNTS, orient="row"), source.where)


def _csv(source: Source, given: Mapping[str, str]) -> CountsFile:
    with (
        source.open() as stream,
        io.TextIOWrapper(stream, "utf-8", errors="surrogateescape", newline="") as lines,
    ):
        return read_rows(lines, source.where, given)


def _json_lines(source: Source, given: Mapping[str, str], ids: ProblemIds) -> CountsFile:
    objects = list(source.objects())
    keys = list(dict.fromkeys(key for _, each in objects for key in each))
    columns = columns_of(keys, f"{source.where}: the file", given)
    where = source.numbered
    rows = RowCheck(where)
    for line, each in objects:
        of = {held: each.get(key) for held, key in columns.items()}
        problem = ids.text(of.pop("problem"), f"{where}: line {line}")
        more = {key: each.get(key) for key in keys if key not in columns.values()}
        rows.add(_row(of, problem, more, line), line)
    return rows.finished(columns)


def _row(
    of: Mapping[str, object], problem: str, more: Mapping[str, object], line: int
) -> CountsRow | str:
    """Return a row of any numbers, or what is wrong with it."""
    names: dict[str, str | None] = {"model": None, "benchmark": None}
    for held in names.keys() & of.keys():
        text = of[held]
        if not isinstance(text, str) or not text.strip():
            return f"no {held}" if text in (None, "") else f"{held} is {text!r:.80}, not text"
        names[held] = text.strip()
    numbers: dict[str, int] = {}
    for held in NUMBERS:
        value = of.get(held)
        if value is None:
            if held not in NEEDED:
                continue
            return f"no {held}"
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return f"{held} is {value!r:.80}, not an integer"
        numbers[held] = value
    if max(map(abs, numbers.values())) >= 10**18:
        return "a number has more than 18 digits"
    counted = numbers["n"], numbers["correct"], numbers.get("n_unset")
    rule = (numbers.get(held) for held in STOPPING)
    return CountsRow(names["model"], names["benchmark"], problem, *counted, line, more, *rule)
