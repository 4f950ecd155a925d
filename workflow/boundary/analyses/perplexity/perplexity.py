"""Perplexity of one model's responses under another, correct and wrong apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import panels, theme
from boundary.figures.words import clean

TITLE = "Perplexity under each scorer, over problems"
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
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
    boxes = boxes.with_columns(
        arm=pl.struct("source_model", "protocol").map_elements(
            lambda arm: study.label(arm["source_model"], arm["protocol"]), return_dtype=pl.String
        )
    ).with_columns(row=pl.format("{}, {} (M = {}, n = {})", "arm", "responses", "problems", "n"))
    colours, _ = panels.model_scale(boxes.select("source_model", "protocol").rows(), study)
    shown = panels.legend(colours.domain, 700)
    colour = alt.Color("arm:N", scale=colours, legend=shown)
    keys = sorted(
        boxes.select("benchmark", "scorer").unique().rows(),
        key=lambda key: (key[0], study.rank(key[1]), key[1]),
    )
    low, high = float(boxes["q05"].min()), float(boxes["q95"].max())  # type: ignore[arg-type]
    domain = [low / 1.02, high * 1.02]
    drawn = [
        _panel(key, boxes.filter(benchmark=key[0], scorer=key[1]), study, colour, domain)
        for key in keys
    ]
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
    return panels.grid(drawn, min(len(keys), 2), 480, title, caption, sides=34)


def _panel(
    key: tuple[str, ...],
    rows: pl.DataFrame,
    study: theme.Study,
    colour: alt.Color,
    domain: list[float],
) -> alt.LayerChart:
    order = [
        row["row"]
        for row in sorted(
            rows.to_dicts(),
            key=lambda row: (
                study.rank(row["source_model"]),
                row["source_model"],
                row["protocol"],
                row["responses"],
            ),
        )
    ]
    y = alt.Y("row:N", sort=order, title=None, axis=alt.Axis(labelLimit=300))
    scale = alt.Scale(type="log", domain=domain, nice=False)
    wanted = ["row", "arm", "responses", "n", "problems", *QUANTILES]
    base = alt.Chart(panels.data(rows.select(wanted)))
    name = "perplexity, log scale"

    def x(field: str) -> alt.X:
        return alt.X(
            f"{field}:Q",
            scale=scale,
            title=name,
            axis=alt.Axis(format="~g", labelOverlap=True, tickCount=6),
        )

    pale = alt.Opacity(
        "responses:N",
        scale=alt.Scale(domain=["correct", "wrong", "ungraded"], range=[0.85, 0.35, 0.6]),
        legend=None,
    )
    tooltip = ["row:N", "problems:Q", *(alt.Tooltip(f"{q}:Q", format=".3f") for q in QUANTILES)]
    whiskers = base.mark_rule(strokeWidth=1.4).encode(x("q05"), alt.X2("q95:Q"), y, colour)
    boxes = base.mark_bar(size=13).encode(
        x("q25"), alt.X2("q75:Q"), y, colour, pale, tooltip=tooltip
    )
    halo = base.mark_tick(thickness=4, size=15, color="white").encode(x("q50"), y)
    median = base.mark_tick(thickness=2, size=15, color=theme.INK).encode(x("q50"), y)
    title = f"{clean(key[0], 30)}, scored by {clean(key[1], 40)}"
    return alt.layer(whiskers, boxes, halo, median).properties(
        width=330,
        height=alt.Step(22),
        title=panels.panel_title(title, ["M problems, n responses"], 330),
    )
