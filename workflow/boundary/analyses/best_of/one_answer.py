"""One answer of N samples of either model, and beside one sample of the model that is ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from boundary.analyses.best_of.tables import RANKS
from boundary.analyses.majority.tables import VOTE
from boundary.figures import curves, panels, theme
from boundary.figures.words import clean, percent, span
from boundary.rows import PairRow, Row, rows_by_pair

TITLE = "One answer of N samples: what each model comes to for the same samples"
#: Comparisons that are drawn; the others stand in the tables.
MOST = 8
WIDTH = 260
WORDS = RANKS | {"verifier": "the verifier (pass@N)"} | VOTE
#: By how the answer is made, in the order of `WORDS`.
_COLOURS = (theme.INK, *theme.PALETTES["vivid"])


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from best_of_pairs, and majority_pairs where there is one."""
    title = title or TITLE
    there = [tables[name] for name in ("best_of_pairs", "majority_pairs") if name in tables]
    by_pair = rows_by_pair(pl.concat(there).sort("k")) if there else {}
    if not by_pair:
        return panels.nothing(title, "no two models that are compared have ranks of responses.")
    ordered = sorted(by_pair.values(), key=lambda rows: study.place(PairRow.of(rows[0])))
    ranks = {row["rank"] for rows in ordered for row in rows}
    words = [words for rank, words in WORDS.items() if rank in ranks]
    drawn = [panel for rows in ordered[:MOST] for panel in _panels(rows, words, study)]
    caption = [
        "Base − other by one answer of N samples each; then N samples of the model that is behind "
        "at N = 1 beside one sample of the other: above zero the one of N is ahead. A verifier "
        "that knows is pass@N, which no other choice exceeds.",
        f"Paired by problem. Bands: pointwise {percent(study.confidence)} intervals over "
        "problems. Dashed and faded: N > n/2, flagged, as a curve's own sampling error cannot be "
        "estimated there.",
    ]
    if len(ordered) > MOST:
        caption.append(f"{len(ordered) - MOST} more comparisons are in the tables.")
    columns = 2 * (study.fitting(WIDTH) // 2) or 1  # the two of a comparison side by side
    return panels.grid(drawn, min(columns, len(drawn)), WIDTH, title, caption)


def _panels(rows: Sequence[Row], words: Sequence[str], study: theme.Study) -> list[alt.LayerChart]:
    """Return a panel of both models at N, and one of the model behind beside one sample."""
    pair = PairRow.of(rows[0])
    base, other = (clean(study.label(*arm), 30) for arm in pair.arms)
    lead, behind, ahead = "base_lead", base, other
    if rows[0]["diff"] > 0:
        lead, behind, ahead = "other_lead", other, base
    facts = (
        f"n = {span([row['n_min'] for row in rows])} samples a problem, "
        f"M = {span([row['n_problems'] for row in rows])} problems"
    )
    return [
        _panel(rows, name, words, (pair.benchmark, (line, facts)), y_title)
        for name, line, y_title in (
            ("diff", f"{base} − {other}, N samples of each", "base − other"),
            (lead, f"N samples of {behind} − one of {ahead}", "N samples − one"),
        )
    ]


def _panel(
    rows: Sequence[Row],
    name: str,
    words: Sequence[str],
    title: tuple[str, Sequence[str]],
    y_title: str,
) -> alt.LayerChart:
    frame = pl.DataFrame(
        [
            {
                "arm": WORDS[row["rank"]],
                "k": row["k"],
                "value": row[name],
                "low": row[f"{name}_low"],
                "high": row[f"{name}_high"],
                "flagged": row["flagged"],
            }
            for row in rows
        ]
    )
    frame = curves.with_parts(frame, ["arm"])
    shown = panels.legend(words, 2 * WIDTH)
    colour, shape = (
        make("arm:N", scale=alt.Scale(domain=words, range=values[: len(words)]), legend=shown)
        for make, values in ((alt.Color, _COLOURS), (alt.Shape, theme.SHAPES))
    )
    x = panels.k_axis(int(frame["k"].max()), "N (samples drawn), log scale")  # type: ignore[arg-type]
    y = alt.Y("value:Q", axis=alt.Axis(labelExpr=panels.SIGNED), title=y_title)
    base = alt.Chart(panels.data(frame))
    tooltip = [
        alt.Tooltip("arm:N", title="chosen by"),
        alt.Tooltip("k:Q", title="N"),
        *(alt.Tooltip(f"{column}:Q", format="+.4f") for column in ("value", "low", "high")),
    ]
    zero = alt.Chart(alt.Data(values=[{"value": 0}])).mark_rule(color=theme.INK, strokeWidth=1)
    return alt.layer(
        zero.encode(y),
        base.mark_area().encode(
            x, alt.Y("low:Q").title(y_title), alt.Y2("high:Q"), colour, curves.fade(frame)
        ),
        base.mark_line(strokeWidth=1.8).encode(x, y, colour, curves.dash()),
        base.mark_point(size=30, filled=True, opacity=1).encode(
            x, y, colour, shape, tooltip=tooltip
        ),
    ).properties(width=WIDTH, height=200, title=panels.panel_title(*title, WIDTH))
