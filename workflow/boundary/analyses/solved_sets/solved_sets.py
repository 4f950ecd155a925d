"""Shares of problems retained, learned and forgotten against k, and net change by stratum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import altair as alt
import polars as pl

from boundary.analyses.solved_sets.tables import KINDS
from boundary.comparison_tables import PAIR
from boundary.figures import curves, panels, theme
from boundary.figures.words import clean, percent, span
from boundary.rows import PairRow
from boundary.wording import counted, points

TITLE = "Retained, learned and forgotten within k samples"
#: None of these is a model's colour.
COLOURS = {"retained": "#117733", "learned": "#332288", "forgotten": "#882255"}
#: Panels of strata that are drawn; the others stand in the table.
MOST_STRATA = 12
Y_TITLE = "share of problems, square-root scale"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the solved_sets table: panels of curves, then of strata."""
    title = title or TITLE
    frame = tables["solved_sets"]
    if frame.is_empty():
        return panels.nothing(title, "the study compares no two models on any benchmark.")
    pairs = sorted(
        map(PairRow.of, frame.select(list(PAIR)).unique().iter_rows(named=True)), key=study.place
    )
    keyed = [(pair, frame.filter(**asdict(pair))) for pair in pairs]
    strata = [
        (pair, rows.filter(key=key, k=rows["k"].max()))
        for pair, rows in keyed
        for key in sorted(set(rows["key"]) - {""})
    ]
    strata = [(pair, rows) for pair, rows in strata if rows["net_low"].count()]
    hidden, strata = len(strata[MOST_STRATA:]), strata[:MOST_STRATA]
    count = len(keyed) + len(strata)
    width = study.narrow(300 if count > 1 else 460)
    columns = study.columns(count if len(keyed) == 1 else len(keyed), width)
    scales = [
        {"domain": list(COLOURS), "range": values}
        for values in (list(COLOURS.values()), list(theme.SHAPES[:3]))
    ]
    shown = panels.legend(list(COLOURS), columns * (width + 60))
    encodings = (
        alt.Color("set:N", scale=alt.Scale(**scales[0]), legend=shown),
        alt.Shape("set:N", scale=alt.Scale(**scales[1]), legend=shown),
    )
    drawn = [
        _curves(_name(pair, study), rows.filter(key=""), encodings, width) for pair, rows in keyed
    ]
    drawn += [_strata(_name(pair, study), rows, width) for pair, rows in strata]
    level = percent(study.confidence)
    caption = [
        f"Retained: solved by both models in k samples each; learned: by the other alone; "
        f"forgotten: by the base alone; expected numbers, as shares. Bands: pointwise {level} "
        "intervals over problems. Dashed: k > n/2, flagged.",
    ]
    if strata:
        caption.append(
            f"By stratum: learned less forgotten at the largest k, with its paired {level} "
            "interval; full symbols stand after Holm over the strata of the panel."
        )
    if hidden:
        caption.append(
            f"Not drawn: {counted(hidden, 'more panel')} of strata, which are in the table."
        )
    return panels.grid(drawn, columns, width, title, caption)


def _name(pair: PairRow, study: theme.Study) -> str:
    return f"{clean(pair.benchmark, 24)}: {study.pair(pair, '→')}"


def _facts(rows: pl.DataFrame) -> str:
    m = span(rows["n_problems"].to_list())
    return f"n = {span(rows['n_min'].to_list())} samples, M = {m} problems"


