"""What each model solves for equal costs: one panel a benchmark and unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import curves, panels, theme
from boundary.figures.words import percent
from boundary.rows import PairRow
from boundary.wording import k_interval, number

TITLE = "Solved for equal costs"
AXES = {"tokens": "tokens, log scale", "price": "price, log scale", "seconds": "seconds, log scale"}
CROSSINGS_SHOWN = 4


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the equal_cost and cost_crossings tables."""
    title = title or TITLE
    table = tables.get("equal_cost")
    if table is None or table.is_empty():
        return panels.nothing(title, "no model tells how many tokens its responses took.")
    keys = ["model", "benchmark", "protocol", "unit"]
    frame = curves.with_parts(table.rename({"budget": "k", "solved": "pass_at_k"}), keys)
    frame = frame.with_columns(arm=study.arms())
    asked = sorted(frame.select("unit", "benchmark").unique().rows(), reverse=True)
    asked.sort(key=lambda each: (study.at(each[1]), list(AXES).index(each[0])))
    width = study.narrow(460 if len(asked) == 1 else 300)
    columns = study.columns(len(asked), width)
    encodings = curves.encodings(frame, study, columns * (width + 60))
    crossings = tables["cost_crossings"]
    drawn = [
        _panel(
            benchmark,
            frame.filter(benchmark=benchmark, unit=unit),
            crossings.filter(benchmark=benchmark, unit=unit),
            encodings,
            width,
            study,
        )
        for unit, benchmark in asked
    ]
    caption = [
        "Share of problems of which a right sample ends within the budget, samples taken in random "
        f"order. Bands: pointwise {percent(study.confidence)} intervals over problems. Dashed and "
        "faded: flagged, budgets beyond half of what all samples of the cheapest problem cost.",
    ]
    return panels.grid(drawn, columns, width, title, caption)


def _panel(
    name: str,
    frame: pl.DataFrame,
    crossings: pl.DataFrame,
    encodings: tuple[alt.Color, alt.Shape],
    width: int,
    study: theme.Study,
) -> alt.LayerChart:
    unit = frame["unit"][0]
    colour, _ = encodings
    x = alt.X(
        "k:Q", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(format="~s"), title=AXES[unit]
    )
    title = "share solved"
    shown = ["k", "pass_at_k", "ci_low", "ci_high", "arm", "part"]
    base = alt.Chart(panels.data(frame.select(shown)))
    band = base.mark_area().encode(
        x, alt.Y("ci_low:Q").title(title), alt.Y2("ci_high:Q"), colour, curves.fade(frame)
    )
    line = base.mark_line(strokeWidth=1.8).encode(
        x, curves.y_axis([0.0, 1.0], title), colour, curves.dash(), tooltip=["arm:N", "k:Q"]
    )
    lines = [curves.facts(frame), *crossing_lines(crossings, study)]
    return alt.layer(band, line).properties(
        width=width, height=240, title=panels.panel_title(name, lines, width)
    )


def crossing_lines(crossings: pl.DataFrame, study: theme.Study) -> list[str]:
    """Say of each comparison where the base overtakes for equal costs.

    Parameters
    ----------
    crossings : polars.DataFrame
        COST_CROSSINGS of one benchmark and unit.
    study : Study
        What arms are called.
    """
    rows = crossings.sort("base", "other").to_dicts()
    lines = []
    for row in rows[:CROSSINGS_SHOWN]:
        base, other = (study.label(*arm) for arm in PairRow.of(row).arms)
        names = f"{base} / {other}"
        if row["crossing"] is not None:
            ends = k_interval(row["crossing_low"], row["crossing_high"])
            lines.append(f"{names}: overtaken at {number(row['crossing'])} {row['unit']} {ends}")
            continue
        ahead = base if row["ci_low"] > 0 else other if row["ci_high"] < 0 else None
        who = f"{ahead} is ahead" if ahead else "undetermined"
        lines.append(f"{names}: no crossing, {who} at {number(row['budget'])} {row['unit']}")
    if len(rows) > CROSSINGS_SHOWN:
        lines.append(f"{len(rows) - CROSSINGS_SHOWN} more are in the table cost_crossings")
    return lines
