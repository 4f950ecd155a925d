"""Which responses each scorer could give under a sampler, as a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import panels, theme
from boundary.figures.sources import classes, labelled, row_axis
from boundary.figures.words import clean, percent

TITLE = "Responses within reach of each scorer"
CELL, HEIGHT = 120, 46
YARDSTICK = "the scorer's own"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the reachability table: a panel a benchmark and sampler."""
    title = title or TITLE
    table = tables.get("reachability")
    if table is None or table.is_empty():
        return panels.nothing(
            title, "no response was scored under a sampler that cuts off unlikely tokens."
        )
    asked = table.select("benchmark", "temperature", "top_p").unique().rows()
    keys = sorted(asked, key=lambda key: (study.at(key[0]), *key))
    made = [
        _panel(key, table.filter(benchmark=key[0], temperature=key[1], top_p=key[2]), study)
        for key in keys
    ]
    caption = [
        "Share of responses whose every token lies in the scorer's nucleus at the sampler, so that "
        "it could give them; brackets: intervals over problems "
        f"({percent(study.confidence)}), each problem of the same weight. One token outside is "
        "enough, so the share falls with length: read each cell against the scorer's own responses "
        "in the first row, and against the share of tokens within the nucleus, below it. M counts "
        "problems, n their responses; rows may be of different problems.",
    ]
    if undecided := int(classes(table)["n_undecided"].sum()):
        caption.append(
            f"Flagged: {undecided:,} times, all cells together, it is undecided whether a response "
            "is reachable, as the engine lists only the likeliest tokens; shares are then "
            "from–to."
        )
    scorers = table["scorer"].n_unique()
    width = CELL * scorers + 190
    columns = min(len(keys), 2 if scorers <= 3 else 1, study.fitting(width))
    return panels.grid(made, columns, width, title, caption, sides=34)


def _panel(key: tuple[str, float, float], rows: pl.DataFrame, study: theme.Study) -> alt.LayerChart:
    yardstick = rows.filter(
        pl.col("scorer") == pl.col("source_model"), responses="all"
    ).with_columns(
        row=pl.col("protocol").map_elements(
            lambda protocol: f"{study.label(YARDSTICK, protocol)}, all", return_dtype=pl.String
        )
    )
    counted = classes(rows).with_columns(problems=_span("n_problems"), n=_span("n_responses"))
    cells = pl.concat([yardstick, labelled(counted, study)], how="diagonal").with_columns(
        scored_by=pl.col("scorer").map_elements(clean, return_dtype=pl.String),
        share=_text("{}", "reachable"),
        interval=pl.format("[{}, {}]", _fixed("reachable_low"), _fixed("reachable_high")),
        tokens=_text("tokens {}", "tokens_inside"),
    )
    models = sorted(cells["scorer"].unique(), key=lambda name: (study.rank(name), name))
    scorers = [clean(name) for name in models]
    lines = ["share", "interval", "tokens"]
    facts = ["row", "scored_by", "n_problems", "n_responses", "mean_tokens"]
    y = row_axis(cells)
    base = alt.Chart(panels.data(cells.select("reachable", *facts, *lines))).encode(
        alt.X(
            "scored_by:N",
            sort=scorers,
            title="scored by",
            axis=alt.Axis(orient="top", labelAngle=0, labelLimit=CELL - 6),
        ),
        y,
    )
    shades = alt.Scale(domain=[0, 1], range=["#F4F8FC", "#7FB3E0"])
    fill = alt.Color("reachable:Q", scale=shades, legend=None)
    layers = [base.mark_rect(stroke="white", strokeWidth=2).encode(fill, tooltip=[*facts, *lines])]
    layers += [
        base.mark_text(dy=dy, fontSize=size, color=theme.INK).encode(alt.Text(f"{line}:N"))
        for line, dy, size in zip(lines, (-13, 1, 14), (12, 10, 10), strict=True)
    ]
    title = f"{clean(key[0], 30)}, temperature {key[1]:g}, top_p {key[2]:g}"
    return alt.layer(*layers).properties(
        width=alt.Step(CELL),
        height=alt.Step(HEIGHT),
        title=panels.panel_title(title, ["M problems, n responses"], 330),
    )


def _fixed(column: str) -> pl.Expr:
    """Return a share as text with three digits after the point."""
    return pl.col(column).map_elements("{:.3f}".format, return_dtype=pl.String)


def _text(words: str, column: str) -> pl.Expr:
    """Return a share as text, or from where to where it may lie."""
    low, high = _fixed(column), _fixed(f"{column}_at_most")
    both = pl.when(low == high).then(low).otherwise(pl.format("{}–{}", low, high))
    return pl.format(words, both)


def _span(column: str) -> pl.Expr:
    """Return the counts of one row of the matrix, one number where its scorers agree."""
    row = ["source_model", "protocol", "responses"]
    low, high = pl.col(column).min().over(row), pl.col(column).max().over(row)
    return pl.when(low == high).then(low.cast(pl.String)).otherwise(pl.format("{}–{}", low, high))
