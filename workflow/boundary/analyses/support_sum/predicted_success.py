"""Success that likelihoods predict against success that was counted, problem by problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import panels, theme
from boundary.figures.words import clean, percent, span

TITLE = "Success predicted by likelihood, and counted"
SIDE = 300


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the support sums: a panel a benchmark and scorer."""
    title = title or TITLE
    sums = tables.get("support_sums")
    if sums is None or sums["n"].null_count() == sums.height:
        return panels.nothing(
            title,
            "nothing was scored that was sampled at temperature 1 and top_p 1, so no count is of "
            "the distribution that likelihoods speak of.",
        )
    known = sums.filter(pl.col("n").is_not_null())
    shown = known.filter(pl.col("support_sum_of_others") > 0)
    if shown.is_empty():
        return panels.nothing(title, "no other model gave a right response to any problem.")
    keys = sorted(
        shown.select("benchmark", "scorer", "protocol").unique().rows(),
        key=lambda key: (study.at(key[0]), study.rank(key[1]), *key),
    )
    drawn = [
        _panel(key, shown.filter(benchmark=key[0], scorer=key[1], protocol=key[2]), study)
        for key in keys
    ]
    caption = [
        "A point is a problem. Predicted: the sum of the scorer's probabilities of the distinct "
        "right responses that other models gave, a lower bound without sampling error. Counted: "
        f"share of right among the scorer's scored responses; bars: {percent(study.confidence)} "
        "Clopper-Pearson intervals, each of one problem. Triangles: never solved, with the upper "
        "end alone."
    ]
    if left := known.height - shown.height:
        caption.append(
            f"Flagged: {left} problems, all panels together, to which no other model gave a right "
            "response, left out."
        )
    return panels.grid(
        drawn, min(len(keys), 3, study.fitting(SIDE + 60)), SIDE + 60, title, caption
    )


def _panel(key: tuple[str, ...], rows: pl.DataFrame, study: theme.Study) -> alt.LayerChart:
    facts = f"n = {span(rows['n'].to_list())} responses a problem"
    ends = pl.when(pl.col("c") > 0).then("counted_low").otherwise("counted_high")
    lowest = pl.min_horizontal("support_sum_of_others", ends).min()
    floor = float(rows.select(lowest).item()) / 2
    rows = rows.select(
        "problem_id",
        "c",
        "n",
        predicted="support_sum_of_others",
        rate=pl.when(pl.col("c") > 0).then("counted").otherwise("counted_high"),
        low=pl.when(pl.col("c") > 0).then("counted_low").otherwise(floor),
        high="counted_high",
        seen=pl.when(pl.col("c") > 0).then(pl.lit("solved")).otherwise(pl.lit("never solved")),
    ).sort("problem_id")
    colour = study.style(key[1]).colour
    scale = alt.Scale(type="log", domain=[floor, 1.0], nice=False, clamp=True)
    axis = alt.Axis(format="~g", tickCount=5, labelOverlap=True)
    base = alt.Chart(rows)
    x = alt.X("predicted:Q", scale=scale, axis=axis, title="predicted, log scale")
    line = (
        alt.Chart(pl.DataFrame({"x": [floor, 1.0]}))
        .mark_line(color=theme.FAINT, strokeDash=[4, 3], strokeWidth=1)
        .encode(alt.X("x:Q", scale=scale, axis=axis), alt.Y("x:Q", scale=scale, axis=axis))
    )
    bars = base.mark_rule(color=colour, opacity=0.3).encode(
        x, alt.Y("low:Q", scale=scale, axis=axis, title="counted, log scale"), alt.Y2("high:Q")
    )
    shape = alt.Shape(
        "seen:N",
        scale=alt.Scale(domain=["solved", "never solved"], range=["circle", "triangle-down"]),
        legend=alt.Legend(title=None, orient="bottom"),
    )
    points = base.mark_point(color=colour, filled=True, size=28, opacity=0.8).encode(
        x,
        alt.Y("rate:Q", scale=scale, axis=axis),
        shape,
        tooltip=["problem_id:N", alt.Tooltip("predicted:Q", format=".4g"), "c:Q", "n:Q"],
    )
    title = f"{clean(key[0], 30)}, {clean(study.label(key[1], key[2]), 40)}"
    lines = [f"M = {rows.height} problems, {facts}"]
    return alt.layer(line, bars, points).properties(
        width=SIDE, height=SIDE, title=panels.panel_title(title, lines, SIDE)
    )
