"""The words of strategy with which responses begin, against the training step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.columns import ARM_KEY
from boundary.figures import curves, panels, theme
from boundary.figures.words import clean, percent

TITLE = "First words along training"
BELOW = alt.Legend(orient="bottom")
#: Colours of words, none of which is a model's colour, and symbols of families.
COLOURS = ("#882255", "#44AA99", "#332288", "#999933", "#117733")


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart: a panel a series and benchmark, a line a word and family."""
    title = title or TITLE
    steps = tables["series"].select("series", *ARM_KEY, "step").unique()
    frame = tables["strategies"].join(steps, on=ARM_KEY)
    if frame.is_empty():
        return panels.nothing(title, "no series has responses whose first word is counted.")
    frame = frame.with_columns(
        what=pl.format("{} on {}", "word", "family"),
        family=pl.format("family {}", "family"),
    )
    words, families = (sorted(frame[name].unique()) for name in ("word", "family"))
    encodings = (
        alt.Color(
            "word:N",
            title="begins with",
            scale=alt.Scale(domain=words, range=[*_cycled(COLOURS, len(words))]),
            legend=BELOW,
        ),
        alt.Shape(
            "family:N",
            title=None,
            scale=alt.Scale(domain=families, range=[*_cycled(theme.SHAPES, len(families))]),
            legend=BELOW,
        ),
        alt.StrokeDash("family:N", title=None, scale=alt.Scale(domain=families), legend=BELOW),
    )
    asked = frame.select("series", "benchmark").unique().rows()
    keys = sorted(asked, key=lambda key: (key[0], study.at(key[1])))
    width = study.narrow(440 if len(keys) == 1 else 300)
    drawn = [
        _panel(f"{clean(key[0], 40)} on {clean(key[1], 30)}", part, encodings, width)
        for key in keys
        for part in [frame.filter(series=key[0], benchmark=key[1])]
    ]
    caption = [f"Whiskers: pointwise {percent(study.confidence)} intervals over problems."]
    return panels.grid(
        drawn, study.columns(len(keys), width, frame["benchmark"].n_unique()), width, title, caption
    )


def _cycled(values: tuple[str, ...], count: int) -> list[str]:
    return [values[i % len(values)] for i in range(count)]


def _panel(
    name: str,
    frame: pl.DataFrame,
    encodings: tuple[alt.Color, alt.Shape, alt.StrokeDash],
    width: int,
) -> alt.LayerChart:
    colour, shape, dash = encodings
    columns = ["step", "share", "ci_low", "ci_high", "word", "family", "what"]
    base = alt.Chart(panels.data(frame.sort("what", "step").select(columns)))
    x = alt.X("step:Q", title="training step")
    y = alt.Y(
        "share:Q",
        axis=alt.Axis(format=".0%"),
        title="share of responses",
        scale=alt.Scale(domain=[0, 1]),
    )
    tooltip = ["what:N", "step:Q", *(alt.Tooltip(f"{c}:Q", format=".4f") for c in columns[1:4])]
    whiskers = base.mark_rule(strokeWidth=1.2).encode(
        x, alt.Y("ci_low:Q").title("share of responses"), alt.Y2("ci_high:Q"), colour
    )
    line = base.mark_line(strokeWidth=1.6).encode(x, y, colour, dash)
    symbols = base.mark_point(filled=True, size=46, opacity=1).encode(
        x, y, colour, shape, tooltip=tooltip
    )
    facts = [curves.facts(frame)]
    return alt.layer(whiskers, line, symbols).properties(
        width=width, height=220, title=panels.panel_title(name, facts, width)
    )
