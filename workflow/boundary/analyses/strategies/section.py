"""What the report says of the strategies with which responses begin."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.analyses.strategies.tables import OPEN, READS, SAME
from boundary.columns import ARM_KEY
from boundary.report.cells import ARM, Cell, Summary, number_of, summary, text_of
from boundary.report.tags import Tag
from boundary.report.text import arm_named, visible
from boundary.rows import Row
from boundary.wording import interval, number, percent, points, span, with_interval


def strategies(frame: pl.DataFrame) -> Summary:
    """Summarise the shares of first words."""
    columns: dict[str, Cell] = {
        **ARM,
        "family": text_of("family"),
        "begins with": text_of("word"),
        "share": lambda row: with_interval(row, "share", percent, "ci"),
        "n": lambda row: span(row["n_min"], row["n_max"]),
        "M": number_of("n_problems"),
    }
    about = (
        "Share of responses that begin with a word of strategy, by the family of the problem; "
        "intervals over problems of the family, each of which weighs the same."
    )
    return summary("strategies", "Strategies", about, frame, columns)


def differences(frame: pl.DataFrame) -> Summary:
    """Summarise the differences between families."""
    columns: dict[str, Cell] = {
        **ARM,
        "begins with": text_of("word"),
        "families": lambda row: visible(f"{row['family']} − {row['other_family']}"),
        "difference": lambda row: with_interval(row, "difference", stem="ci"),
        "outcome": text_of("outcome"),
        "M": lambda row: f"{row['n_problems']}, {row['n_problems_other']}",
    }
    about = (
        "Whether a model begins with a strategy more often on one family. Reads: the interval "
        "excludes 0. Same: it lies within the margin. Open: neither. Intervals hold for all words "
        "and pairs of families of a model at once."
    )
    return summary("strategy_differences", "Strategies by family", about, frame, columns)


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Say of each model whether it reads the family, hedges, or neither is shown.

    By one strategy of each pair of families: the rarest of those that tell them apart, else of
    those that leave it open, else of those that it uses now and then; where there are two
    strategies, the other says the same again.
    """
    del confidence
    if "strategy_differences" not in tables:
        return []
    if tables["strategies"].is_empty():
        none = "no problem's metadata has the key that analyses.strategies.by names"
        return [("warning", f"No strategy is counted: {none}.")]
    pair, shares = [*ARM_KEY, "family", "other_family"], ("share", "other_share")
    hardly = pl.max_horizontal(shares) < pl.col("margin")
    always = pl.min_horizontal(shares) > 1 - pl.col("margin")
    telling = tables["strategy_differences"].sort(
        *pair,
        pl.col("outcome").replace_strict({READS: 0, OPEN: 1, SAME: 2}),
        hardly | always,
        pl.sum_horizontal(shares),
        "word",
    )
    rows = telling.unique(pair, keep="first", maintain_order=True)
    return [(row["outcome"], sentence(row)) for row in rows.iter_rows(named=True)]


def sentence(row: Row) -> str:
    """Say what the interval of one difference tells."""
    word, one, other = (visible(row[key]) for key in ("word", "family", "other_family"))
    head = (
        f"{arm_named(row)} begins {percent(row['share'])} of its responses to {one} with {word}, "
        f"and {percent(row['other_share'])} of those to {other} (difference "
        f"{points(row['difference'])} {interval(row)} points; {row['n_problems']} and "
        f"{row['n_problems_other']} problems)"
    )
    if row["outcome"] == READS:
        return f"{head}: it tells the families apart."
    if row["outcome"] != SAME:
        return f"{head}: whether it tells the families apart is open."
    margin = row["margin"]
    if max(row["share"], row["other_share"]) < margin:
        return f"{head}: a strategy that it hardly uses in either family."
    if min(row["share"], row["other_share"]) > 1 - margin:
        return f"{head}: a strategy that it uses nearly always in both families."
    return f"{head}: the same within {number(100 * margin)} points, so that it hedges."


#: Tables of the page, by the table that each shows.
SUMMARIES = {"strategies": strategies, "strategy_differences": differences}
