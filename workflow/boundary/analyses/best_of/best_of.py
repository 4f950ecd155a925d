"""Best of k by each rank, beside pass@k and maj@k: a row a benchmark, a panel what chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from boundary.analyses.best_of.tables import RANKS
from boundary.columns import ARM_KEY
from boundary.figures import curves, panels, theme

TITLE = "Best of k: how often the response that is chosen from k is right"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the best_of table, and the majority table where there is one."""
    title = title or TITLE
    table = tables.get("best_of")
    if table is None or table.is_empty():
        return panels.nothing(title, "no response of the study has a score or a likelihood.")
    chosen = {
        words: table.filter(rank=rank).rename({"best_of": "pass_at_k"})
        for rank, words in RANKS.items()
    }
    if (votes := tables.get("majority")) is not None:
        voted = votes.join(table, on=ARM_KEY, how="semi")
        chosen["the vote (maj@k)"] = voted.rename({"majority": "pass_at_k"})
    drawn = {
        words: curves.prepare(rows, None, study) for words, rows in chosen.items() if rows.height
    }
    encodings = curves.encodings(table, study, len(drawn) * 270)
    plots = [
        curves.panel(
            benchmark,
            rows,
            pl.DataFrame(schema={"verdict": pl.String, "guard": pl.String}),
            study,
            encodings=encodings,
            size=(210, 180),
            limits=[0.0, 1.0],
            y_title="right",
            notes=[f"chosen by {words}"],
        )
        for benchmark in study.benchmarks_of(table)
        for words, frame in drawn.items()
        if (rows := frame.filter(benchmark=benchmark)).height
    ]
    caption = [
        *curves.caption(study),
        "At k = 1 every curve is pass@1. A verifier that knows finds a right response where there "
        "is one: no other choice reaches more. A curve that falls with k prefers wrong responses.",
    ]
    return panels.grid(plots, min(len(drawn), study.fitting(210)), 210, title, caption)
