"""pass@1 and pass@n against the training step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import curves, panels, theme
from boundary.figures.words import clean, percent

TITLE = "pass@k along training"
#: Colours of k, none of which is a model's colour.
K_COLOURS = ("#882255", "#44AA99", "#332288", "#999933", "#117733")


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the series table: a panel a series and benchmark."""
    title = title or TITLE
    frame = tables["series"]
    if frame.is_empty():
        return panels.nothing(title, "the study names no series of checkpoints.")
    ks = sorted(frame["k"].unique())
    labels = [f"pass@{k:,}" for k in ks]
    names = dict(zip(ks, labels, strict=True))
    frame = frame.with_columns(
        curve=pl.col("k").replace_strict(names, return_dtype=pl.String),
        mark=pl.when("flagged").then(pl.lit("flagged")).otherwise(pl.lit("not flagged")),
    )
    colours = [K_COLOURS[i % len(K_COLOURS)] for i in range(len(ks))]
    shapes = [theme.SHAPES[i % len(theme.SHAPES)] for i in range(len(ks))]
    shown = panels.legend(labels, 440)
    encodings = (
        alt.Color("curve:N", scale=alt.Scale(domain=labels, range=colours), legend=shown),
        alt.Shape("curve:N", scale=alt.Scale(domain=labels, range=shapes), legend=shown),
    )
    asked = frame.select("series", "benchmark").unique().rows()
    keys = sorted(asked, key=lambda key: (key[0], study.at(key[1])))
    width = study.narrow(440 if len(keys) == 1 else 300)
    columns = study.columns(len(keys), width, frame["benchmark"].n_unique())
    drawn = [
        _panel(
            series, benchmark, frame.filter(series=series, benchmark=benchmark), encodings, width
        )
        for series, benchmark in keys
    ]
    caption = [
        f"Whiskers: pointwise {percent(study.confidence)} intervals over problems. "
        "Hollow symbols: k > n/2, flagged, as the sampling error cannot be estimated there.",
    ]
    return panels.grid(drawn, columns, width, title, caption)


def _panel(
    series: str,
    benchmark: str,
    frame: pl.DataFrame,
    encodings: tuple[alt.Color, alt.Shape],
    width: int,
) -> alt.LayerChart:
    colour, shape = encodings
    columns = ["step", "pass_at_k", "ci_low", "ci_high", "curve", "mark"]
    base = alt.Chart(panels.data(frame.sort("k", "step").select(columns)))
    x = alt.X("step:Q", title="training step")
    y = alt.Y("pass_at_k:Q", axis=alt.Axis(format=".2~%"), title="pass@k")
    tooltip = ["curve:N", "step:Q", *(alt.Tooltip(f"{c}:Q", format=".4f") for c in columns[1:4])]
    whiskers = base.mark_rule(strokeWidth=1.2).encode(
        x, alt.Y("ci_low:Q").title("pass@k"), alt.Y2("ci_high:Q"), colour
    )
    line = base.mark_line(strokeWidth=1.6).encode(x, y, colour)
    hollow = base.mark_point(filled=False, fill="white", size=46, strokeWidth=1.6, opacity=1)
    full = base.transform_filter("datum.mark == 'not flagged'").mark_point(
        filled=True, size=46, opacity=1
    )
    symbols = [mark.encode(x, y, colour, shape, tooltip=tooltip) for mark in (hollow, full)]
    name = f"{clean(series, 40)} on {clean(benchmark, 30)}"
    return alt.layer(whiskers, line, *symbols).properties(
        width=width, height=220, title=panels.panel_title(name, [curves.facts(frame)], width)
    )
