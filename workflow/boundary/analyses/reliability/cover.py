"""Which share of problems every model solves at a rate of at least so much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import curves, panels, theme
from boundary.figures.words import percent

TITLE = "cover@τ: problems solved at a rate of at least τ"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the cover table: a panel a benchmark, a line a model."""
    title = title or TITLE
    frame = tables["cover"]
    if frame.is_empty():
        return panels.nothing(title, "the cover table has no rows.")
    frame = frame.with_columns(arm=study.arms())
    benchmarks = study.benchmarks_of(frame)
    width = study.narrow(420 if len(benchmarks) == 1 else 300)
    columns = study.columns(len(benchmarks), width)
    encodings = curves.encodings(frame, study, columns * (width + 60))
    drawn = [_panel(name, frame.filter(benchmark=name), encodings, width) for name in benchmarks]
    caption = [
        "Share of problems that are solved in at least a share τ of all samples, smoothed: the "
        "chance that the problem's rate is so high, from its samples and a flat prior. Lines: "
        f"pointwise {percent(study.confidence)} intervals over problems. Small τ is coverage, τ "
        "near 1 reliability. Nothing is flagged by k: all n samples are used.",
    ]
    return panels.grid(drawn, columns, width, title, caption)


def _panel(
    name: str, frame: pl.DataFrame, encodings: tuple[alt.Color, alt.Shape], width: int
) -> alt.LayerChart:
    colour, shape = encodings
    base = alt.Chart(
        panels.data(
            frame.select("rate", "smoothed", "smoothed_low", "smoothed_high", "cover", "arm")
        )
    )
    title = "share of problems"
    x = alt.X("rate:Q", scale=alt.Scale(domain=[0, 1]), title="τ")
    y = alt.Y(
        "smoothed:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".2~%"), title=title
    )
    line = base.mark_line(strokeWidth=1.8).encode(x, y, colour)
    spread = base.mark_rule(strokeWidth=1.2, opacity=0.5).encode(
        x, alt.Y("smoothed_low:Q").title(title), alt.Y2("smoothed_high:Q"), colour
    )
    tooltip = [
        alt.Tooltip("arm:N", title="model"),
        alt.Tooltip("rate:Q", title="τ"),
        alt.Tooltip("smoothed:Q", format=".4f"),
        alt.Tooltip("cover:Q", title="by c/n", format=".4f"),
    ]
    symbols = base.mark_point(size=34, filled=True, opacity=1).encode(
        x, y, colour, shape, tooltip=tooltip
    )
    return alt.layer(spread, line, symbols).properties(
        width=width, height=240, title=panels.panel_title(name, [curves.facts(frame)], width)
    )
