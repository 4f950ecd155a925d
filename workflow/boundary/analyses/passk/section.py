"""What the report says of passk."""

from __future__ import annotations

import polars as pl

from boundary.report.cells import (
    Cell,
    Summary,
    arm_of,
    number_of,
    share_of,
    summary,
    text_of,
)
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
        "benchmark": text_of("benchmark"),
        "model": arm_of("model", "protocol"),
        "k": number_of("k"),
        "pass@k": share_of("pass_at_k"),
        "interval": lambda row: f"[{share(row['ci_low'])}, {share(row['ci_high'])}]",
        "n": number_of("n_min"),
        "M": number_of("n_problems"),
        "flagged": lambda row: "k > n/2" if row["flagged"] else "–",
    }
    about = "Unbiased pass@k (Chen et al. 2021) with pointwise intervals; n: fewest samples."
    return summary("passk", "pass@k at powers of two", about, kept, columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"passk": passk}
