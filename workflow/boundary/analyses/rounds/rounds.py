"""pass@(k, T) by T, at one trial and at the most that is not flagged; a panel a benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.columns import ARM_KEY
from boundary.figures import curves, panels, theme
from boundary.figures.words import percent

TITLE = "Solved within rounds"
#: Axes by unit, in the order of panels.
AXES = {
    "rounds": "T (rounds a trial), log scale",
    "tokens": "T (tokens a trial), log scale",
    "dollars": "T (dollars a trial), log scale",
}


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the rounds table."""
    title, table = title or TITLE, tables["rounds"]
    if table.is_empty():
        return panels.nothing(title, "no trials tell rounds, tokens or dollars that they used.")
    panel = ["benchmark", "unit"]
    # The same k for all that are compared by eye.
    most = table.group_by(*panel, *ARM_KEY[::2]).agg(pl.col("k").filter(~pl.col("flagged")).max())
    most = most.group_by(panel).agg(most=pl.col("k").min().fill_null(1))
    frame = table.join(most, on=panel).filter((pl.col("k") == 1) | (pl.col("k") == pl.col("most")))
    frame = frame.with_columns(arm=study.arms(), trials=pl.format("k = {}", "k"))
    asked = sorted(
        frame.select(panel).unique().rows(), key=lambda e: (study.at(e[0]), [*AXES].index(e[1]))
    )
    width = study.narrow(460 if len(asked) == 1 else 300)
    columns = study.columns(len(asked), width)
    colour, _ = curves.encodings(frame, study, columns * (width + 60))
    drawn = [
        _panel(frame.filter(benchmark=benchmark, unit=unit), colour, width)
        for benchmark, unit in asked
    ]
    caption = [
        "Share of problems that at least one of k trials solves within T, unbiased: trials that "
        "are right later count as wrong. Thin: one trial; thick: the k above the panel, the "
        "largest that is flagged for no model. Bands: pointwise "
        f"{percent(study.confidence)} intervals over problems.",
    ]
    return panels.grid(drawn, columns, width, title, caption)


def _panel(frame: pl.DataFrame, colour: alt.Color, width: int) -> alt.LayerChart:
    benchmark, unit, most = frame.select("benchmark", "unit", "most").row(0)
    title = "pass@(k, T)"
    x = alt.X(
        "budget:Q",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(format="~s" if unit == "tokens" else "~g", labelOverlap=True),
        title=AXES[unit],
    )
    y = curves.y_axis([0.0, 1.0], title)
    shown = ["budget", "k", "pass_at_k", "ci_low", "ci_high", "arm"]
    layers = []
    for k in sorted({1, most}):
        base = alt.Chart(panels.data(frame.filter(k=k).select(shown)))
        strength = 0.16 * min(1.0, 3 / frame["arm"].n_unique())
        layers += [
            base.mark_area(opacity=strength, interpolate="step-after").encode(
                x, alt.Y("ci_low:Q").title(title), alt.Y2("ci_high:Q"), colour
            ),
            base.mark_line(strokeWidth=2.2 if k > 1 else 1.0, interpolate="step-after").encode(
                x,
                y,
                colour,
                tooltip=curves.tooltip(alt.Tooltip("budget:Q", title="T"), estimate=title),
            ),
        ]
    lines = [f"thick: k = {most}" if most > 1 else "k = 1", curves.facts(frame)]
    heading = panels.panel_title(benchmark, lines, width)
    return alt.layer(*layers).properties(width=width, height=240, title=heading)
