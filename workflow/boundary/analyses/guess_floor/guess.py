"""pass@k, under it what guessing would solve, and below both what lies between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.columns import ARM_KEY
from boundary.figures import curves, panels, theme
from boundary.figures.words import clean
from boundary.wording import percent

TITLE = "pass@k and its guess floor"
ARMS_SHOWN = 6


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the passk and guess_floor tables.

    Only arms that have a floor are drawn.
    """
    title = title or TITLE
    floors = tables.get("guess_floor")
    if floors is None or floors["pass_at_k"].null_count() == floors.height:
        return panels.nothing(
            title, "no model has a guess floor; it needs answers to at least two problems."
        )
    passk, excess = (
        tables[name].join(floors, on=ARM_KEY, how="semi") if name in tables else pl.DataFrame()
        for name in ("passk", "excess")
    )
    above, below = curves.prepare(passk, None, study), curves.prepare(floors, None, study)
    if above.is_empty():
        return panels.nothing(title, "the passk table has no curve of a model with a guess floor.")
    benchmarks = study.benchmarks_of(above)
    width = study.narrow(460 if len(benchmarks) == 1 else 300)
    columns = study.columns(len(benchmarks), width)
    encodings = curves.encodings(above, study, columns * (width + 60))
    drawn = []
    for name in benchmarks:
        solved, floor = above.filter(benchmark=name), below.filter(benchmark=name)
        limits = curves.y_domain(pl.concat([solved, floor], how="diagonal"))
        chart = curves.panel(
            name,
            solved,
            None,
            study,
            encodings=encodings,
            size=(width, 300 if len(benchmarks) == 1 else 220),
            limits=limits,
            notes=_told(solved, floor),
        )
        k_max = int(solved["k"].max())  # type: ignore[arg-type]
        chart.layer += _floor(floor, encodings[0], limits, k_max)
        beyond = _excess(excess, name, study, encodings, k_max, chart.width)
        drawn.append(alt.vconcat(chart, *beyond, spacing=6))
    caption = [
        *curves.caption(study),
        "Dotted: the guess floor, what k answers drawn from the model's answers to the other "
        "problems of the benchmark would solve; of multiple choice, k blind guesses among the "
        "options. Only what lies above it can come from the problem. Flagged and faint where it is "
        "rather too low: an answer that no other problem elicited counts as impossible. Below: "
        "pass@k minus the floor, with pointwise intervals over problems of the difference.",
    ]
    return panels.grid(drawn, columns, width, title, caption)


def _floor(below: pl.DataFrame, colour: alt.Color, limits: list[float], k_max: int) -> list[Any]:
    """Return band and dotted lines of the floors of one benchmark, faint where flagged."""
    shown = ["k", "pass_at_k", "ci_low", "ci_high", "arm", "part"]
    rows = below.filter(pl.col("k") <= k_max).select(shown)
    base = alt.Chart(panels.data(rows))
    x = panels.k_axis(k_max)
    y = curves.y_axis(limits)
    tooltip = curves.tooltip(arm="guess floor of", estimate="solved by guessing")
    band = base.mark_area(opacity=0.08).encode(
        x, alt.Y("ci_low:Q").title("pass@k"), alt.Y2("ci_high:Q"), colour
    )
    lines = [
        # A scale of opacity would be that of the bands above.
        base.transform_filter(f"datum.part === '{part}'")
        .mark_line(strokeWidth=1.8, strokeDash=[1.5, 3], strokeCap="round", opacity=opacity)
        .encode(x, y, colour, tooltip=tooltip)
        for part, opacity in (("solid", 1.0), ("flagged", 0.35))
    ]
    return [band, *lines]


def _excess(
    excess: pl.DataFrame,
    benchmark: str,
    study: theme.Study,
    encodings: tuple[alt.Color, alt.Shape],
    k_max: int,
    width: int,
) -> list[Any]:
    """Return the panel of what lies above the floors of one benchmark, where it is known."""
    if excess.is_empty():
        return []
    rows = curves.prepare(
        excess.filter(benchmark=benchmark).rename({"excess": "pass_at_k"}), None, study
    )
    if rows.is_empty():
        return []
    colour, shape = encodings
    shown = ["k", "pass_at_k", "ci_low", "ci_high", "arm", "part", "power"]
    base = alt.Chart(panels.data(rows.select(shown)))
    x, title = panels.k_axis(k_max), "beyond the floor"
    axis = alt.Axis(format=".2~%", tickCount=4)
    band = base.mark_area(opacity=0.12).encode(
        x, alt.Y("ci_low:Q", title=title, axis=axis), alt.Y2("ci_high:Q"), colour
    )
    y = alt.Y("pass_at_k:Q", title=title, axis=axis)
    line = base.mark_line(strokeWidth=1.8).encode(x, y, colour, curves.dash())
    symbols = (
        base.transform_filter("datum.power")
        .mark_point(size=26, filled=True, opacity=1)
        .encode(x, y, colour, shape, tooltip=curves.tooltip(estimate=title))
    )
    zero = alt.Chart(alt.Data(values=[{"y": 0}])).mark_rule(color=theme.INK).encode(alt.Y("y:Q"))
    return [alt.layer(band, line, symbols, zero).properties(width=width, height=110)]


def _told(above: pl.DataFrame, below: pl.DataFrame) -> list[str]:
    """Say for each arm what it solves and what guessing would, at the largest k not flagged."""
    solid = above.filter(~pl.col("flagged"))
    where = int((solid if solid.height else above)["k"].max())  # type: ignore[arg-type]
    at = above.filter(k=where).unique("arm", maintain_order=True)
    floors = dict(below.filter(k=where).select("arm", "pass_at_k").iter_rows())
    lines = [
        f"{clean(arm, 30)}: {percent(value)} at k = {where}, {percent(floors[arm])} by guessing"
        for arm, value in at.select("arm", "pass_at_k").sort("arm").iter_rows()
        if floors.get(arm) is not None
    ]
    more = len(lines) - ARMS_SHOWN
    hidden = [f"{more} more in the guess_floor table"] if more > 0 else []
    return lines[:ARMS_SHOWN] + hidden + _too_low(below)


def _too_low(below: pl.DataFrame) -> list[str]:
    """Say from which k on the floors are flagged, where they are within what is drawn."""
    first = (
        below.filter("flagged").group_by("arm").agg(pl.col("k").min()).sort("arm").head(ARMS_SHOWN)
    )
    if first.is_empty():
        return []
    each = [f"{clean(arm, 30)} from k = {k}" for arm, k in first.iter_rows()]
    return [f"floor rather too low, flagged: {', '.join(each)}"]
