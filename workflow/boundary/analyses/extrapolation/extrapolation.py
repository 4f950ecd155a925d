"""D(k) up to n, and bounds and families beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import panels, theme
from boundary.figures.pairs import in_order, pair_labels
from boundary.figures.thin import thin
from boundary.figures.words import by_permission, clean, percent
from boundary.rows import PairRow, Row
from boundary.wording import number

TITLE = "Beyond n: bounds for any rates, and families if rare problems go on like common ones"
Y_TITLE = "base − other, pass@k"
#: Comparisons drawn.
SHOWN = 9
BOUNDS = "#777777"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from extrapolation, extrapolation_gates and differences: a panel each."""
    title = title or TITLE
    rows = in_order(tables["extrapolation_gates"], study)
    labels = pair_labels(list(map(PairRow.of, rows)), study)
    beyond = tables["extrapolation"]
    drawn = [
        (row, label, part)
        for row, label in zip(rows, labels, strict=True)
        if (part := _of(beyond, row)).height
    ]
    if not drawn:
        why = "; ".join(dict.fromkeys(clean(row["note"] or "", 200) for row in rows))
        return panels.nothing(title, why or "the study compares no two models on any benchmark.")
    width = study.narrow(300 if len(drawn) > 1 else 440)
    made = [
        _panel(row, label, _of(tables["differences"], row), part, study, width)
        for row, label, part in drawn[:SHOWN]
    ]
    level = percent(study.confidence)
    caption = [
        f"Left of the dotted line: D(k) with its simultaneous {level} band, k ≤ n. Grey: bounds "
        f"for any rates of the problems whose curves keep to bands that hold at once ({level}). "
        "They alone tell who is ahead. Coloured: if rare problems go on like common ones, the "
        f"{level} intervals over problems of four families together, where a gate lets them speak.",
        "No verdict rests on what lies beyond n. The curve is flagged where k > n/2, as in the "
        "figure of differences.",
    ]
    if len(rows) > len(made):
        caption.append(f"{len(rows) - len(made)} more are in the table extrapolation_gates.")
    return panels.grid(made, study.columns(len(made), width), width, title, caption)


def _of(frame: pl.DataFrame, row: Row) -> pl.DataFrame:
    return frame.filter(comparison=row["comparison"], benchmark=row["benchmark"]).sort("k")


def _panel(
    row: Row, label: str, known: pl.DataFrame, beyond: pl.DataFrame, study: theme.Study, width: int
) -> alt.LayerChart:
    colour = study.style(row["other"]).colour
    x = panels.k_axis(int(beyond["k"].max()))  # type: ignore[arg-type]
    curve = thin(known, ["comparison", "benchmark"], {}, {})
    layers = [
        _area(curve, x, "band", colour, 0.14),
        _area(beyond.drop_nulls("bound_low"), x, "bound", BOUNDS, 0.28),
        _area(beyond.drop_nulls("envelope_low"), x, "envelope", colour, 0.45),
        alt.Chart(alt.Data(values=[{"diff": 0}]))
        .mark_rule(color=theme.INK, strokeWidth=1)
        .encode(alt.Y("diff:Q", axis=alt.Axis(labelExpr=panels.SIGNED), title=Y_TITLE)),
        alt.Chart(alt.Data(values=[{"k": row["n"]}]))
        .mark_rule(color=theme.INK, strokeDash=[1, 3], strokeWidth=1.4)
        .encode(x),
        alt.Chart(panels.data(curve.select("k", "diff")))
        .mark_line(color=colour, strokeWidth=1.8)
        .encode(x, alt.Y("diff:Q").title(Y_TITLE), tooltip=["k:Q", "diff:Q"]),
    ]
    lines = [f"n = {number(row['n'])} samples a problem, M = {number(row['n_problems'])} problems"]
    if row["ahead"]:
        who = clean(row[row["ahead"]], 24)
        lines.append(f"{who} ahead from n to k = {number(row['ahead_to'])}, whatever the rates")
    elif beyond["bound_low"].null_count() < beyond.height:
        lines.append("bounds leave open who is ahead beyond n")
    lines += [clean(row["note"], 300)] if row["note"] else []
    lines += by_permission(row["permitted"])
    name = label.replace("\n", " ")
    return alt.layer(*layers).properties(
        width=width, height=200, title=panels.panel_title(name, lines, width)
    )


def _area(frame: pl.DataFrame, x: alt.X, stem: str, colour: str, opacity: float) -> alt.Chart:
    """Draw what lies between the two columns of a stem."""
    low, high = f"{stem}_low", f"{stem}_high"
    return (
        alt.Chart(panels.data(frame.select("k", low, high)))
        .mark_area(color=colour, opacity=opacity)
        .encode(
            x,
            alt.Y(f"{low}:Q").title(Y_TITLE),
            alt.Y2(f"{high}:Q"),
            tooltip=["k:Q", f"{low}:Q", f"{high}:Q"],
        )
    )
