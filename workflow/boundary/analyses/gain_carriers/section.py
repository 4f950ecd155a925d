"""What the report says of responses that two models wrote together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from boundary.analyses.gain_carriers.tables import PAIR
from boundary.report.cells import (
    Cell,
    Summary,
    bracket_of,
    estimate_of,
    number_of,
    share_of,
    summary,
    text_of,
)
from boundary.report.text import share, visible
from boundary.rows import Row
from boundary.wording import number, p_value, points, with_interval

#: Below this, corrected for the number of counts, a model alone is not what the study counted.
DOUBT = 0.05
_NAMES: dict[str, Cell] = {
    "comparison": text_of("comparison"),
    "benchmark": text_of("benchmark"),
    "problems": text_of("stratum"),
    "host": text_of("host"),
    "donor": text_of("donor"),
}


def cross_sampling(frame: pl.DataFrame) -> Summary:
    """Summarise success by the number of positions, in the order in which the donor takes over."""
    columns: dict[str, Cell] = {
        **_NAMES,
        "donor's positions": lambda row: (
            "all" if row["m"] is None else f"{number(row['m'])} {row['choice']}"
        ),
        "M": number_of("n_problems"),
        "n": number_of("n"),
        "success": share_of("success"),
        "interval": bracket_of("ci", share),
        "− host": estimate_of("minus_host"),
        "− donor": estimate_of("minus_donor"),
        "− midway": estimate_of("minus_midway"),
        "− random": estimate_of("minus_random"),
        "p beyond both": number_of("beyond_p"),
        "mean tokens": number_of("mean_tokens"),
        "study": share_of("study_success"),
        "p": number_of("study_p"),
    }
    about = (
        "The donor chooses the tokens at m positions of each response and the host all others; "
        "none and all are host and donor alone. Interval: of this row, over problems. Differences, "
        "in percentage points, paired by problem, with a band over all differences of both hosts "
        "on these problems together: to the host alone, the donor alone, half-way between them, "
        "and as many random positions. Beyond both: of these very problems, that the mixture is no "
        "better than the better model, corrected for all m and both hosts. Study: what the study "
        "counted of the model alone, and the p-value of the difference between both counts."
    )
    order = [*PAIR, "stratum", pl.col("m").fill_null(pl.col("m").max() + 1), "choice"]
    return summary("cross_sampling", "Who carries the gain", about, frame.sort(order), columns)


def cross_positions(frame: pl.DataFrame) -> Summary:
    """Summarise where donors chose first."""
    columns: dict[str, Cell] = {
        **_NAMES,
        "position": number_of("position"),
        "first of": lambda row: f"{number(row['ranked_first'])} of {number(row['n_problems'])}",
        "reached on": number_of("problems"),
        "by right responses": number_of("of_right"),
        "mean ln ratio": number_of("mean_gain"),
        "token": text_of("token"),
        "on problems": number_of("token_problems"),
    }
    about = (
        "Positions, as the index of a token in its response, at which donors choose first. Ranked, "
        "problem by problem, by ln(probability under the donor / under the host) summed over the "
        "donor's first right responses, or over its first responses where none is right. Token: "
        "what the donor wrote there on most problems."
    )
    shown = frame.filter(pl.col("ranked_first") > 0)
    order = [*PAIR, "stratum", "ranked_first", "position"]
    falling = [False] * 6 + [True, False]
    kept = shown.sort(order, descending=falling)
    return summary("cross_positions", "Where the donor chooses", about, kept, columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"cross_sampling": cross_sampling, "cross_positions": cross_positions}


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Return what was shown of a comparison by letting its models write together."""
    table = tables.get("cross_sampling")
    if table is None:
        return {}
    return {
        (str(comparison), str(benchmark)): _sentence(rows)
        for (comparison, benchmark), rows in table.group_by("comparison", "benchmark")
    }


def _sentence(rows: pl.DataFrame) -> str:
    several = rows["stratum"].n_unique() > 1
    shown = rows.filter(pl.col("stratum") != "all") if several else rows
    parts = []
    for _, part in sorted(shown.group_by("stratum", "host", "donor"), key=lambda item: item[0]):
        parts += [*_beyond(part)] or [*_carried(part)]
    if not parts:
        parts = ["no number of positions carries a gain, or lies above both models, beyond chance"]
    return f"Cross-sampling: {'; '.join(parts)}. {_check(rows)}"


def _carried(rows: pl.DataFrame) -> Iterator[str]:
    """Yield at how few positions the donor's choice is worth more than half of its gain."""
    gain = rows.filter((pl.col("choice") == "all") & (pl.col("minus_host_low") > 0))
    worth = rows.filter((pl.col("choice") == "highest") & (pl.col("minus_midway_low") > 0))
    if gain.is_empty() or worth.is_empty():
        return
    row, whole = worth.sort("m").row(0, named=True), gain.row(0, named=True)
    random = rows.filter(pl.col("choice") == "random", pl.col("m") == row["m"])
    host, donor = visible(row["host"]), visible(row["donor"])
    which = "" if row["minus_random_low"] > 0 else " (not shown to be less)"
    yield (
        f"{_where(row)}more than half of the gain of {donor} over {host} "
        f"({points(whole['minus_host'])} points) sits at {_at(row)}: where {donor} chooses these "
        f"alone, success is {with_interval(row, 'success', share, 'ci')}, and at as many random "
        f"ones {share(random['success'].item())}{which}"
    )


def _beyond(rows: pl.DataFrame) -> Iterator[str]:
    """Yield at how few positions both together solve more than either alone."""
    above = rows.filter("beyond").sort("m")
    if above.is_empty():
        return
    row = above.row(0, named=True)
    host, donor = visible(row["host"]), visible(row["donor"])
    alone = {choice: rows.filter(choice=choice)["success"].item() for choice in ("none", "all")}
    like_these = above.filter(pl.col("minus_host_low") > 0, pl.col("minus_donor_low") > 0)
    others = (
        "for problems like these the band does not decide"
        if like_these.is_empty()
        else f"for problems like these the band says so of {_at(like_these.row(0, named=True))}"
    )
    yield (
        f"{_where(row)}{donor} choosing at {_at(row)} and {host} elsewhere solve "
        f"{with_interval(row, 'success', share, 'ci')}, more than {host} alone "
        f"({share(alone['none'])}) and {donor} alone ({share(alone['all'])}; on these "
        f"very problems, corrected for all m: {p_value(row['beyond_p'])}; {others})"
    )


def _where(row: Row) -> str:
    return "" if row["stratum"] == "all" else f"on {visible(row['stratum'])}, "


def _at(row: Row) -> str:
    return f"{number(row['m'])} position{'s' * (row['m'] > 1)}"


def _check(rows: pl.DataFrame) -> str:
    """Say whether the models alone are what the study counted."""
    alone = rows.filter(pl.col("study_p").is_not_null() & (pl.col("stratum") == "all"))
    if alone.is_empty():
        return (
            "Whether the models alone, sampled anew, agree with what the study counted is not "
            "tested, as its problems stopped early."
        )
    least = float(alone["study_p"].min())  # type: ignore[arg-type]
    words = f"(smallest of {alone.height} p-values: {p_value(least)})"
    if least * alone.height < DOUBT:
        return f"The models alone, sampled anew, differ from what the study counted {words}."
    return f"The models alone, sampled anew, do not differ beyond chance from its counts {words}."
