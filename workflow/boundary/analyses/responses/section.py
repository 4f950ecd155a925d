"""What the report says of responses."""

from __future__ import annotations

import polars as pl

from boundary.analyses.responses.tables import OUTCOMES
from boundary.columns import ARM_KEY
from boundary.report.cells import ARM, Cell, Summary, bracket_of, number_of, share_of, summary
from boundary.report.links import of_arm
from boundary.report.text import share
from boundary.wording import number, percent, with_interval

_ORDER = ("benchmark", "model", "protocol")


def responses(frame: pl.DataFrame) -> Summary:
    """Summarise the responses table, without arms of which nothing is known."""
    kept = frame.filter(pl.col("truncated").is_not_null()).sort(*_ORDER)
    columns: dict[str, Cell] = {
        **ARM,
        "M": number_of("n_problems"),
        "responses": number_of("n_responses"),
        "truncated": share_of("truncated_share"),
        "interval": bracket_of("truncated_ci", share),
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
    if "accepted_share" in kept.columns and kept["accepted_share"].count():
        columns["tokens drawn"] = number_of("mean_tokens_drawn")
        columns["moves taken"] = share_of("accepted_share")
        columns["their interval"] = bracket_of("accepted_ci", share)
        about += (
            " Tokens drawn: a response with all its proposals, where whole responses were moved; "
            "moves taken: which share of these, with its interval over problems."
        )
    links = {"truncated": of_arm(cut="1")}
    return summary("responses", "How responses ended", about, kept, columns, links)


def truncation(frame: pl.DataFrame) -> Summary:
    """Summarise what was cut by what it came to, of arms of which something was."""
    cut = frame.filter(pl.col("truncated").sum().over(ARM_KEY) > 0)
    wide = cut.with_columns(shown=pl.struct("share", "ci_low", "ci_high", "responses")).pivot(
        on="outcome", index=ARM_KEY, values="shown"
    )
    columns: dict[str, Cell] = {
        **ARM,
        **{f"{outcome.replace('_', ' ')}, cut": _cut(outcome) for outcome in OUTCOMES},
    }
    about = (
        "Which share of right responses, of wrong ones and of those without an answer was cut at "
        "max_tokens, with its interval over problems, and of how many. Where those that are not "
        "right were cut and right ones were not, a longer limit might have brought more: the "
        "bounds say at most how much, length caps what an earlier cut would have cost."
    )
    title, links = "Truncation by correctness", dict.fromkeys(columns.keys() - ARM, of_arm(cut="1"))
    return summary("truncation", title, about, wide.sort(*_ORDER), columns, links)


def _cut(outcome: str) -> Cell:
    return lambda row: (
        f"{with_interval(row[outcome], 'share', percent, 'ci')} "
        f"of {number(row[outcome]['responses'])}"
    )


#: Tables of the page, by the table that each shows.
SUMMARIES = {"responses": responses, "truncation": truncation}
