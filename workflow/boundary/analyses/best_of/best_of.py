"""Best of k by each rank, beside pass@k and maj@k: one panel a model and benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.analyses.best_of.tables import RANKS
from boundary.columns import ARM_KEY
from boundary.figures import curves, panels, theme
from boundary.figures.words import clean

TITLE = "Best of k: how often the response that ranks highest is right"
VOTE = "the vote (maj@k)"
_WORDS = [*RANKS.values(), VOTE]
_LOOK = {"scale": alt.Scale(domain=_WORDS, range=[theme.INK, *theme.OTHER_COLOURS[: len(RANKS)]])}


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the best_of table, and the majority table where there is one."""
    title = title or TITLE
    table = tables.get("best_of")
    if table is None or table.is_empty():
        return panels.nothing(title, "no response of the study has a score or a likelihood.")
    parts = [
        (words, table.filter(rank=rank).rename({"best_of": "pass_at_k"}))
        for rank, words in RANKS.items()
    ]
    if (votes := tables.get("majority")) is not None:
        voted = votes.join(table, on=ARM_KEY, how="semi")
        parts.append((VOTE, voted.rename({"majority": "pass_at_k"})))
    frame = pl.concat(
        [
            curves.prepare(rows, None, study).with_columns(label="arm", arm=pl.lit(words))
            for words, rows in parts
            if rows.height
        ],
        how="diagonal",
    )
    shown = sorted(
        frame.select("benchmark", "label", "model", "protocol").unique().rows(),
        key=lambda row: (row[0], study.rank(row[2]), row[1]),
    )
    columns = panels.columns_for(len(shown))
    legend = panels.legend(_WORDS, columns * 360)
    colour = alt.Color("arm:N", legend=legend, **_LOOK)
    shape = alt.Shape(
        "arm:N", legend=legend, scale=alt.Scale(domain=_WORDS, range=[*theme.SHAPES[:5]])
    )
    drawn = [
        curves.panel(
            f"{clean(label, 30)} on {clean(benchmark, 30)}",
            frame.filter(benchmark=benchmark, model=model, protocol=protocol),
            pl.DataFrame(schema={"verdict": pl.String, "guard": pl.String}),
            study,
            encodings=(colour, shape),
            size=(300, 200),
            limits=[0.0, 1.0],
            y_title="right",
        )
        for benchmark, label, model, protocol in shown
    ]
    caption = [
        *curves.caption(study),
        "At k = 1 every curve is pass@1. A verifier that knows finds a right response where there "
        "is one: no rank reaches more. A curve that falls with k prefers wrong responses.",
    ]
    return panels.grid(drawn, columns, 300, title, caption)
