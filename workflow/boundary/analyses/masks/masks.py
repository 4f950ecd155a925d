"""Perplexity and total surprisal with and without copied text, the answer and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import panels, sources, theme
from boundary.figures.words import clean, percent
from boundary.wording import percent as share

TITLE = "Perplexity and total surprisal, with and without masks"
WORDS = {"copied": "without copied text", "after_answer": "nothing behind the answer"}
WORDS |= {"answer": "without the answer"}
QUANTITIES = {"perplexity": "perplexity", "surprisal": "total surprisal in nats"}
ENDS = ("", "_ci_low", "_ci_high")


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the table of masks: two panels a benchmark and scorer."""
    title = title or TITLE
    masks = tables.get("masks")
    if masks is None or masks.is_empty():
        return panels.nothing(title, "no response was scored token by token.")
    every = masks.filter(responses="all")
    shown = every.filter(pl.all_horizontal(pl.col(name) < float("inf") for name in QUANTITIES))
    if shown.is_empty():
        return panels.nothing(title, "no mask has a place in any response.")
    keys = sources.in_order(shown.select("benchmark", "scorer").rows(), study)
    drawn = [
        _panel(key, quantity, shown.filter(benchmark=key[0], scorer=key[1]), study)
        for key in keys
        for quantity in QUANTITIES
    ]
    left = every.select("n_unplaced", "n_all_masked", "n_impossible").sum().sum_horizontal().item()
    caption = [
        "Open: all tokens; full: those outside the mask, of the same responses. Perplexity = "
        "exp(−mean log-probability per token), over n responses to M problems, which weigh the "
        f"same; bars: {percent(study.confidence)} intervals over problems. Copied: runs of five or "
        "more words of the question.",
    ]
    if left:
        caption.append(
            f"Flagged: {left:,} times a response is left out of a mask, as the mask's place in it "
            "is not known, covers all of it, or the scorer cannot produce it."
        )
    return panels.grid(drawn, min(2, study.fitting(480)), 480, title, caption, sides=34)


def _panel(
    key: tuple[str, ...], quantity: str, rows: pl.DataFrame, study: theme.Study
) -> alt.LayerChart:
    ordered = sorted(
        rows.to_dicts(),
        key=lambda row: (
            study.rank(row["source_model"]),
            row["source_model"],
            row["protocol"],
            list(WORDS).index(row["mask"]),
        ),
    )
    data, order = [], []
    for row in ordered:
        arm = study.label(row["source_model"], row["protocol"])
        facts = f"M = {row['n_problems']}, n = {row['n_responses']}"
        label = f"{arm}, {WORDS[row['mask']]} ({facts}, {share(row['masked_share'])} masked)"
        order.append(label)
        for of, tokens in ((quantity, "all"), (f"masked_{quantity}", "outside the mask")):
            ends = dict(zip(("value", "low", "high"), (row[of + end] for end in ENDS), strict=True))
            data.append({"row": label, "arm": arm, "tokens": tokens, **ends})
    colours, _ = panels.model_scale(rows.select("source_model", "protocol").rows(), study)
    base = alt.Chart(panels.data(pl.DataFrame(data, infer_schema_length=None)))
    y = alt.Y("row:N", sort=order, title=None, axis=alt.Axis(labelLimit=360))
    colour = alt.Color("arm:N", scale=colours, legend=None)
    scale = alt.Scale(
        type="log" if quantity == "perplexity" else "linear", zero=False, nice=False, padding=12
    )
    name = QUANTITIES[quantity] + (", log scale" if quantity == "perplexity" else "")
    shift = alt.YOffset("tokens:N", scale=alt.Scale(domain=["all", "outside the mask"]))

    axis = alt.Axis(format="~g", labelOverlap=True, tickCount=6)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, title=name, axis=axis)

    bars = base.mark_rule(strokeWidth=1.5, opacity=0.6).encode(
        x("low"), alt.X2("high:Q"), y, colour, yOffset=shift
    )
    filled = alt.FillOpacity(
        "tokens:N", scale=alt.Scale(domain=["all", "outside the mask"], range=[0, 1]), legend=None
    )
    points = base.mark_point(size=42, strokeWidth=1.5).encode(
        x("value"),
        y,
        colour,
        alt.Fill("arm:N", scale=colours, legend=None),
        filled,
        yOffset=shift,
        tooltip=[
            "row:N",
            "tokens:N",
            *(alt.Tooltip(f"{n}:Q", format=".4g") for n in ("value", "low", "high")),
        ],
    )
    scorer = f"{clean(key[0], 30)}, scored by {clean(key[1], 40)}"
    return alt.layer(bars, points).properties(
        width=300,
        height=alt.Step(13),
        title=panels.panel_title(scorer, [QUANTITIES[quantity]], 480),
    )
