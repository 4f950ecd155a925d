"""What the report says of responses."""

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


def responses(frame: pl.DataFrame) -> Summary:
    """Summarise the responses table, without arms of which nothing is known."""
    kept = frame.filter(pl.col("truncated").is_not_null()).sort("benchmark", "model", "protocol")
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "model": arm_of("model", "protocol"),
        "M": number_of("n_problems"),
        "responses": number_of("n_responses"),
        "truncated": share_of("truncated_share"),
        "interval": lambda row: (
            f"[{share(row['truncated_ci_low'])}, {share(row['truncated_ci_high'])}]"
        ),
        "empty": share_of("empty_share"),
        "no answer": share_of("no_answer_share"),
        "copies": share_of("duplicate_share"),
        "mean tokens": number_of("mean_tokens"),
    }
    about = (
        "Truncated: cut at max_tokens, with its interval over problems; what was cut counts as "
        "answered or not as it stands, so that pass@k is a lower bound. Copies: responses that "
        "repeat another one to the same problem, to the letter."
    )
    if "n_unset" in kept.columns and kept["n_unset"].sum():
        columns["no outcome"] = number_of("n_unset")
        about += (
            " No outcome: a fault of the machine ended them; they count as failures, and the "
            "shares leave them out."
        )
    return summary("responses", "How responses ended", about, kept, columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"responses": responses}
