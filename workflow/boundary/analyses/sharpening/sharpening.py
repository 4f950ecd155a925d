"""Log-odds of the other model by those of the base, with the fitted axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import polars as pl

from boundary.figures import panels, theme
from boundary.figures.pairs import flagged, in_order, pair_labels
from boundary.figures.words import clean, percent, span
from boundary.rows import PairRow, Row
from boundary.wording import number, with_interval

TITLE = "Sharpening: log-odds of success before and after"
#: Comparisons drawn, and problems named on each.
SHOWN, NAMED = 6, 6
KINDS = {"within the line": "#9A9A9A", "other beyond": "#D55E00", "base beyond": theme.INK}


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the tables sharpening and sharpening_problems: a panel each."""
    title = title or TITLE
    rows = in_order(tables["sharpening"], study)
    labels = pair_labels(list(map(PairRow.of, rows)), study)
    lines = [(row, label) for row, label in zip(rows, labels, strict=True) if row["slope"]]
    if not lines:
        why = "no comparison has problems enough with right and wrong samples of both models."
        return panels.nothing(title, why)
    problems = tables["sharpening_problems"]
    width = study.narrow(340 if len(lines) > 1 else 440)
    drawn = [_panel(row, label, problems, study, width) for row, label in lines[:SHOWN]]
    caption = [
        "A point is a problem: log-odds (c + ½)/(n − c + ½) of its c correct of n samples, which "
        "the fit does not use, as it takes counts for what they are. Line: the fitted axis, with "
        f"its slope and a {percent(study.confidence)} interval over problems; above 1, rates are "
        "further apart. Dashed: no change.",
        "Coloured and named: problems of which a model solves more than the line and the other's "
        "count allow, at a false discovery rate of 10 %, for a person to read. They prove nothing.",
        f"n = {span([row[name] for row, _ in lines for name in ('n_base', 'n_other')])} samples, "
        f"M = {span([row['n_problems'] for row, _ in lines])} problems. Nothing here is flagged "
        "by k.",
        *flagged(rows, labels),
    ]
    if len(lines) > SHOWN:
        caption.append(f"{len(lines) - SHOWN} more comparisons are in the table sharpening.")
    return panels.grid(drawn, min(len(drawn), 3, study.fitting(width)), width, title, caption)


def _panel(
    row: Row, label: str, problems: pl.DataFrame, study: theme.Study, width: int
) -> alt.LayerChart:
    names = ("comparison", "benchmark")
    frame = problems.filter(pl.col(name) == row[name] for name in names)
    points = frame.select(
        "problem_id",
        *("base_correct", "base_n", "other_correct", "other_n"),
        kind=pl.col("beyond")
        .fill_null("within")
        .replace_strict(
            {"within": "within the line", "other": "other beyond", "base": "base beyond"}
        ),
        least=pl.min_horizontal("base_p", "other_p"),
        **{
            axis: (
                (pl.col(f"{side}_correct") + 0.5)
                / (pl.col(f"{side}_n") - pl.col(f"{side}_correct") + 0.5)
            ).log()
            for axis, side in (("x", "base"), ("y", "other"))
        },
    )
    reach = float(np.ceil(np.abs(points.select("x", "y").to_numpy()).max()))
    domain = alt.Scale(domain=[-reach, reach], nice=False)
    base, other = (study.label(*arm) for arm in PairRow.of(row).arms)
    x = alt.X("x:Q", scale=domain, title=f"log-odds of {base}")
    y = alt.Y("y:Q", scale=domain, title=f"log-odds of {other}")
    colours = alt.Scale(domain=list(KINDS), range=[*KINDS.values()])
    legend = alt.Legend(orient="bottom", direction="horizontal", title=None)
    shown = points.with_columns(problem_id=pl.col("problem_id").map_elements(clean, pl.String))
    chart = alt.Chart(panels.data(shown.drop("least")))
    shapes = alt.Scale(domain=list(KINDS), range=["circle", "triangle-up", "triangle-down"])
    dots = chart.mark_point(size=26, filled=True, opacity=0.55).encode(
        x=x,
        y=y,
        color=alt.Color("kind:N", scale=colours, legend=legend),
        shape=alt.Shape("kind:N", scale=shapes, legend=legend),
        tooltip=["problem_id:N", "base_correct:Q", "base_n:Q", "other_correct:Q", "other_n:Q"],
    )
    named = shown.filter(pl.col("kind") != "within the line").sort("least", "problem_id")
    words = (
        alt.Chart(
            panels.data(
                named.select(
                    "x",
                    "y",
                    text=pl.col("problem_id").map_elements(lambda name: clean(name, 16), pl.String),
                ).head(NAMED)
            )
        )
        .mark_text(align="left", dx=6, fontSize=10, color=theme.FAINT)
        .encode(x="x:Q", y="y:Q", text="text:N")
    )
    facts = f"slope {with_interval(row, 'slope', number)}"
    counted = f"correlation {number(row['correlation'])}, M = {number(row['n_problems'])}"
    beyond = (
        f"beyond the line: other {number(row['other_beyond'])}, base {number(row['base_beyond'])}"
    )
    layers = [_line(1.0, 0.0, reach, [4, 4]), dots]
    layers += [_line(row["slope"], row["shift"], reach, [1, 0]), words]
    return alt.layer(*layers).properties(
        width=width,
        height=width,
        title=panels.panel_title(label.replace("\n", " "), [f"{facts}; {counted}", beyond], width),
    )


def _line(slope: float, shift: float, reach: float, dash: list[int]) -> alt.Chart:
    """Draw a line as far as the panel goes."""
    ends = sorted(np.clip([(-reach - shift) / slope, (reach - shift) / slope], -reach, reach))
    values = pl.DataFrame({"x": ends, "y": [shift + slope * x for x in ends]})
    return (
        alt.Chart(panels.data(values))
        .mark_line(color=theme.INK, strokeWidth=1.4, strokeDash=dash)
        .encode(x="x:Q", y="y:Q")
    )
