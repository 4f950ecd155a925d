"""Read tallies."""

from collections.abc import Iterator, Sequence

import polars as pl

from boundary.errors import InputError
from boundary.importers.columns import Batch
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the counts of each file."""
    for source in sources:
        rows = []
        for line, text in source.lines():
            name, colon, marks = text.partition(": ")
            if colon:
                rows.append((name, len(marks), marks.count("x"), line))
            elif text != "tally":
                raise InputError(f"{source.where}: line {line}: has no colon.")
        names = ["problem_id", "n", "correct", "line"]
        yield Batch(pl.DataFrame(rows, schema=names, orient="row"), source.where)
        tally.count("tallies", where=source.where)
