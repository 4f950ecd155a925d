"""pass@k against the length of problems: a row of panels a benchmark, a panel a k."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import polars as pl

from boundary.columns import ARM_KEY
from boundary.figures import curves, panels, theme
from boundary.figures.words import clean, percent

TITLE = "pass@k by the length of problems"
#: Values of k that have a panel: the smallest ones, and the largest.
PANELS = 3
POINTS, WIDTH = 60, 300


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the tables horizon_curve, step_rates and horizons."""
    title = title or TITLE
    curve = tables["horizon_curve"]
    if curve.is_empty():
        return panels.nothing(title, "no problem has a number of steps, minutes or the like.")
    observed, fitted = (_named(frame, study) for frame in (curve, _fitted(tables)))
    shown = {name: _ks(rows["k"]) for (name,), rows in observed.group_by("benchmark")}
    columns = min(max(map(len, shown.values())), study.fitting(WIDTH))
    encodings = curves.encodings(observed, study, columns * (WIDTH + 60))
    drawn = [
        _panel(observed.filter(benchmark=name, k=k), fitted.filter(benchmark=name, k=k), encodings)
        for name in sorted(shown, key=study.at)
        for k in shown[name]
    ]
    caption = [
        f"Symbols: problems of one length, with pointwise {percent(study.confidence)} intervals "
        "over problems. "
        "Lines: the logistic curve in log2(length), from the shortest to the longest problem. "
        "Dotted, at k = 1: the product rule p^L, p the rate of one step fitted to all lengths. "
        "Faded: k > n/2, flagged.",
    ]
    return panels.grid(drawn, columns, WIDTH, title, caption)


def _ks(k: pl.Series) -> list[int]:
    every: list[int] = sorted(k.unique())
    return every if len(every) <= PANELS else [*every[: PANELS - 1], every[-1]]


def _named(frame: pl.DataFrame, study: theme.Study) -> pl.DataFrame:
    return frame.with_columns(arm=study.arms())


def _fitted(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return points of the curves that count, and of the product rule at k = 1."""
    spans = (
        tables["horizon_curve"]
        .group_by(ARM_KEY)
        .agg(shortest=pl.col("length_low").min(), longest=pl.col("length_high").max())
    )
    steps = pl.DataFrame({"step": np.linspace(0, 1, POINTS)})
    length = pl.col("shortest") * (pl.col("longest") / pl.col("shortest")).pow(pl.col("step"))
    score = pl.col("intercept") + pl.col("slope") * pl.col("length").log(2)
    logistic = tables["horizons"].filter("first", pl.col("slope").is_not_null())
    lines = {
        "curve": (logistic.select(*ARM_KEY, "k", "intercept", "slope"), 1 / (1 + (-score).exp())),
        "rule": (
            tables["step_rates"].select(*ARM_KEY, "rate", k=pl.lit(1, dtype=pl.Int64)),
            pl.col("rate").pow(pl.col("length")),
        ),
    }
    return pl.concat(
        frame.join(spans, on=ARM_KEY)
        .join(steps, how="cross")
        .with_columns(length=length)
        .select(*ARM_KEY, "k", "length", value=value, line=pl.lit(name))
        for name, (frame, value) in lines.items()
    ).sort("line", *ARM_KEY, "k", "length")


def _panel(
    rows: pl.DataFrame,
    lines: pl.DataFrame,
    encodings: tuple[alt.Color, alt.Shape],
) -> alt.LayerChart:
    name, k, by = rows["benchmark"][0], rows["k"][0], clean(rows["by"][0], 30)
    colour, shape = encodings
    x = alt.X(
        "length:Q",
        scale=alt.Scale(type="log", base=2, nice=False, padding=10),
        axis=alt.Axis(format="~g", labelOverlap=True),
        title=f"{by}, log scale",
    )
    title = f"pass@{k}"
    axis = alt.Axis(format=".2~%")
    y = alt.Y("pass_at_k:Q", scale=alt.Scale(domain=[0, 1]), axis=axis, title=title)
    shown = ["length", "pass_at_k", "ci_low", "ci_high", "arm", "n_problems", "flagged"]
    base = alt.Chart(panels.data(rows.select(shown)))
    faded = alt.condition("datum.flagged", alt.value(0.5), alt.value(1))
    spread = base.mark_rule(strokeWidth=1.2, opacity=0.5).encode(
        x, alt.Y("ci_low:Q").title(title), alt.Y2("ci_high:Q"), colour
    )
    tooltip = [
        alt.Tooltip("arm:N", title="model"),
        alt.Tooltip("length:Q", title=by, format=".4~g"),
        alt.Tooltip("pass_at_k:Q", title=title, format=".4f"),
        alt.Tooltip("n_problems:Q", title="problems"),
    ]
    symbols = base.mark_point(size=34, filled=True).encode(
        x, y, colour, shape, opacity=faded, tooltip=tooltip
    )
    drawn = alt.Chart(panels.data(lines.select("length", "value", "arm", "line")))
    dash = alt.StrokeDash(
        "line:N", scale=alt.Scale(domain=["curve", "rule"], range=[[1, 0], [2, 3]]), legend=None
    )
    line = drawn.mark_line(strokeWidth=1.6).encode(x, alt.Y("value:Q").title(title), colour, dash)
    heading = panels.panel_title(f"{name}, k = {k}", [curves.facts(rows)], WIDTH)
    return alt.layer(spread, line, symbols).properties(width=WIDTH, height=240, title=heading)
