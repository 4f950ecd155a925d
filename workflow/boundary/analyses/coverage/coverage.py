"""Which problems each model solves at all: both, one of them, neither."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from boundary.analyses.coverage.sets import mcnemar_p
from boundary.comparison_tables import SETS
from boundary.decisions import read_guards
from boundary.figures import panels, theme
from boundary.figures.pairs import arms_of, in_order, pair_labels
from boundary.figures.words import apart, by_permission, clean, span
from boundary.rows import PairRow, Row, VerdictRow
from boundary.wording import number, p_value, regained

TITLE = "Coverage: problems solved at least once in n samples"
#: Comparisons of which the caption says what is regained.
MOST_TOLD = 3


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the coverage and crossovers tables."""
    title = title or TITLE
    coverage = tables["coverage"]
    if coverage.is_empty():
        return panels.nothing(title, "the study compares no two models on any benchmark.")
    rows = in_order(coverage, study)
    labels = pair_labels([PairRow.of(row) for row in rows], study)
    shares, pairs = [], []
    shown = _with_printed(labels, rows, study)
    for label, row in shown.items():
        base = study.label(row["base"], row["protocol"])
        other = study.label(row["other"], row["other_protocol"])
        groups = {"both": "both", "base_only": base, "other_only": other, "neither": "neither"}
        start = 0.0
        for name in SETS:
            share = row[name] / max(row["n_problems"], 1)
            cell = {"row": label, "group": groups[name], "count": row[name]}
            shares.append({**cell, "start": start, "end": start + share})
            start += share
        pairs.append({"row": label, "group": base, "value": -row["base_only"], "text": ""})
        pairs.append(
            {"row": label, "group": other, "value": row["other_only"], "text": _facts(row)}
        )
    colours, _ = panels.model_scale(arms_of(rows), study, theme.NEUTRAL)
    colour = alt.Color("group:N", scale=colours, legend=panels.legend(colours.domain, 760))
    y = alt.Y(
        "row:N",
        sort=[*shown],
        title=None,
        axis=alt.Axis(labelLimit=330, labelExpr="split(datum.label, '\\n')"),
    )
    body = alt.hconcat(
        _bars(pl.DataFrame(shares), y, colour, len(shown)),
        _discordant(pl.DataFrame(pairs), [*shown], colour, len(shown)),
        spacing=30,
    ).resolve_scale(color="shared")
    caption = [
        "First: share of problems solved by both models, by one only (in that model's colour), by "
        "neither. Then the discordant problems, base only to the left, other only to the right, "
        "with the counts both / base only / other only / neither and the exact two-sided McNemar "
        "p-value; no interval is drawn.",
        f"n = {span([row[name] for row in rows for name in ('n_min', 'n_max')])} samples a "
        f"problem of either model, M = {span([row['n_problems'] for row in rows])} problems. Zero "
        "correct in n samples does not mean that a model cannot solve a problem.",
        *_printed_caption(study, len(shown) - len(rows)),
        *_again(labels, rows),
        *_notes(labels, rows, tables["crossovers"]),
    ]
    return body.properties(title=panels.heading(title, caption, 760)).configure(
        **theme.config(sides=34)
    )


def _with_printed(labels: list[str], rows: Sequence[Row], study: theme.Study) -> dict[str, Row]:
    """Return rows by label, below each pair the sets that others printed of it, once each."""
    left, shown = list(study.sets), dict[str, Row]()
    for label, row in zip(labels, rows, strict=True):
        shown[label] = row
        sides = row["base"], row["other"], row["benchmark"]
        for sets in [each for each in left if (each.base, each.other, each.benchmark) == sides]:
            left.remove(sets)
            parts = {name: getattr(sets, name) for name in SETS}
            within = f", k = {number(sets.k)}" if sets.k else ""
            name = f"{clean(row['benchmark'], 20)}, printed:\n{clean(sets.source, 30)}{within}"
            shown[apart(name, shown)] = {
                **row,
                **parts,
                "n_problems": sum(parts.values()),
                "mcnemar_p": float(mcnemar_p(sets.base_only, sets.other_only)),
            }
    return shown


