"""Right answers by the algorithm and by accident, by difficulty: their share, and their z."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.analyses.phases.tables import ALL, DIFFICULTIES
from boundary.figures import panels, theme
from boundary.figures.sources import in_order
from boundary.figures.words import clean, percent, span

TITLE = "Right by the algorithm or by accident"
WIDTH = 240
#: Marks of means of z, by the column of each.
MARKS = {"z_whole": ("by the algorithm", "circle"), "z_accident": ("by accident", "diamond")}


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the phases table: two panels a benchmark and scorer."""
    title = title or TITLE
    table = tables.get("phases")
    if table is None or table.is_empty():
        return panels.nothing(title, "no right answer was scored whose steps were judged.")
    rows = table.filter(pl.col("difficulty") != ALL).with_columns(arm=study.arms("source_model"))
    scale, _ = panels.model_scale(rows.select("source_model", "protocol").rows(), study)
    colour = alt.Color("arm:N", scale=scale, legend=panels.legend(scale.domain, 700))
    made = []
    for benchmark, scorer in in_order(rows.select("benchmark", "scorer").rows(), study):
        part = rows.filter(benchmark=benchmark, scorer=scorer)
        where = f"{clean(benchmark, 20)}, scored by {clean(scorer, 24)}"
        share = part.select("arm", "difficulty", "n_problems", "n_solving", **_values("whole"))
        z = pl.concat(
            part.select("arm", "difficulty", n_problems=f"problems_{name[2:]}", **_values(name))
            .filter(pl.col("mean").is_not_null())
            .with_columns(mark=pl.lit(label))
            for name, (label, _) in MARKS.items()
        )
        whole = table.filter(benchmark=benchmark, scorer=scorer, difficulty=ALL)
        sizes = (
            f"n = {span([*whole['n_solving']])} right answers of a model to "
            f"{span([*whole['n_problems']])} problems"
        )
        made.append(_panel(share, where, sizes, "share by the algorithm", colour, [0.0, 1.0]))
        made.append(_panel(z, f"{where}: z", sizes, "mean z", colour, None))
    caption = [
        "Right answers whose every step is the one that the problem asks for, as a share of all "
        "right answers (left), and mean z of these (circle) and of those that end right by "
        "accident (diamond; right). From left to right: problems of which the scorer's own scored "
        "responses are right more and more often. Means over problems with a response of the "
        f"kind; bars: {percent(study.confidence)} intervals over problems, none for one problem.",
    ]
    if left_out := int(rows["n_without_z"].sum()):
        caption.append(f"Flagged: {left_out:,} right answers without a finite z left out, right.")
    return panels.grid(made, 2, WIDTH + 90, title, caption, sides=34)


def _values(name: str) -> dict[str, str]:
    return {"mean": name, "low": f"{name}_low", "high": f"{name}_high"}


def _panel(
    rows: pl.DataFrame,
    where: str,
    sizes: str,
    title: str,
    colour: alt.Color,
    domain: list[float] | None,
) -> alt.LayerChart:
    """Draw means with intervals by difficulty, models side by side."""
    x = alt.X(
        "difficulty:N",
        sort=[*DIFFICULTIES],
        title="solved by the scorer",
        axis=alt.Axis(labelAngle=0),
    ).scale(domain=[*DIFFICULTIES])
    scale = alt.Scale(domain=domain, nice=False) if domain else alt.Scale(zero=False)
    y = alt.Y("mean:Q", scale=scale, title=title, axis=alt.Axis(tickCount=5))
    base = alt.Chart(panels.data(rows)).encode(x, alt.XOffset("arm:N"), colour)
    labels = [label for label, _ in MARKS.values()]
    shape = alt.Shape(
        "mark:N",
        scale=alt.Scale(domain=labels, range=[each for _, each in MARKS.values()]),
        legend=alt.Legend(title=None, orient="bottom"),
    )
    tooltip = ["arm:N", "n_problems:Q", *(alt.Tooltip(f"{q}:Q", format=".3f") for q in _values(""))]
    lines = base.mark_rule(strokeWidth=1.4).encode(alt.Y("low:Q", scale=scale), alt.Y2("high:Q"))
    points = base.mark_point(size=45, filled=True, opacity=1).encode(y, tooltip=tooltip)
    layers = [lines, points.encode(shape) if "mark" in rows.columns else points]
    if domain is None:
        zero = alt.Chart(pl.DataFrame({"at": [0.0]}))
        layers.insert(0, zero.mark_rule(color=theme.FAINT, strokeDash=[4, 3]).encode(y="at:Q"))
    return alt.layer(*layers).properties(
        width=WIDTH, height=150, title=panels.panel_title(where, [sizes], WIDTH)
    )
