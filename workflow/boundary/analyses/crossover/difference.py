"""Paired difference base − other against k, with its simultaneous band."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, astuple, fields
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import curves, panels, theme
from boundary.figures.thin import thin
from boundary.figures.words import by_permission, clean, percent, span, verdict
from boundary.rows import PairRow, VerdictRow
from boundary.verdict_words import beside
from boundary.wording import points

TITLE = "Paired difference in pass@k, base − other"
Y_TITLE = "base − other, pass@k"
KEY = [field.name for field in fields(PairRow)]


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the differences, crossovers and passk tables."""
    title = title or TITLE
    frame = tables["differences"]
    if frame.is_empty():
        return panels.nothing(title, "the study compares no two models on any benchmark.")
    verdicts = map(VerdictRow.of, tables["crossovers"].iter_rows(named=True))
    crossovers = {row.key: row for row in verdicts}
    pairs = map(PairRow.of, frame.select(KEY).unique().iter_rows(named=True))
    keys = sorted(pairs, key=study.place)
    size = (study.narrow(460), 280) if len(keys) == 1 else (study.narrow(300), 200)
    columns = study.columns(len(keys), size[0], frame["comparison"].n_unique())
    thinned = curves.with_parts(
        thin(
            frame,
            KEY,
            {},
            {
                astuple(key): [crossovers[key.key].k_cross if key.key in crossovers else None]
                for key in keys
            },
        ),
        KEY,
    )
    drawn = []
    for key in keys:
        rows = thinned.filter(**asdict(key))
        crossing = crossovers.get(key.key)
        drawn.append(
            _panel(key, rows, crossing, n=_n(tables["passk"], key), study=study, size=size)
        )
    level = percent(study.confidence)
    caption = [
        f"Light band: simultaneous {level} (all k at once), which decides the verdict; "
        f"dark band: pointwise {level}; thin dashes: simultaneous {level} for these very problems, "
        f"sampled anew. Above zero the base solves more. Dotted line and grey "
        "stretch: k× with its interval. Dashed: k > n/2, flagged, as the sampling error "
        "cannot be estimated there.",
    ]
    return panels.grid(drawn, columns, size[0], title, caption)


def _n(passk: pl.DataFrame, key: PairRow) -> str:
    """Return samples per problem of the two arms of a comparison."""
    arms = passk.filter(
        (pl.col("benchmark") == key.benchmark)
        & (
            ((pl.col("model") == key.base) & (pl.col("protocol") == key.protocol))
            | ((pl.col("model") == key.other) & (pl.col("protocol") == key.other_protocol))
        )
    )
    return span(arms["n_min"].to_list()) if arms.height else "not known"


def _panel(
    key: PairRow,
    rows: pl.DataFrame,
    crossing: VerdictRow | None,
    *,
    n: str,
    study: theme.Study,
    size: tuple[int, int],
) -> alt.LayerChart:
    width, height = size
    k_max = int(rows["k"].max())  # type: ignore[arg-type]
    colour = study.style(key.other).colour
    x = panels.k_axis(k_max)
    y = alt.Y("diff:Q", axis=alt.Axis(labelExpr=panels.SIGNED), title=Y_TITLE)
    ends = ["ci_low", "ci_high", "band_low", "band_high", "fixed_low", "fixed_high"]
    shown = ["k", "diff", *ends, "part"]
    base = alt.Chart(panels.data(rows.select(shown)))
    drawn: list[Any] = _crossing_marks(crossing, k_max) if crossing else []
    # Two opacity channels, as layers share a channel's scale.
    for low, high, channel, opacity in (
        ("band_low", "band_high", alt.Opacity, 0.14),
        ("ci_low", "ci_high", alt.FillOpacity, 0.22),
    ):
        scale = alt.Scale(domain=["solid", "flagged"], range=[opacity, opacity / 2])
        drawn.append(
            base.mark_area(color=colour, opacity=1).encode(
                x,
                alt.Y(f"{low}:Q").title(Y_TITLE),
                alt.Y2(f"{high}:Q"),
                channel("part:N", scale=scale, legend=None),
            )
        )
    # A row without a value of the fixed band would break its line.
    fixed = alt.Chart(panels.data(rows.filter(pl.col("fixed_low").is_not_null()).select(shown)))
    drawn += [
        fixed.mark_line(color=colour, strokeWidth=0.9, strokeDash=[2, 2]).encode(
            x, alt.Y(f"{end}:Q").title(Y_TITLE)
        )
        for end in ("fixed_low", "fixed_high")
    ]
    zero = alt.Chart(alt.Data(values=[{"diff": 0}])).mark_rule(color=theme.INK, strokeWidth=1)
    drawn += [
        zero.encode(y),
        base.mark_line(color=colour, strokeWidth=1.8).encode(
            x,
            y,
            curves.dash(),
            tooltip=[
                alt.Tooltip(f"{name}:Q", format="d" if name == "k" else "+.4f")
                for name in shown[:-1]
            ],
        ),
    ]
    lines = [f"n = {n} samples a problem, M = {span(rows['n_problems'].to_list())} problems"]
    if crossing:
        if crossing.band_level is not None:
            lines[0] += f", simultaneous bands at {100 * crossing.band_level:.3g} %"
        if crossing.n_independent < crossing.n_problems:
            lines[0] += f" in {crossing.n_independent:,} clusters"
        lines += [verdict(crossing), *beside(crossing), _ends(crossing)]
        lines += by_permission(crossing.permitted)
    name = f"{clean(key.benchmark, 24)}: {study.pair(key, '−')}"
    return alt.layer(*drawn).properties(
        width=width, height=height, title=panels.panel_title(name, lines, width)
    )


def _ends(row: VerdictRow) -> str:
    """Return D at 1 and at K with the pointwise interval, in points."""
    interval = f"[{points(row.diff_ci_low)}, {points(row.diff_ci_high)}]"
    return (
        f"D(1) = {points(row.diff_at_1)} points, "
        f"D({row.k_max:,}) = {points(row.diff_at_k_max)} {interval}"
    )


def _crossing_marks(row: VerdictRow, k_max: int) -> list[Any]:
    """Return the interval of k× as a grey stretch and k× as a dotted line."""
    marks: list[Any] = []
    x = panels.k_axis(k_max)
    low, high = row.ci_low, row.ci_high
    if low is not None and high is not None:
        start = max(low, 1)
        end = k_max if math.isinf(high) else min(high, k_max)
        values = [{"k": start, "end": end}]
        stretch = alt.Chart(alt.Data(values=values)).mark_rect(color="#999999", opacity=0.16)
        marks.append(stretch.encode(x, alt.X2("end:Q")))
    if row.k_cross is not None and 1 <= row.k_cross <= k_max:
        rule = alt.Chart(alt.Data(values=[{"k": row.k_cross}]))
        mark = rule.mark_rule(color=theme.INK, strokeDash=[1, 3], strokeWidth=1.6)
        marks.append(mark.encode(x))
    return marks
