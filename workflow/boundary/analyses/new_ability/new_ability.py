"""What either model solves of the problems that the other leaves unsolved, and gain by rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from boundary.analyses.new_ability.tables import LABELS
from boundary.figures import panels, theme
from boundary.figures.pairs import arms_of, flagged, in_order, pair_labels
from boundary.figures.words import percent, span
from boundary.rows import PairRow, Row
from boundary.wording import number, with_interval

TITLE = "New ability: what one model solves of the problems that the other leaves unsolved"
#: Comparisons whose gain by rate is drawn.
SHOWN = 6
#: Characters of a label that stand in one line.
ONE_LINE = 45
KINDS = {"judged on other samples": theme.INK, "naive: by the samples that chose": "#B0B0B0"}
PAIR = ("comparison", "benchmark")


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the tables new_ability and gain_by_rate."""
    title = title or TITLE
    table = tables["new_ability"]
    judged = table.filter(judged="half", unsolved_by="base")
    known = table.filter(judged="half").drop_nulls("gain")
    if known.is_empty():
        why = "no comparison has problems enough that a model leaves unsolved in half its samples."
        return panels.nothing(title, why)
    rows = in_order(judged, study)
    labels = dict(
        zip(
            (PairRow.of(row).key for row in rows),
            pair_labels(list(map(PairRow.of, rows)), study),
            strict=True,
        )
    )
    drawn = [row for row in rows if row["h_min"] is not None]
    bins = [
        _bins(tables["gain_by_rate"], row, labels[PairRow.of(row).key], study)
        for row in drawn[:SHOWN]
    ]
    columns = min(len(bins), 3, study.fitting(240))
    body = alt.vconcat(
        _shares(known, labels, rows, study),
        alt.concat(*bins, columns=columns, spacing=26).resolve_scale(color="shared", y="shared"),
        spacing=30,
    ).resolve_scale(color="independent")
    halves = [row[name] for row in drawn for name in ("h_min", "h_max")]
    caption = [
        "Above: problems that one model leaves unsolved in h samples, half of what there is; "
        "points: the share of them that either solves in h samples that did not choose them, "
        f"bars: {percent(study.confidence)} intervals over problems. In words: the gain of the "
        "other over the one that left them unsolved, in percentage points, and how many problems "
        "are chosen on average. Exact expectations over all ways to split.",
        "Below: gain at k = 1 by the base's rate of success in one half, judged on the other, with "
        "its interval; beside it the naive gain over the half that chose, in which the base's luck "
        "reads as learning.",
        f"h = {span(halves)}, n = 2h or 2h + 1 samples; M = "
        f"{span([row['n_problems'] for row in drawn])} problems. Nothing here is flagged by k.",
        *flagged(rows, list(labels.values())),
    ]
    if len(drawn) > SHOWN:
        caption.append(f"{len(drawn) - SHOWN} more comparisons are in the table gain_by_rate.")
    return body.properties(title=panels.heading(title, caption, 860)).configure(
        **theme.config(sides=34)
    )


def _shares(
    known: pl.DataFrame,
    labels: Mapping[tuple[str, str], str],
    rows: Sequence[Row],
    study: theme.Study,
) -> alt.LayerChart:
    """Draw what both models solve of what each leaves unsolved, a line a set of problems."""
    places = list(labels)
    marks, words = [], []
    for row in sorted(
        known.to_dicts(), key=lambda row: (places.index(PairRow.of(row).key), row["unsolved_by"])
    ):
        arms = dict(zip(("base", "other"), PairRow.of(row).arms, strict=True))
        side = row["unsolved_by"]
        label = labels[PairRow.of(row).key]
        label = label if len(label) > ONE_LINE else label.replace("\n", " ")
        line = f"{label}\nunsolved by {study.label(*arms[side])}"
        for who, arm in arms.items():
            name = "regained" if who == side else "solved"
            ends = {"value": row[name], "low": row[f"{name}_low"], "high": row[f"{name}_high"]}
            marks.append({"row": line, "arm": study.label(*arm), **ends})
        text = f"{with_interval(row, 'gain')} of {number(row['chosen'])} problems"
        words.append({"row": line, "text": text})
    order = [word["row"] for word in words]
    axis = alt.Axis(labelLimit=330, labelExpr="split(datum.label, '\\n')")
    y = alt.Y("row:N", sort=order, title=None, axis=axis)
    colours, shapes = panels.model_scale(arms_of(rows), study)
    legend = panels.legend(colours.domain, 760)
    base = alt.Chart(panels.data(pl.DataFrame(marks))).encode(
        y=y,
        color=alt.Color("arm:N", scale=colours, legend=legend),
        yOffset=alt.YOffset("arm:N", sort=colours.domain),
    )
    x = alt.X("value:Q", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    tooltip = ["row:N", "arm:N", "value:Q", "low:Q", "high:Q"]
    bars = base.mark_rule(strokeWidth=1.6).encode(x=alt.X("low:Q"), x2="high:Q")
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(
        x=x.title("share solved in h further samples"),
        shape=alt.Shape("arm:N", scale=shapes, legend=legend),
        tooltip=tooltip,
    )
    text = (
        alt.Chart(alt.Data(values=words))
        .mark_text(align="left", fontSize=10.5, color=theme.FAINT)
        .encode(x=alt.value(372), y=y, text="text:N")
    )
    return alt.layer(bars, dots, text).properties(width=360, height=alt.Step(24))


def _bins(frame: pl.DataFrame, row: Row, label: str, study: theme.Study) -> alt.LayerChart:
    """Draw the gain of one comparison by the base's rate, and the naive one beside."""
    of = frame.filter(*(pl.col(name) == row[name] for name in PAIR), rates_of="base")
    of = of.drop_nulls("gain").sort("bin")
    kinds = list(KINDS)
    values = pl.concat(
        [
            of.select(
                "label", "problems", "gain_low", "gain_high", value="gain", kind=pl.lit(kinds[0])
            ),
            of.select(
                "label",
                "problems",
                gain_low=pl.lit(None, dtype=pl.Float64),
                gain_high=pl.lit(None, dtype=pl.Float64),
                value="naive_gain",
                kind=pl.lit(kinds[1]),
            ),
        ]
    )
    scale = alt.Scale(domain=kinds, range=[*KINDS.values()])
    legend = alt.Legend(orient="bottom", direction="horizontal", title=None, labelLimit=340)
    base = alt.Chart(panels.data(values)).encode(
        x=alt.X(
            "label:N",
            scale=alt.Scale(domain=list(LABELS)),
            title="rate of the base",
            axis=alt.Axis(labelAngle=-35),
        ),
        xOffset=alt.XOffset("kind:N", sort=kinds),
        color=alt.Color("kind:N", scale=scale, legend=legend),
    )
    bars = base.mark_rule(strokeWidth=1.6).encode(
        y=alt.Y("gain_low:Q", axis=alt.Axis(labelExpr=panels.SIGNED)).title("gain at k = 1"),
        y2="gain_high:Q",
    )
    dots = base.mark_point(filled=True, size=50, opacity=1).encode(
        y="value:Q",
        tooltip=["label:N", "kind:N", "value:Q", "gain_low:Q", "gain_high:Q", "problems:Q"],
    )
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=theme.FAINT).encode(y="zero:Q")
    name, _, models = label.partition(": ")
    return alt.layer(zero, bars, dots).properties(
        width=240, height=190, title=panels.panel_title(name, [models.replace("\n", " ")], 240)
    )
