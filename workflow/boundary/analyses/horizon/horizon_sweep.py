"""Horizons under every setting of the fit: a panel a k, a row a setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.columns import ARM_KEY
from boundary.figures import curves, panels, theme
from boundary.figures.words import clean, percent

TITLE = "Length half solved, by penalty and weights of the fit"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the horizons table."""
    title = title or TITLE
    frame = tables["horizons"]
    if frame.is_empty():
        return panels.nothing(title, "no problems have several lengths.")
    setting = pl.format("{}, λ = {}", "weights", pl.col("penalty").cast(pl.String))
    frame = frame.with_columns(
        arm=study.arms(),
        setting=setting,
        # Open ends are drawn to the last length of the data.
        low=pl.max_horizontal("ci_low", "shortest"),
        high=pl.min_horizontal("ci_high", "longest"),
    ).sort("k", pl.col("first").not_(), "weights", "penalty", *ARM_KEY)
    groups = frame.group_by("benchmark", "k", maintain_order=True)
    parts = sorted(groups, key=lambda part: (study.at(part[0][0]), part[0][1]))
    width = 300
    columns = study.columns(len(parts), width)
    encodings = curves.encodings(frame, study, columns * (width + 60))
    drawn = [_panel(rows, encodings, width) for _, rows in parts]
    caption = [
        "Length at which the fitted curve passes one half, under each setting; "
        f"{percent(study.confidence)} intervals by a bootstrap of clusters and of problems within "
        "them. Intervals are cut at the shortest and the longest problem; where a curve passes one "
        "half beyond them, there is no symbol. Not flagged by k: the table tells where problems "
        "have fewer than k samples.",
    ]
    return panels.grid(drawn, columns, width, title, caption)


def _panel(
    rows: pl.DataFrame, encodings: tuple[alt.Color, alt.Shape], width: int
) -> alt.LayerChart:
    name, k, by = rows["benchmark"][0], rows["k"][0], clean(rows["by"][0], 30)
    colour, shape = encodings
    shown = ["arm", "setting", "horizon", "low", "high"]
    base = alt.Chart(panels.data(rows.select(shown)))
    ends = [rows["shortest"].min(), rows["longest"].max()]
    x = alt.X(
        "horizon:Q",
        scale=alt.Scale(type="log", base=2, domain=ends),
        axis=alt.Axis(format="~g", labelOverlap=True),
        title=f"{by}, log scale",
    )
    settings = rows["setting"].unique(maintain_order=True).to_list()
    y = alt.Y("setting:N", title=None, sort=settings)
    offset = alt.YOffset("arm:N")
    spread = base.mark_rule(strokeWidth=1.4, opacity=0.6).encode(
        alt.X("low:Q").title(f"{by}, log scale"), y, colour, alt.X2("high:Q"), offset
    )
    tooltip = [
        alt.Tooltip("arm:N", title="model"),
        alt.Tooltip("setting:N"),
        alt.Tooltip("horizon:Q", title=by, format=".4~g"),
    ]
    symbols = (
        base.transform_filter("isValid(datum.horizon)")
        .mark_point(size=40, filled=True, opacity=1)
        .encode(x, y, colour, shape, offset, tooltip=tooltip)
    )
    heading = panels.panel_title(f"{name}, k = {k}", [curves.facts(rows)], width)
    height = 16 * rows.height + 14 * len(settings)
    return alt.layer(spread, symbols).properties(width=width, height=height, title=heading)