def _curves(
    name: str, rows: pl.DataFrame, encodings: tuple[alt.Color, alt.Shape], width: int
) -> alt.LayerChart:
    """Return the three shares of one comparison against k."""
    colour, shape = encodings
    long = pl.concat(
        rows.select(
            "k",
            "flagged",
            pl.lit(kind).alias("set"),
            pl.col(f"{kind}_share").alias("share"),
            pl.col(kind).alias("problems"),
            pl.col(f"{kind}_low").alias("low"),
            pl.col(f"{kind}_high").alias("high"),
        )
        for kind in KINDS
        if kind in COLOURS
    )
    base = alt.Chart(panels.data(curves.with_parts(long, ["set"])))
    x = panels.k_axis(int(rows["k"].max()))  # type: ignore[arg-type]
    scale = alt.Scale(type="sqrt", domain=[0, 1])
    shown = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1]
    ticks = alt.Axis(format=".2~%", values=shown, labelOverlap=False)
    y = alt.Y("share:Q", scale=scale, axis=ticks, title=Y_TITLE)
    band = base.mark_area(opacity=0.14).encode(
        x,
        alt.Y("low:Q", scale=scale, axis=ticks, title=Y_TITLE),
        alt.Y2("high:Q"),
        colour,
        detail="part:N",
    )
    line = base.mark_line(strokeWidth=1.8).encode(x, y, colour, curves.dash())
    tooltip = [
        alt.Tooltip(f"{name}:Q", format=".4") for name in ("share", "low", "high", "problems")
    ]
    symbols = base.mark_point(size=34, filled=True, opacity=1).encode(
        x, y, colour, shape, tooltip=["set:N", "k:Q", *tooltip]
    )
    net = rows.filter(pl.col("k") == pl.col("k").max()).to_dicts()[0]
    lines = [_facts(rows)]
    if net["net_low"] is not None:
        ends = ", ".join(points(net[f"net{end}"]) for end in ("_low", "_high"))
        lines.append(f"net change at k = {net['k']:,}: {points(net['net'])} [{ends}] points")
    return alt.layer(band, line, symbols).properties(
        width=width, height=240, title=panels.panel_title(name, lines, width)
    )


def _strata(name: str, rows: pl.DataFrame, width: int) -> alt.LayerChart:
    """Return the net change by the strata of one key, at one k."""
    known = rows.filter(pl.col("net_low").is_not_null())
    ordered = sorted(known.to_dicts(), key=lambda row: _order(row["value"]))
    labels: list[str] = []
    for row in ordered:
        label = f"{clean(row['value'], 28)} (M = {row['n_problems']})"
        labels.append(label if label not in labels else f"{label} #{labels.count(label) + 1}")
    drawn = pl.DataFrame(ordered, schema=known.schema).with_columns(
        pl.Series("stratum", labels), mark=pl.when("decided").then(1).otherwise(0)
    )
    columns = ["stratum", "net", "net_low", "net_high", "net_holm", "mark"]
    base = alt.Chart(panels.data(drawn.select(columns)))
    y = alt.Y("stratum:N", sort=labels, title=None, axis=alt.Axis(labelLimit=220))
    axis = alt.Axis(labelExpr=panels.SIGNED, tickCount=5)
    title = "net change: forgotten ← → learned"
    limit = min(1.1 * max(max(abs(row["net_low"]), abs(row["net_high"])) for row in ordered), 1.0)
    scale = alt.Scale(domain=[-limit, limit], nice=limit < 1)
    x = alt.X("net:Q", scale=scale, axis=axis, title=title)
    tooltip = [alt.Tooltip(f"{name}:Q", format=".4f") for name in columns[1:5]]
    whiskers = base.mark_rule(color=theme.INK, strokeWidth=1.4).encode(
        alt.X("net_low:Q", scale=scale, axis=axis, title=title), alt.X2("net_high:Q"), y
    )
    hollow = base.mark_point(size=50, filled=True, fill="white", stroke=theme.INK, opacity=1)
    full = base.transform_filter("datum.mark === 1").mark_point(
        size=50, filled=True, color=theme.INK, opacity=1
    )
    zero = alt.Chart(alt.Data(values=[{"net": 0}])).mark_rule(color=theme.FAINT).encode(x)
    symbols = [mark.encode(x, y, tooltip=["stratum:N", *tooltip]) for mark in (hollow, full)]
    row = ordered[0]
    name = f"{name}, by {clean(row['key'], 24)}"
    left = rows.height - known.height
    lines = [f"k = {row['k']:,}, {_facts(known)}"]
    lines += [f"{left} more without interval in the table"] * bool(left)
    return alt.layer(zero, whiskers, *symbols).properties(
        width=width,
        height=alt.Step(26),
        title=panels.panel_title(name, lines, width),
    )


def _order(value: str) -> tuple[float, str]:
    """Order numbers by size, before all that is no number."""
    try:
        return float(value), value
    except ValueError:
        return float("inf"), value
