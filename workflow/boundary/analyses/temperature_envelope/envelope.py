"""pass@k of both models at temperatures of their own, and at the best of a grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import curves, panels, theme
from boundary.figures.words import clean, percent
from boundary.rows import PairRow, Row
from boundary.wording import number, points

TITLE = "pass@k at the best temperature of a grid"
WIDTH = 330
#: What a panel says of a model that is behind, at its best temperature.
OUTCOMES = {
    "yes": "{} at its best catches up",
    "no": "{} at its best stays behind",
    "open": "open whether {} at its best catches up",
}


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the tables of the grid: a panel a comparison."""
    title = title or TITLE
    table = tables.get("temperature_envelope")
    if table is None or table.is_empty():
        return panels.nothing(
            title,
            "no comparison is of protocols that stand in a grid of temperatures, else equal.",
        )
    matched = {PairRow.of(row).key: row for row in tables["matched_temperature"].to_dicts()}
    groups = {PairRow.of(rows[0]): rows for rows in _by_comparison(table)}
    pairs = sorted(groups, key=study.place)
    colours, shapes = panels.model_scale([arm for pair in pairs for arm in pair.arms], study)
    legend = panels.legend(colours.domain, 2 * WIDTH)
    colour = alt.Color("arm:N", scale=colours, legend=legend)
    shape = alt.Shape("arm:N", scale=shapes, legend=legend)
    drawn = [_panel(pair, groups[pair], matched[pair.key], study, colour, shape) for pair in pairs]
    caption = [
        "Solid: each model at the temperature of the grid that is best at each k, chosen on one "
        "half of the problems and judged on the other, over many halvings; bands: pointwise "
        f"{percent(study.confidence)} intervals over problems. Dotted: at the temperature of the "
        "comparison. Flagged, and faint: k > n/2.",
    ]
    columns = study.columns(len(drawn), WIDTH)
    return panels.grid(drawn, columns, WIDTH, title, caption)


def _by_comparison(table: pl.DataFrame) -> list[list[dict[str, Any]]]:
    parts = table.sort("k").partition_by("comparison", "benchmark", maintain_order=True)
    return [part.to_dicts() for part in parts]


def _panel(
    pair: PairRow,
    rows: list[dict[str, Any]],
    matched: Row,
    study: theme.Study,
    colour: alt.Color,
    shape: alt.Shape,
) -> alt.LayerChart:
    cells = [
        {
            "k": row["k"],
            "arm": study.label(*arm),
            "compared": row[f"{side}_pass_at_k"],
            "pass_at_k": row[f"{side}_envelope"],
            "ci_low": row[f"{side}_envelope_low"],
            "ci_high": row[f"{side}_envelope_high"],
            "best": row[f"{side}_best"],
            "part": "flagged" if row["flagged"] else "solid",
        }
        for row in rows
        for side, arm in zip(("base", "other"), pair.arms, strict=True)
    ]
    frame = pl.DataFrame(cells, infer_schema_length=None).cast(
        dict.fromkeys(("compared", "pass_at_k", "ci_low", "ci_high", "best"), pl.Float64)
    )
    x = panels.k_axis(rows[-1]["k"])
    limits = curves.y_domain(
        frame.with_columns(
            ci_low=pl.min_horizontal("ci_low", "compared"),
            ci_high=pl.max_horizontal("ci_high", "compared"),
        )
    )
    y = curves.y_axis(limits)
    base = alt.Chart(panels.data(frame))
    fade = alt.Opacity(
        "part:N", scale=alt.Scale(domain=["solid", "flagged"], range=[1.0, 0.45]), legend=None
    )
    band = base.mark_area(opacity=0.13).encode(
        x, alt.Y("ci_low:Q", title="pass@k"), alt.Y2("ci_high:Q"), colour
    )
    dotted = base.mark_line(strokeWidth=1.5, strokeDash=[1.5, 3]).encode(
        x, alt.Y("compared:Q", title="pass@k"), colour
    )
    line = base.mark_line(strokeWidth=1.8).encode(x, y, colour)
    marks = base.mark_point(size=36, filled=True).encode(
        x,
        y,
        colour,
        shape,
        fade,
        tooltip=curves.tooltip(alt.Tooltip("best:Q", title="best temperature")),
    )
    return alt.layer(band, dotted, line, marks).properties(
        width=WIDTH,
        height=230,
        title=panels.panel_title(
            f"{pair.benchmark}: {pair.comparison}", _lines(pair, rows, matched, study), WIDTH
        ),
    )


def _lines(
    pair: PairRow, rows: list[dict[str, Any]], matched: Row, study: theme.Study
) -> list[str]:
    """Return the facts of a panel: sizes, the outcome at k = 1 and at K, and matched entropy."""
    first = rows[0]
    lines = [
        f"n = {number(first['n_min'])} samples a problem, "
        f"M = {number(first['n_problems'])} problems",
        f"temperatures: {clean(pair.base, 24)} {first['base_temperatures']}; "
        f"{clean(pair.other, 24)} {first['other_temperatures']}",
    ]
    for row in ends_of(rows):
        if row["recovered"]:
            behind = clean(pair.base if row["gap"] < 0 else pair.other, 24)
            low, high = points(row["caught_up_low"]), points(row["caught_up_high"])
            lines.append(
                f"k = {row['k']}: {OUTCOMES[row['recovered']].format(behind)}: "
                f"{points(row['caught_up'])} [{low}, {high}]"
            )
    if matched["temperature"] is not None:
        lines.append(
            f"{clean(pair.other, 24)} has the base's entropy of answers at "
            f"{number(matched['temperature'])}"
        )
    lines += [
        f"printed: entropy of output is the base's at {number(each.temperature)} "
        f"({clean(each.source, 40)} of {clean(each.citation, 200)})"
        for each in study.entropies
        if (each.base, each.other, each.benchmark) == (pair.base, pair.other, pair.benchmark)
        and each.base_temperature == matched["base_temperature"]
    ]
    notes = [note for note in (first["note"], matched["note"]) if note]
    return [*lines, *(clean(note, 120) for note in dict.fromkeys(notes))]


def ends_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows at k = 1 and at the largest k up to n/2."""
    inside = [row for row in rows if not row["flagged"]] or rows[:1]
    return [inside[0], inside[-1]] if len(inside) > 1 else inside
