"""Different answers, entropy and different right responses: base and other side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from boundary.columns import ARM_KEY
from boundary.figures import panels, theme
from boundary.figures.pairs import pair_labels
from boundary.figures.words import percent, span
from boundary.rows import PairRow, Row
from boundary.wording import number, with_interval

TITLE = "Diversity: different answers and responses to a problem"
SHOWN = {
    "distinct_answers": "distinct answers a problem",
    "answer_entropy_corrected": "entropy of answers, corrected (nats)",
    "distinct_correct_responses": "distinct correct responses a problem",
}
WIDTH, STEP = 190, 16


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the tables of diversity: a row a comparison, a column a measure."""
    title = title or TITLE
    changes, levels = tables.get("diversity_change"), tables.get("diversity")
    known = None if changes is None else changes.drop_nulls("base_mean")
    if levels is None or known is None or known.is_empty():
        return panels.nothing(title, "no two models are compared of which answers are known.")
    rows = sorted(known.to_dicts(), key=lambda row: study.place(PairRow.of(row)))
    pairs = list({PairRow.of(row): None for row in rows})
    label = dict(zip(pairs, pair_labels(pairs, study), strict=True))
    of_arm = {
        (*(row[name] for name in ARM_KEY), row["measure"]): row
        for row in levels.iter_rows(named=True)
    }
    points, words = [], []
    for row in rows:
        pair = PairRow.of(row)
        common = {"row": label[pair], "measure": row["measure"]}
        words.append(common | {"text": _words(row)})
        for side, (model, protocol) in zip(("base", "other"), pair.arms, strict=True):
            arm = of_arm[model, pair.benchmark, protocol, row["measure"]]
            ends = {name: arm[name] for name in ("mean", "ci_low", "ci_high")}
            points.append(common | ends | {"side": side, "arm": study.label(model, protocol)})
    colours, shapes = panels.model_scale([arm for pair in pairs for arm in pair.arms], study)
    legend = panels.legend(colours.domain, 3 * WIDTH)
    colour = alt.Color("arm:N", scale=colours, legend=legend)
    shape = alt.Shape("arm:N", scale=shapes, legend=legend)
    order = list(label.values())
    drawn = [
        _panel(measure, points, words, order, colour, shape)
        for measure in SHOWN
        if any(point["measure"] == measure for point in points)
    ]
    if not drawn:
        return panels.nothing(title, "neither answers nor right responses are known.")
    caption = [
        f"Means over problems with {percent(study.confidence)} intervals over problems; in "
        "numbers the change from base to other, paired by problem, and its interval.",
        f"n = {span([row[name] for row in rows for name in ('n_min', 'n_max')])} samples a "
        f"problem, M = {span([row['n_problems'] for row in rows])} problems. All of it grows with "
        "n: without equal n nothing is held against each other (flagged as unequal n).",
        *_flagged(rows, label),
    ]
    body = alt.hconcat(*drawn, spacing=24).resolve_scale(color="shared", shape="shared")
    return body.properties(title=panels.heading(title, caption, 3 * WIDTH + 500)).configure(
        **theme.config(sides=34)
    )


def _flagged(rows: Sequence[Row], label: Mapping[PairRow, str]) -> list[str]:
    """Say whose entropy is too low whatever is added to it, and what else is to be said of it."""
    noted: dict[str, list[str]] = {}
    for row in rows:
        if (
            row["measure"] == "answer_entropy_corrected"
            and row["note"]
            and row["change"] is not None
        ):
            name = label[PairRow.of(row)].replace("\n", " ")
            noted.setdefault(row["note"], []).append(name)
    return [f"Flagged, entropy {note}: {'; '.join(names)}." for note, names in noted.items()]


def _words(row: Row) -> str:
    if row["change"] is None:
        return "unequal n"
    sign = "+" if row["change"] > 0 else ""
    return f"{sign}{with_interval(row, 'change', number, 'ci')}"


def _panel(
    measure: str,
    points: list[dict[str, Any]],
    words: list[dict[str, Any]],
    order: list[str],
    colour: alt.Color,
    shape: alt.Shape,
) -> alt.LayerChart:
    first = measure == next(iter(SHOWN))
    axis = alt.Axis(labelLimit=330, labelExpr="split(datum.label, '\\n')") if first else None
    y = alt.Y("row:N", sort=order, title=None, axis=axis)
    offset = alt.YOffset("side:N", sort=["base", "other"])
    of = [point for point in points if point["measure"] == measure]
    base = alt.Chart(panels.data(pl.DataFrame(of)))
    x = alt.X("mean:Q", title=SHOWN[measure], scale=alt.Scale(zero=True))
    lines = base.mark_rule(strokeWidth=1.6).encode(
        alt.X("ci_low:Q"), alt.X2("ci_high:Q"), y, offset, colour
    )
    tooltip = ["arm:N", *(alt.Tooltip(f"{name}:Q", format=".4g") for name in list(of[0])[2:5])]
    marks = base.mark_point(size=60, filled=True, opacity=1).encode(
        x, y, offset, colour, shape, tooltip=tooltip
    )
    texts = [word for word in words if word["measure"] == measure]
    text = (
        alt.Chart(panels.data(pl.DataFrame(texts)))
        .mark_text(align="left", fontSize=10.5, color=theme.FAINT)
        .encode(x=alt.value(WIDTH + 8), y=y, text="text:N")
    )
    return alt.layer(lines, marks, text).properties(width=WIDTH, height=alt.Step(STEP))
