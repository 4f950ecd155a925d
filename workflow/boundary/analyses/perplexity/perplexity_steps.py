"""Perplexity of the responses of checkpoints along training, under each scorer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import panels, theme
from boundary.figures.words import clean, percent, span

TITLE = "Perplexity of responses along training"
#: Classes of responses, with symbols; colours are those of scorers.
CLASSES = ("all", "correct", "wrong")
WHY = "no two checkpoints of a series have scored responses."


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the perplexity and series tables: a panel a series and class."""
    title = title or TITLE
    along = _along(tables)
    rows = along.filter(pl.col("median_perplexity").is_finite()) if along.height else along
    if rows.is_empty():
        return panels.nothing(title, WHY)
    rows = rows.with_columns(
        arm=pl.col("scorer").map_elements(lambda name: clean(name, 40), return_dtype=pl.String)
    )
    scorers = sorted(rows["scorer"].unique(), key=lambda name: (study.rank(name), name))
    names = [clean(name, 40) for name in scorers]
    styles = [study.style(name) for name in scorers]
    shown = panels.legend(names, 620)
    encodings = (
        alt.Color(
            "arm:N",
            scale=alt.Scale(domain=names, range=[style.colour for style in styles]),
            legend=shown,
        ),
        alt.Shape(
            "arm:N",
            scale=alt.Scale(domain=names, range=[style.shape for style in styles]),
            legend=shown,
        ),
    )
    keys = sorted(
        rows.select("series", "benchmark", "responses").unique().rows(),
        key=lambda key: (key[0], study.at(key[1]), CLASSES.index(key[2])),
    )
    ends = rows.select("median_ci_low", "median_ci_high", "median_perplexity")
    low = min(value for value in ends.min_horizontal() if value is not None)
    high = max(value for value in ends.max_horizontal() if value is not None)
    domain = [low / 1.02, high * 1.02]
    drawn = [
        _panel(
            key, rows.filter(series=key[0], benchmark=key[1], responses=key[2]), encodings, domain
        )
        for key in keys
    ]
    caption = [
        "Colour: the scorer. Median over problems of the problems' median perplexities of the "
        f"responses of each checkpoint; whiskers: {percent(study.confidence)} intervals over "
        "problems. Checkpoints solve other problems, so that correct responses of each may be to "
        "other problems. That perplexity under the base falls along training says that responses "
        "become likelier to it, not that it solves more or that they are within k draws.",
    ]
    if left_out := along.height - rows.height:
        caption.append(f"Flagged: {left_out} medians that are not finite, or of nothing, left out.")
    return panels.grid(drawn, min(len(keys), 3, study.fitting(300)), 300, title, caption)


def _along(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return perplexities over problems with the step of each source, of series with several."""
    series, perplexity = tables.get("series"), tables.get("perplexity")
    if series is None or perplexity is None:
        return pl.DataFrame()
    steps = series.select("series", "benchmark", "protocol", "step", source_model="model").unique()
    keys = ["benchmark", "protocol", "source_model"]
    kept = pl.col("responses").is_in(CLASSES)
    rows = perplexity.filter(kept, unit="problems", scope="all").join(steps, on=keys)
    several = rows.group_by("series", "benchmark").agg(pl.col("step").n_unique().alias("n_steps"))
    return rows.join(several.filter(pl.col("n_steps") > 1), on=["series", "benchmark"])


def _panel(
    key: tuple[str, ...],
    rows: pl.DataFrame,
    encodings: tuple[alt.Color, alt.Shape],
    domain: list[float],
) -> alt.LayerChart:
    colour, shape = encodings
    columns = ["step", "arm", "median_perplexity", "median_ci_low", "median_ci_high"]
    base = alt.Chart(panels.data(rows.sort("scorer", "step").select(columns)))
    x = alt.X("step:Q", title="training step")
    scale = alt.Scale(type="log", domain=domain, nice=False)
    name = "perplexity, log scale"
    axis = alt.Axis(format="~g", labelOverlap=True, tickCount=6)
    y = alt.Y("median_perplexity:Q", scale=scale, title=name, axis=axis)
    tooltip = ["arm:N", "step:Q", *(alt.Tooltip(f"{c}:Q", format=".4f") for c in columns[2:])]
    whiskers = (
        base.transform_filter("isValid(datum.median_ci_low)")
        .mark_rule(strokeWidth=1.2)
        .encode(
            x, alt.Y("median_ci_low:Q", scale=scale, title=name), alt.Y2("median_ci_high:Q"), colour
        )
    )
    line = base.mark_line(strokeWidth=1.6).encode(x, y, colour)
    points = base.mark_point(filled=True, size=50, opacity=1).encode(
        x, y, colour, shape, tooltip=tooltip
    )
    facts = f"M = {span(rows['n_problems'].to_list())}, n = {span(rows['n_responses'].to_list())}"
    heading = f"{clean(key[0], 18)} on {clean(key[1], 18)}"
    return alt.layer(whiskers, line, points).properties(
        width=240,
        height=220,
        title=panels.panel_title(heading, [f"{key[2]} responses", facts], 240),
    )
