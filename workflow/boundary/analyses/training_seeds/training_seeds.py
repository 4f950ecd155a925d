"""Difference by k of every training seed, and of all with both intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import curves, panels, theme
from boundary.figures.thin import thin
from boundary.figures.words import clean, percent
from boundary.rows import Row
from boundary.wording import counted, interval, number, points

TITLE = "Difference in pass@k over training seeds"
Y_TITLE = "base − other, pass@k"
GROUP = ["benchmark", "recipe", "reference", "protocol", "reference_protocol", "side"]


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart: a panel a recipe, reference and benchmark."""
    title = title or TITLE
    frame = tables["training_seeds"]
    if frame.is_empty():
        return panels.nothing(title, "no recipe with training seeds is compared.")
    thinned = curves.with_parts(thin(frame, GROUP, {}, {}), GROUP)
    groups = thinned.sort(*GROUP, "k").partition_by(GROUP, maintain_order=True)
    groups.sort(key=lambda group: _place(group, study))
    size = (study.narrow(460), 280) if len(groups) == 1 else (study.narrow(300), 200)
    drawn = [_panel(group, tables, study, size) for group in groups]
    level = percent(study.confidence)
    caption = [
        f"Thin: one training seed. Thick: mean over seeds. Light band: pointwise {level} interval "
        "over seeds and problems, of the recipe. Dark band: over problems alone, of these very "
        "models. Above zero the base solves more. Dashed and faded: k > n/2, flagged."
    ]
    columns = study.columns(len(groups), size[0], frame["benchmark"].n_unique())
    return panels.grid(drawn, columns, size[0], title, caption)


def _place(group: pl.DataFrame, study: theme.Study) -> tuple[object, ...]:
    """Return the key by which a recipe's panels stand in a row, in the study's order."""
    of = group.row(0, named=True)
    return *(of[name] for name in GROUP[1:]), study.at(of["benchmark"])


def _panel(
    group: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    study: theme.Study,
    size: tuple[int, int],
) -> alt.LayerChart:
    of = group.row(0, named=True)
    runs = tables["training_runs"].join(group.select(GROUP).unique(), on=GROUP).sort("model")
    seeds = tables["differences"].join(
        runs.select("comparison", "benchmark", "model"), on=["comparison", "benchmark"]
    )
    seeds = seeds.filter(pl.col("k").is_in(group["k"].implode()))
    colour = study.style(runs["model"][0]).colour
    x = panels.k_axis(int(group["k"].max()))  # type: ignore[arg-type]
    y = alt.Y("diff:Q", axis=alt.Axis(labelExpr=panels.SIGNED), title=Y_TITLE)
    drawn: list[Any] = []
    # Two opacity channels, as layers share a channel's scale.
    for prefix, channel, opacity in (
        ("ci", alt.Opacity, 0.14),
        ("problems", alt.FillOpacity, 0.3),
    ):
        ends = [f"{prefix}_low", f"{prefix}_high"]
        band = group.select("k", "part", *ends).drop_nulls()
        scale = alt.Scale(domain=["solid", "flagged"], range=[opacity, opacity / 2])
        if band.height:
            drawn.append(
                alt.Chart(panels.data(band))
                .mark_area(color=colour, opacity=1)
                .encode(
                    x,
                    alt.Y(f"{ends[0]}:Q").title(Y_TITLE),
                    alt.Y2(f"{ends[1]}:Q"),
                    channel("part:N", scale=scale, legend=None),
                )
            )
    zero = alt.Chart(alt.Data(values=[{"diff": 0}])).mark_rule(color=theme.INK, strokeWidth=1)
    names = seeds["model"].map_elements(clean, return_dtype=pl.String)
    drawn += [
        zero.encode(y),
        alt.Chart(panels.data(seeds.select("k", "diff", seed=names)))
        .mark_line(color=colour, strokeWidth=0.9)
        .encode(x, y, alt.Detail("seed:N"), tooltip=["seed:N", "k:Q", _tooltip("diff")]),
        alt.Chart(panels.data(group.select("k", "diff", "part")))
        .mark_line(color=colour, strokeWidth=2.6)
        .encode(x, y, curves.dash(), tooltip=["k:Q", _tooltip("diff")]),
    ]
    width, height = size
    return alt.layer(*drawn).properties(
        width=width, height=height, title=panels.panel_title(_name(of), _facts(group), width)
    )


def _tooltip(name: str) -> alt.Tooltip:
    return alt.Tooltip(f"{name}:Q", format="+.4f")


def _name(of: Row) -> str:
    recipe, reference = clean(of["recipe"], 30), clean(of["reference"], 30)
    names = [recipe, reference] if of["side"] == "base" else [reference, recipe]
    name = f"{clean(of['benchmark'], 24)}: {names[0]} − {names[1]}"
    if of["protocol"] != of["reference_protocol"]:
        name += f" ({recipe} {clean(of['protocol'], 20)}, {clean(of['reference_protocol'], 20)})"
    return name


def _facts(group: pl.DataFrame) -> list[str]:
    """Return n and M, the difference at 1 and at K with both intervals, and notes."""
    of = group.row(0, named=True)
    lines = [
        f"{counted(of['n_seeds'], 'training seed')}, n = {number(of['n_min'])} samples a problem, "
        f"M = {counted(of['n_problems'], 'problem')}"
    ]
    if of["n_independent"] < of["n_problems"]:
        lines[0] += f" in {number(of['n_independent'])} clusters"
    for k in dict.fromkeys((1, of["k_max"])):
        row = group.filter(k=k).row(0, named=True)
        words = f"D({number(k)}) = {points(row['diff'])} points"
        if row["ci_low"] is not None:
            words += f" {interval(row)}"
        lines.append(f"{words}; problems alone {interval(row, 'problems')}")
    return [*lines, clean(of["note"], 300)] if of["note"] else lines
