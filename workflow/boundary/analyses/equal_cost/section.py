"""What the report says of equal costs."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.report.cells import (
    PAIR,
    Cell,
    Summary,
    arm_of,
    number_of,
    points_of,
    share_of,
    summary,
    text_of,
)
from boundary.report.left_out import left_out
from boundary.report.tags import Tag
from boundary.report.text import share
from boundary.wording import k_interval, points

#: Caps that the page shows: the last so many, of which the longest cuts nothing.
CAPS_SHOWN = 4


def crossings(frame: pl.DataFrame) -> Summary:
    """Summarise where bases overtake for equal costs."""
    columns: dict[str, Cell] = {
        **PAIR,
        "unit": text_of("unit"),
        "overtaken at": number_of("crossing"),
        "interval": lambda row: k_interval(row["crossing_low"], row["crossing_high"]),
        "budget": number_of("budget"),
        "D at budget": points_of("diff"),
        "interval of D": lambda row: f"[{points(row['ci_low'])}, {points(row['ci_high'])}]",
        "M": number_of("n_problems"),
    }
    about = (
        "Where the base solves as much as the other model for the same tokens, price or time and "
        "more beyond; its interval runs from the last budget at which the base is surely behind "
        "to the first at which it is surely ahead. Budget: the largest that is not flagged; D: "
        "base less other there, in points, over problems."
    )
    return summary("cost_crossings", "Equal cost", about, frame, columns)


def caps(frame: pl.DataFrame) -> Summary:
    """Summarise what earlier cuts would have done, the longest caps of each model."""
    arm = ["benchmark", "model", "protocol"]
    last = frame.sort(*arm, "tokens").group_by(arm, maintain_order=True).tail(CAPS_SHOWN)
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "model": arm_of("model", "protocol"),
        "cap": number_of("tokens"),
        "pass@1": share_of("pass_at_1"),
        "interval": lambda row: f"[{share(row['ci_low'])}, {share(row['ci_high'])}]",
        "right ones cut": share_of("cut_correct"),
        "wrong ones cut": share_of("cut_wrong"),
        "M": number_of("n_problems"),
    }
    about = (
        "pass@1 had responses been cut at so many tokens, longer ones taken for wrong, and which "
        "share of right and of wrong responses are longer. What a cap above the study's would have "
        "brought, no sample tells; which responses it cut stands under truncation by correctness."
    )
    return summary("length_caps", "Length caps", about, last, columns)


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Warn of models that have pass@k and no costs, as some response has no number of tokens."""
    del confidence
    return left_out(
        tables,
        "equal_cost",
        "Equal costs",
        "some or all of their responses tell no number of tokens. Import files that tell n_tokens "
        "of each, or sample the models here.",
    )


#: Tables of the page, by the table that each shows.
SUMMARIES = {"cost_crossings": crossings, "length_caps": caps}
