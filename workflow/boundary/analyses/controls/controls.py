"""pass@k of controls as a third line beside what they are held against: a panel each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from boundary.analyses.controls.words import at_setting, explains, leads, of_arms, shown
from boundary.figures import curves, panels, theme
from boundary.figures.words import clean
from boundary.rows import PairRow, Row
from boundary.wording import number

TITLE = "Controls: what else than training could explain the gain"
WIDTH = 340


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the passk and controls tables: a panel a comparison and kind."""
    title = title or TITLE
    table = tables.get("controls")
    if table is None or table.is_empty():
        return panels.nothing(title, "no comparison is held against a control.")
    parts = table.sort("k").partition_by("benchmark", "comparison", "kind", maintain_order=True)
    groups = sorted(
        (part.to_dicts() for part in parts),
        key=lambda rows: (study.place(PairRow.of(rows[0])), rows[0]["kind"]),
    )
    frame = curves.prepare(tables["passk"], None, study)
    drawn = {arm for rows in groups for row in rows for arm in _labels(row, study)}
    encodings = curves.encodings(frame.filter(pl.col("arm").is_in(drawn)), study, 2 * WIDTH)
    caption = [
        *curves.caption(study),
        "Curves are of all problems. What a control explains is told of the setting that has the "
        "highest pass@1 on one half of the problems, and judged on the other half.",
    ]
    made = [_panel(rows, frame, study, encodings) for rows in groups]
    return panels.grid(made, study.columns(len(made), WIDTH), WIDTH, title, caption)


def _labels(row: Row, study: theme.Study) -> list[str]:
    return [study.label(*arm) for arm in of_arms(row)]


def _panel(
    rows: Sequence[Row],
    frame: pl.DataFrame,
    study: theme.Study,
    encodings: tuple[alt.Color, alt.Shape],
) -> alt.LayerChart:
    first = rows[0]
    labels = {label for row in rows for label in _labels(row, study)}
    return curves.panel(
        f"{first['benchmark']}: {first['comparison']}, {first['kind']}",
        frame.filter(pl.col("arm").is_in(labels), benchmark=first["benchmark"]),
        None,
        study,
        encodings=encodings,
        size=(WIDTH, 230),
        notes=_lines(rows),
    )


def _lines(rows: Sequence[Row]) -> list[str]:
    """Return what a panel says: which protocol is which setting, and the sentence in parts."""
    named = dict.fromkeys((row["control_protocol"], row["setting"]) for row in rows)
    lines = [
        ", ".join(f"{clean(protocol, 20)}: {clean(setting, 30)}" for protocol, setting in named)
    ]
    ends = shown(rows)
    if not ends:
        return [*lines, *(clean(note, 120) for note in {row["note"] for row in rows} if note)]
    (start, _), (trained, _), _ = of_arms(ends[0])
    setting, control = clean(ends[0]["setting"], 30), clean(start, 24)
    if ends[0]["chosen"]:
        lines.append(f"{setting} chosen; on the other {number(ends[0]['n_problems'])} problems:")
    lines.append(explains(ends[0]))
    at = at_setting(control, setting, ends[0]["kind"])
    return [*lines, *(leads(row, at, clean(trained, 24)) for row in ends)]
