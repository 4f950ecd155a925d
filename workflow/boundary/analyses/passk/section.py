"""What the report says of passk."""

from __future__ import annotations

import polars as pl

from boundary.report.cells import ARM, Cell, Summary, bracket_of, number_of, share_of, summary
from boundary.report.text import share


def passk(frame: pl.DataFrame) -> Summary:
    """Summarise pass@k at powers of two and at each arm's largest k."""
    arm = ["model", "benchmark", "protocol"]
    powers = [1 << exponent for exponent in range(40)]
    kept = (
        frame.filter(pl.col("pass_at_k").is_not_null())
        .filter(pl.col("k").is_in(powers) | (pl.col("k") == pl.col("k").max().over(arm)))
        .sort("benchmark", "model", "protocol", "k")
    )
    columns: dict[str, Cell] = {
        **ARM,
        "k": number_of("k"),
        "pass@k": share_of("pass_at_k"),
        "interval": bracket_of("ci", share),
        "n": number_of("n_min"),
        "M": number_of("n_problems"),
        "flagged": lambda row: "k > n/2" if row["flagged"] else "–",
    }
    about = "Unbiased pass@k (Chen et al. 2021) with pointwise intervals; n: fewest samples."
    return summary("passk", "pass@k at powers of two", about, kept, columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"passk": passk}
