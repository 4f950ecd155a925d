"""Accuracy histogram: how many problems a model solves how surely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import curves, panels, theme
from boundary.figures.words import percent

TITLE = "Accuracy per problem"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the histogram table: grouped bars, a panel a benchmark."""
    title = title or TITLE
    frame = tables["histogram"]
    if frame.is_empty():
        return panels.nothing(title, "the histogram table has no rows.")
    frame = frame.with_columns(arm=study.arms())
    colours, shapes = panels.model_scale(frame.select("model", "protocol").rows(), study)
    bar = 10 if len(colours.domain) <= 4 else 8
    bins = frame["bin"].n_unique()
    width = max(380, bins * (len(colours.domain) * bar + 8))
    benchmarks = study.benchmarks_of(frame)
    columns = max(1, min(study.columns(len(benchmarks), width), 1500 // width))
    shown = panels.legend(colours.domain, columns * width)
    encodings = (
        alt.Color("arm:N", scale=colours, legend=shown),
        alt.Shape("arm:N", scale=shapes, legend=shown),
    )
    drawn = [
        _panel(benchmark, frame.filter(benchmark=benchmark), colours.domain, encodings, width)
        for benchmark in benchmarks
    ]
    caption = [
        "Share of problems by accuracy c/n; the first bin holds problems never solved, the last "
        f"those always solved. Whiskers: {percent(study.confidence)} intervals of each share over "
        "problems; a bin without a bar has no problem, and its upper end is in the table. Nothing "
        "here is flagged by k: each model uses all of its n samples.",
    ]
    return panels.grid(drawn, columns, width, title, caption)


def _panel(
    benchmark: str,
    frame: pl.DataFrame,
    arms: list[str],
    encodings: tuple[alt.Color, alt.Shape],
    width: int,
) -> alt.LayerChart:
    colour, shape = encodings
    order = frame.unique("bin").sort("bin")["label"].to_list()
    x = alt.X(
        "label:N",
        sort=order,
        title="accuracy c/n",
        axis=alt.Axis(labelAngle=-35, labelOverlap=False),
    )
    offset = alt.XOffset("arm:N", sort=arms)
    columns = ["label", "share", "ci_low", "ci_high", "problems", "arm"]
    base = alt.Chart(panels.data(frame.select(columns)))
    y = alt.Y("share:Q", axis=alt.Axis(format="%"), title="share of problems")
    tooltip = ["arm:N", "label:N", "problems:Q", alt.Tooltip("share:Q", format=".3f")]
    bars = base.mark_bar().encode(x, y, offset, colour, tooltip=tooltip)
    # White below grey: a whisker is seen on a bar of any colour, if bars are wide enough.
    shades = (("white", 2.6), ("#666666", 1)) if len(arms) <= 4 else (("#8A8A8A", 0.8),)
    filled = base.transform_filter("datum.problems > 0")
    whiskers = [
        filled.mark_rule(color=shade, strokeWidth=stroke).encode(
            x, alt.Y("ci_low:Q").title("share of problems"), alt.Y2("ci_high:Q"), offset
        )
        for shade, stroke in shades
    ]
    # Of its model's shape, so that no bar is told by colour alone.
    symbols = filled.mark_point(size=26, filled=True, opacity=1, yOffset=-7).encode(
        x, alt.Y("ci_high:Q").title("share of problems"), offset, colour, shape
    )
    return alt.layer(bars, *whiskers, symbols).properties(
        width=width, height=210, title=panels.panel_title(benchmark, [curves.facts(frame)], width)
    )
