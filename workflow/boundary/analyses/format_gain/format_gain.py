"""Where a gain comes from: its parts as bars that follow each other, and the gain by rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import altair as alt
import polars as pl

from boundary.analyses.format_gain.tables import PART_OF, TERM_WORDS
from boundary.comparison_tables import GRADING_RULES, PAIR_KEY
from boundary.figures import panels, theme
from boundary.figures.words import percent, span
from boundary.rows import PairRow, Row

TITLE = "Where the gain comes from"
#: Comparisons that are drawn; the others stand in the tables.
MOST = 12
WIDTH, STEP = 320, 20
_COLOURS = {"gain": theme.INK, "answering": "#0072B2", "being_right": "#009E73"}
_FLAGGED = "#D55E00"
_AXIS = alt.Axis(format="+~r", labelOverlap=True, tickCount=6)


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from format_gain and rule_gains: one or two panels a comparison."""
    title = title or TITLE
    frames = {name: tables[name] for name in ("format_gain", "rule_gains") if name in tables}
    known = {
        row.key: row
        for frame in frames.values()
        for row in map(PairRow.of, frame.unique(PAIR_KEY).iter_rows(named=True))
    }
    if not known:
        return panels.nothing(title, "scores do not tell which responses have an answer.")
    ordered = sorted(known.values(), key=study.place)
    made = [chart for row in ordered[:MOST] for chart in _panels(row, frames, study)]
    caption = [
        "Other − base in pass@1, in parts that add up, each bar from where those before it end. "
        "Answering: by how much the share of answered responses changed, at the mean accuracy of "
        "answers. Being right: by how much that accuracy changed, at the mean share. By rule: the "
        "same gain under each rule of grading and extraction.",
        f"Whiskers: {percent(study.confidence)} intervals over problems, of each bar by itself; "
        "one that reaches the edge goes on beyond it. Flagged in orange: the gain is not there "
        "under the rule that reads most, or lies the other way.",
    ]
    if len(ordered) > MOST:
        caption.append(f"{len(ordered) - MOST} more comparisons are in the tables.")
    return panels.grid(made, min(2, study.fitting(WIDTH)), WIDTH, title, caption, sides=34)


def _panels(row: PairRow, frames: Mapping[str, pl.DataFrame], study: theme.Study) -> list[Any]:
    """Return the panels of a comparison, two where responses were judged by several rules."""
    of = {
        name: frame.filter(comparison=row.comparison, benchmark=row.benchmark)
        for name, frame in frames.items()
    }
    base, other = (study.label(*arm) for arm in row.arms)
    drawn = []
    for key, draw, what in (
        ("format_gain", _parts, "parts of the gain"),
        ("rule_gains", _rules, "the gain by rule of grading"),
    ):
        if key in of and of[key].height:
            lines = [f"{other} − {base}, {what}", _facts(of[key])]
            drawn.append(draw(of[key], panels.panel_title(row.benchmark, lines, WIDTH)))
    return drawn


def _facts(frame: pl.DataFrame) -> str:
    n = span([*frame["n_base"], *frame["n_other"]])
    return f"k = 1, n = {n} samples a problem, M = {span([*frame['n_problems']])} problems"


def _parts(frame: pl.DataFrame, title: alt.Title) -> Any:
    """Draw the parts of a gain as bars of which each begins where those before it end."""
    rows = {row["term"]: row for row in frame.iter_rows(named=True)}
    begins: dict[str, float] = {}
    following: dict[str, float] = {}  # where the next part of each begins
    for term, whole in PART_OF.items():
        if term in rows:
            begins[term] = following[term] = following[whole] if whole else 0.0
            if whole:
                following[whole] += rows[term]["points"]
    bars = pl.DataFrame([_bar(rows[term], begin) for term, begin in begins.items()])
    reach = bars.filter(pl.col("whole"))
    values = [*bars["start"], *bars["end"], *reach["low"], *reach["high"], 0.0]
    x = _domain(values, "points of pass@1")
    y = alt.Y("row:N", sort=[TERM_WORDS[term] for term in begins], title=None)
    base = alt.Chart(panels.data(bars))
    tooltip = ["row:N", alt.Tooltip("points:Q", format="+.2f"), "interval:N"]
    colour = alt.Color("colour:N", scale=None)
    bar = base.mark_bar(size=11, clip=True).encode(
        x("start:Q"), alt.X2("end:Q"), y, colour, alt.Opacity("ink:Q", scale=None), tooltip=tooltip
    )
    return alt.layer(_zero(x), bar, *_whiskers(base, x, y)).properties(
        width=WIDTH, height=alt.Step(STEP), title=title
    )


