"""Perplexity of one model's responses under another, correct and wrong apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from boundary.figures import panels, theme
from boundary.figures.boxes import QUANTILES, drawn

TITLE = "Perplexity under each scorer, over problems"
GROUP = ["benchmark", "scorer", "source_model", "protocol", "responses"]


def quantiles(likelihoods: pl.DataFrame) -> pl.DataFrame:
    """Reduce responses to five quantiles over problems a group, whatever their number.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        The likelihoods table; ``correct`` may be absent or null.

    Returns
    -------
    polars.DataFrame
        One row per benchmark, scorer, source model, protocol and verdict:
        ``q05`` … ``q95`` of the problems' median perplexities, ``problems``,
        their ``n`` responses, and ``left_out`` responses whose perplexity is
        null or not finite.
    """
    correct = pl.col("correct") if "correct" in likelihoods.columns else pl.lit(None, pl.Boolean)
    usable = pl.col("perplexity").is_not_null() & pl.col("perplexity").is_finite()
    return (
        likelihoods.with_columns(
            responses=pl.when(correct)
            .then(pl.lit("correct"))
            .when(~correct)
            .then(pl.lit("wrong"))
            .otherwise(pl.lit("ungraded"))
        )
        .group_by(*GROUP, "problem_id")
        .agg(
            median=pl.col("perplexity").filter(usable).median(),
            n=usable.sum(),
            left_out=(~usable).sum(),
        )
        .group_by(GROUP)
        .agg(
            *(
                pl.col("median").quantile(level, "linear").alias(name)
                for name, level in QUANTILES.items()
            ),
            pl.col("n", "left_out").sum(),
            problems=pl.col("median").count(),
        )
        .sort(GROUP)
    )


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the likelihoods table: a panel a benchmark and scorer."""
    title = title or TITLE
    likelihoods = tables.get("likelihoods")
    if likelihoods is None or likelihoods.is_empty():
        return panels.nothing(title, "no response was scored; the study asks for no likelihoods.")
    boxes = quantiles(likelihoods)
    left_out = int(boxes["left_out"].sum())
    boxes = boxes.filter(pl.col("n") > 0)
    if boxes.is_empty():
        return panels.nothing(title, "no scored response has a finite perplexity.")
    caption = [
        "Perplexity = exp(−mean log-probability per token) of a response under the scorer. Over "
        "problems: of each problem the median of its responses of the class. Tick: median; box: "
        "middle half; whiskers: 5th to 95th percentile of problems, which describe their spread "
        "and are no confidence interval. Full: correct; pale: wrong. M counts problems, n their "
        "responses; rows may be of different problems. Low perplexity does not mean that k draws "
        "would reach a response.",
    ]
    if left_out:
        caption.append(f"Flagged: {left_out:,} responses without a finite perplexity left out.")
    return drawn(boxes, study, title, caption, log=True, name="perplexity, log scale")
