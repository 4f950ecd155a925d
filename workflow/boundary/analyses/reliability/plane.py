"""Reliability against coverage: every model is a point, and the best of each are a frontier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.analyses.series.tables import SERIES
from boundary.analysis.frames import column_types
from boundary.columns import ARM_KEY
from boundary.figures import curves, panels, theme
from boundary.figures.words import percent

TITLE = "Reliability against coverage: pass@1 and pass@K"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the passk and series tables: a panel a benchmark, a point a model."""
    title = title or TITLE
    passk = tables["passk"].filter(pl.col("pass_at_k").is_not_null())
    if passk.is_empty():
        return panels.nothing(title, "the passk table has no rows.")
    points = _points(passk).with_columns(arm=study.arms())
    benchmarks = study.benchmarks_of(points)
    width = study.narrow(420 if len(benchmarks) == 1 else 300)
    columns = study.columns(len(benchmarks), width)
    encodings = curves.encodings(points, study, columns * (width + 60))
    walked = walks(points, tables.get("series"))
    drawn = [
        _panel(name, points.filter(benchmark=name), walked.filter(benchmark=name), encodings, width)
        for name in benchmarks
    ]
    caption = [
        "To the right: solved more surely, by a single sample. Upwards: more is solved at all, "
        "within K samples, half of the smallest n on the benchmark, so that nothing is flagged. "
        f"Crosses: pointwise {percent(study.confidence)} intervals of each over problems. Steps: "
        "the frontier, models to which no other is ahead in both, by the estimates; where crosses "
        "overlap, it is not settled who stands on it.",
    ]
    if walked.height:
        caption.append(
            "Lines that grow thicker lead along the checkpoints of a series, from the first on."
        )
    return panels.grid(drawn, columns, width, title, caption)


def _points(passk: pl.DataFrame) -> pl.DataFrame:
    """Return pass@1 and pass@K of each arm, K that of its benchmark."""
    frame = passk.with_columns(last=(pl.col("n_min").min().over("benchmark") // 2).clip(1))
    names = {"pass_at_k": "", "ci_low": "_low", "ci_high": "_high"}
    sides = [
        frame.filter(pl.col("k") == place).select(
            *ARM_KEY,
            "n_problems",
            "n_min",
            "last",
            *(pl.col(column).alias(f"{axis}{suffix}") for column, suffix in names.items()),
        )
        for axis, place in (("reliability", 1), ("coverage", pl.col("last")))
    ]
    return (
        sides[0]
        .join(sides[1].drop("n_problems", "n_min", "last"), on=ARM_KEY)
        .sort("benchmark", "model", "protocol")
    )


def frontier(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points to which no other is ahead in both, from the most coverage on.

    Parameters
    ----------
    points : polars.DataFrame
        ``reliability`` and ``coverage`` of each.
    """
    ordered = points.sort("reliability", "coverage", descending=True)
    best = ordered["coverage"].cum_max().shift(1).fill_null(-1.0)
    return ordered.filter(ordered["coverage"] > best)


def walks(points: pl.DataFrame, series: pl.DataFrame | None) -> pl.DataFrame:
    """Return the points of the checkpoints of each series, by step.

    Parameters
    ----------
    points : polars.DataFrame
        ``reliability`` and ``coverage`` of each arm.
    series : polars.DataFrame, optional
        A SERIES table.

    Returns
    -------
    polars.DataFrame
        ``benchmark``, ``series``, ``reliability``, ``coverage`` and ``at``, the place in the
        series from 0.
    """
    named = pl.DataFrame(schema=column_types(SERIES)) if series is None else series
    steps = named.filter(k=1).select("series", "step", *ARM_KEY)
    return (
        steps.join(points, on=ARM_KEY)
        .sort("benchmark", "series", "step")
        .select(
            *("benchmark", "series", "reliability", "coverage"),
            at=pl.int_range(pl.len()).over("benchmark", "series"),
        )
    )


def _panel(
    name: str,
    points: pl.DataFrame,
    walked: pl.DataFrame,
    encodings: tuple[alt.Color, alt.Shape],
    width: int,
) -> alt.LayerChart:
    def axis(column: str, title: str) -> dict[str, Any]:
        low, high = points[f"{column}_low"].min(), points[f"{column}_high"].max()
        scale = alt.Scale(domain=[low, high], nice=True, zero=False)
        return {
            "scale": scale,
            "axis": alt.Axis(format=".2~%", tickCount=6, labelOverlap=True),
            "title": title,
        }

    last = int(points["last"][0])
    across, up = axis("reliability", "pass@1"), axis("coverage", f"pass@{last}")
    x, y = alt.X("reliability:Q", **across), alt.Y("coverage:Q", **up)
    shown = [column for column in points.columns if column not in ("benchmark", "protocol", "last")]
    base = alt.Chart(panels.data(points.select(shown)))
    colour, shape = encodings
    spread = [
        base.mark_rule(strokeWidth=1.2, opacity=0.55).encode(
            alt.X("reliability_low:Q", **across), y, colour, alt.X2("reliability_high:Q")
        ),
        base.mark_rule(strokeWidth=1.2, opacity=0.55).encode(
            x, alt.Y("coverage_low:Q", **up), colour, alt.Y2("coverage_high:Q")
        ),
    ]
    line = (
        alt.Chart(panels.data(frontier(points).select("reliability", "coverage")))
        .mark_line(color="#999999", strokeWidth=1.4, interpolate="step-before")
        .encode(x, y, order=alt.Order("reliability:Q"))
    )
    thickness = alt.Scale(domain=[0, max(walked["at"].to_list(), default=1)], range=[1, 9])
    walk = (
        alt.Chart(panels.data(walked.drop("benchmark")))
        .mark_trail(color=theme.FAINT, opacity=0.35)
        .encode(
            x,
            y,
            alt.Size("at:Q", scale=thickness, legend=None),
            detail="series:N",
            order=alt.Order("at:Q"),
        )
    )
    tooltip = [
        alt.Tooltip("arm:N", title="model"),
        alt.Tooltip("reliability:Q", title="pass@1", format=".4f"),
        alt.Tooltip("coverage:Q", title=f"pass@{last}", format=".4f"),
    ]
    marks = base.mark_point(size=70, filled=True, opacity=1).encode(
        x, y, colour, shape, tooltip=tooltip
    )
    return alt.layer(walk, line, *spread, marks).properties(
        width=width, height=260, title=panels.panel_title(name, [curves.facts(points)], width)
    )