def _printed_caption(study: theme.Study, count: int) -> list[str]:
    """Return where sets that others printed are from, where any are drawn."""
    works = dict.fromkeys(clean(sets.citation, 200) for sets in study.sets)
    return [f"Printed by others, and no part of any estimate here: {'; '.join(works)}."][:count]


def _facts(row: Row) -> str:
    return f"{' / '.join(number(row[name]) for name in SETS)}, {p_value(row['mcnemar_p'])}"


def _again(labels: list[str], rows: Sequence[Row]) -> list[str]:
    """Say how many problems of one model alone the other regains, where there is room for it."""
    if len(rows) > MOST_TOLD:
        return ["What the other model regains of them in further samples: see the table coverage."]
    return [
        f"{label.replace(chr(10), ' ')}: of what one model alone solves in half of its samples, "
        f"the other solves in its other half {regained(row, 'base_only')} (base only), "
        f"{regained(row, 'other_only')} (other only)."
        for label, row in zip(labels, rows, strict=True)
        if row["base_only_regained"] is not None or row["other_only_regained"] is not None
    ]


def _notes(labels: list[str], rows: Sequence[Row], crossovers: pl.DataFrame) -> list[str]:
    """Return what is to be said of the sets, and of the pair that they are of."""
    verdicts = map(VerdictRow.of, crossovers.iter_rows(named=True))
    pairs = {pair.key: pair for pair in verdicts}
    lines = []
    for label, row in zip(labels, rows, strict=True):
        pair = pairs.get(PairRow.of(row).key)
        guards = ", ".join(read_guards(pair.guard)) if pair else ""
        parts = [f"no claim ({guards})"] if guards else []
        parts += by_permission(row["permitted"])
        notes = (pair.note if pair else None, row["note"])
        parts += [clean(note, 400) for note in notes if note]
        if parts:
            lines.append(f"Flagged, {label.replace(chr(10), ' ')}: {'; '.join(parts)}.")
    return lines


def _bars(frame: pl.DataFrame, y: alt.Y, colour: alt.Color, rows: int) -> Any:
    return (
        alt.Chart(panels.data(frame))
        .mark_bar(stroke="white", strokeWidth=1)
        .encode(
            x=alt.X("start:Q", axis=alt.Axis(format="%"), title="share of problems"),
            x2="end:Q",
            y=y,
            color=colour,
            tooltip=["row:N", alt.Tooltip("group:N", title="solved by"), "count:Q"],
        )
        .properties(width=250, height=alt.Step(34) if rows > 1 else 44)
    )


def _discordant(frame: pl.DataFrame, labels: list[str], colour: alt.Color, rows: int) -> Any:
    most = max(math.ceil(frame["value"].abs().max() or 0), 1)  # type: ignore[arg-type]
    y = alt.Y("row:N", sort=labels, title=None, axis=None)
    # Left to itself, an axis of few problems has ticks between whole numbers.
    ticks = {"values": list(range(-most, most + 1))} if most <= 5 else {}
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[-most, most], nice=True),
        axis=alt.Axis(labelExpr="format(abs(datum.value), 'd')", tickMinStep=1, **ticks),
        title="base only ← problems → other only",
    )
    base = alt.Chart(panels.data(frame))
    bars = base.mark_bar().encode(x=x, y=y, color=colour, tooltip=["row:N", "text:N"])
    zero = alt.Chart(alt.Data(values=[{"value": 0}])).mark_rule(color=theme.INK).encode(x=x)
    words = (
        base.transform_filter("datum.text !== ''")
        .mark_text(align="left", dx=12, fontSize=10.5, color=theme.FAINT)
        .encode(x=alt.value(200), y=y, text="text:N")
    )
    return alt.layer(bars, zero, words).properties(
        width=200, height=alt.Step(34) if rows > 1 else 44
    )