def _bar(row: Row, start: float) -> dict[str, object]:
    term = str(row["term"])
    part_of = PART_OF[term]
    whole = part_of in (None, "gain")
    return {
        "row": TERM_WORDS[term],
        "start": 100 * start,
        "end": 100 * (start + row["points"]),
        "low": 100 * (start + row["ci_low"]),
        "high": 100 * (start + row["ci_high"]),
        "points": 100 * row["points"],
        "interval": f"{100 * row['ci_low']:+.2f} to {100 * row['ci_high']:+.2f}",
        "colour": _COLOURS[term if whole else str(part_of)],
        "ink": 1.0 if whole else 0.5,
        "whole": whole,
    }


def _rules(frame: pl.DataFrame, title: alt.Title) -> Any:
    """Draw the gain under each rule."""
    columns = {
        "row": pl.col("rule"),
        "at": 100 * pl.col("gain"),
        "low": 100 * pl.col("ci_low"),
        "high": 100 * pl.col("ci_high"),
        "colour": pl.when("flips").then(pl.lit(_FLAGGED)).otherwise(pl.lit(theme.INK)),
        "base": pl.col("base_pass_at_1"),
        "other": pl.col("other_pass_at_1"),
    }
    drawn = frame.select(**columns)
    x = _domain([*drawn["low"], *drawn["high"], 0.0], "gain, points of pass@1")
    order = [rule for rule in GRADING_RULES if rule in drawn["row"]]
    y = alt.Y("row:N", sort=order, title=None)
    base = alt.Chart(panels.data(drawn))
    colour = alt.Color("colour:N", scale=None)
    tooltip = [
        "row:N",
        *(alt.Tooltip(f"{name}:Q", format="+.2f") for name in ("at", "low", "high")),
        *(alt.Tooltip(f"{name}:Q", format=".1%") for name in ("base", "other")),
    ]
    whisker = base.mark_rule(strokeWidth=1.6).encode(x("low:Q"), alt.X2("high:Q"), y, colour)
    point = base.mark_point(filled=True, size=55, opacity=1).encode(
        x("at:Q"), y, colour, tooltip=tooltip
    )
    return alt.layer(_zero(x), whisker, point).properties(
        width=WIDTH, height=alt.Step(STEP), title=title
    )


def _domain(values: Sequence[float], title: str) -> Callable[[str], alt.X]:
    """Return what makes the axis of a column, over all values."""
    low, high = min(values), max(values)
    pad = 0.04 * (high - low) or 1.0
    scale = alt.Scale(domain=[low - pad, high + pad], nice=False)
    return partial(alt.X, scale=scale, title=title, axis=_AXIS)


def _zero(x: Callable[[str], alt.X]) -> alt.Chart:
    line = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=theme.FAINT, strokeDash=[4, 3])
    return line.encode(x("zero:Q"))


def _whiskers(base: alt.Chart, x: Callable[[str], alt.X], y: alt.Y) -> list[alt.Chart]:
    """Draw intervals, white below grey, so that they are seen on a bar of any colour."""
    return [
        base.mark_rule(color=shade, strokeWidth=stroke, clip=True).encode(
            x("low:Q"), alt.X2("high:Q"), y
        )
        for shade, stroke in (("white", 3), ("#666666", 1.2))
    ]
