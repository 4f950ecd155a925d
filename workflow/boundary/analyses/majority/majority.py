"""maj@k against k: one panel a benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from boundary.figures import curves, panels, theme

TITLE = "maj@k: how often the right answer wins the vote of k samples"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the majority table."""
    title = title or TITLE
    table = tables.get("majority")
    if table is None or table.is_empty():
        return panels.nothing(title, "no sample of the study has an answer.")
    frame = curves.prepare(table.rename({"majority": "pass_at_k"}), None, study)
    benchmarks = study.benchmarks_of(frame)
    width = study.narrow(460 if len(benchmarks) == 1 else 300)
    columns = study.columns(len(benchmarks), width)
    encodings = curves.encodings(frame, study, columns * (width + 60))
    drawn = [
        curves.panel(
            name,
            frame.filter(benchmark=name),
            pl.DataFrame(schema={"verdict": pl.String, "guard": pl.String}),
            study,
            encodings=encodings,
            size=(width, 300 if len(benchmarks) == 1 else 220),
            limits=[0.0, 1.0],
            y_title="maj@k",
        )
        for name in benchmarks
    ]
    caption = [
        *curves.caption(study),
        "At k = 1 it is pass@1. A vote needs no verifier: what rises with k is what a model knows "
        "to be likeliest without having it checked. Samples without an answer have no vote, and a "
        "tie counts as the share of right ones among the tied.",
    ]
    return panels.grid(drawn, columns, width, title, caption)
