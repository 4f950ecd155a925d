"""What the report says of the spread."""

from __future__ import annotations

import polars as pl

from boundary.report.cells import Summary, share_of, summary, text_of


def spread(frame: pl.DataFrame) -> Summary:
    """Summarise the table toy_spread."""
    columns = {
        "model": text_of("model"),
        "hardest": share_of("lowest"),
        "easiest": share_of("highest"),
    }
    about = "The shares of correct responses to two problems of each model."
    return summary("toy_spread", "Toy spread", about, frame, columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"toy_spread": spread}
