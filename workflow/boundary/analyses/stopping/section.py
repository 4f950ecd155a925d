"""What the report says of problems that stopped early."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from boundary.analyses.registry import analyses
from boundary.report.cells import ARM, Cell, Summary, number_of, share_of, summary
from boundary.report.text import share
from boundary.wording import listed, number


def stopping(frame: pl.DataFrame) -> Summary:
    """Summarise where problems stopped."""
    columns: dict[str, Cell] = {
        **ARM,
        "stops after": lambda row: f"{number(row['stop_after'])} correct",
        "look": lambda row: number(row["look"]) + " (all)" * (row["look"] == row["n_max"]),
        "problems": lambda row: f"{number(row['problems'])} of {number(row['n_problems'])}",
        "samples": number_of("samples"),
        "samples of the arm": share_of("share"),
        "tokens of the arm": lambda row: _known(row["tokens_share"], share),
        "error of pass@1": lambda row: _known(row["fixed_se_ratio"], "{:.3g}×".format),
    }
    left_out = [
        name
        for name, entry in analyses().items()
        if entry.needs in ("scores", "labels") and not entry.stops_early
    ]
    about = (
        "A problem with enough correct responses at a look was sampled no further. Problems: how "
        "many ended at each look. Samples and tokens of the arm: shares of what all problems to "
        "the last look would have taken. pass@k has no bias by it up to the last look, and its "
        "intervals over problems hold it. Error of pass@1: how many times larger its standard "
        "error on these very problems is than with all samples; that of a large k hardly grows. "
        f"Not worked out for such arms, and made of the other arms alone: {listed(left_out)}. "
        "What reads single responses, as votes and likelihoods do, has those before the first "
        "look, which every problem has."
    )
    return summary("stopping", "Problems that stopped early", about, frame, columns)


def _known(value: float | None, words: Callable[[float], str]) -> str:
    return "–" if value is None else words(value)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"stopping": stopping}
