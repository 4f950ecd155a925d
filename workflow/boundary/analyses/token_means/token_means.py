"""Log-probability of sampled tokens beside that of likeliest tokens and what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import panels, theme
from boundary.figures.sources import classes, colour_of, in_order, labelled, row_axis
from boundary.figures.words import clean, percent

TITLE = "Log-probability per token under each scorer"
WIDTH = 330
#: Marks, by the mean that each shows.
MARKS = {
    "sampled": ("sampled token", "circle"),
    "expected": ("expected, −H", "diamond"),
    "likeliest": ("likeliest token", "triangle-right"),
}


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the table of token means: a panel a benchmark and scorer."""
    title = title or TITLE
    table = tables.get("token_means")
    if table is None or table.is_empty():
        return panels.nothing(title, "no response was scored; the study asks for no likelihoods.")
    rows = classes(table.filter(unit="problems"))
    impossible = int(rows["n_impossible"].sum())
    rows = rows.filter(pl.col("sampled").is_not_null()).with_columns(
        problems="n_problems", n=pl.col("n_responses") - pl.col("n_impossible")
    )
    if rows.is_empty():
        return panels.nothing(title, "no scored response has a token and a finite likelihood.")
    rows = labelled(rows, study)
    kept = ["benchmark", "scorer", "row", "arm"]
    marks = pl.concat(
        rows.select(*kept, mark=pl.lit(label), mean=name, low=f"{name}_low", high=f"{name}_high")
        for name, (label, _) in MARKS.items()
    ).filter(pl.col("mean").is_not_null())
    colour = colour_of(rows, study)
    lowest = float(marks.select(pl.min_horizontal(pl.col("mean", "low").min())).item())
    keys = in_order(rows.select("benchmark", "scorer").rows(), study)
    made = [
        _panel(
            key,
            rows.filter(benchmark=key[0], scorer=key[1]),
            marks.filter(benchmark=key[0], scorer=key[1]),
            colour,
            [1.04 * lowest, -0.02 * lowest],
        )
        for key in keys
    ]
    caption = [
        "Mean log-probability in nats, under the scorer, of the tokens of responses (circle), of "
        "its likeliest token at each place (triangle), and what it expects of a token that it "
        "draws itself, its negative entropy (diamond). A circle left of its diamond: less likely "
        "than the scorer's own draws on the same path; circles of different rows do not compare, "
        "as their paths differ in entropy. Means over problems, each of the same weight; lines: "
        f"{percent(study.confidence)} bootstrap intervals over problems. M counts problems, n "
        "their responses.",
    ]
    if rows["expected"].has_nulls():
        caption.append("Flagged: no diamond where the engine that scored has no entropies (vLLM).")
    if impossible:
        caption.append(
            f"Flagged: {impossible:,} responses that the scorer cannot produce left out."
        )
    return panels.grid(
        made, min(len(keys), 2, study.fitting(WIDTH + 150)), WIDTH + 150, title, caption, sides=34
    )


def _panel(
    key: tuple[str, ...],
    rows: pl.DataFrame,
    marks: pl.DataFrame,
    colour: alt.Color,
    domain: list[float],
) -> alt.LayerChart:
    labels = [label for label, _ in MARKS.values()]
    y, offset = row_axis(rows).scale(paddingInner=0.35), alt.YOffset("mark:N", sort=labels)
    scale = alt.Scale(domain=domain, nice=False)
    axis = alt.Axis(format="~g", tickCount=6)
    base = alt.Chart(panels.data(marks.drop("benchmark", "scorer")))
    shape = alt.Shape(
        "mark:N",
        scale=alt.Scale(domain=labels, range=[shape for _, shape in MARKS.values()]),
        legend=alt.Legend(title=None, orient="bottom"),
    )
    lines = base.mark_rule(strokeWidth=1.4).encode(
        alt.X("low:Q", scale=scale, axis=axis, title="nats a token"),
        alt.X2("high:Q"),
        y,
        offset,
        colour,
    )
    points = base.mark_point(size=45, opacity=1, filled=True, strokeWidth=2).encode(
        alt.X("mean:Q", scale=scale, axis=axis),
        y,
        offset,
        colour,
        shape,
        tooltip=[
            "row:N",
            "mark:N",
            *(alt.Tooltip(f"{q}:Q", format=".4f") for q in ("mean", "low", "high")),
        ],
    )
    title = f"{clean(key[0], 30)}, scored by {clean(key[1], 40)}"
    return alt.layer(lines, points).properties(
        width=WIDTH,
        height=alt.Step(9, **{"for": "offset"}),
        title=panels.panel_title(title, ["M problems, n responses"], WIDTH),
    )
