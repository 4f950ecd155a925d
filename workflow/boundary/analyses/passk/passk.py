"""pass@k against k: one panel a benchmark, crossings marked with their verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from boundary.figures import curves, panels, printed, theme

TITLE = "pass@k: how many problems are solved within k samples"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the passk, crossovers and responses tables."""
    title = title or TITLE
    crossovers, responses = tables["crossovers"], tables["responses"]
    frame = curves.prepare(tables["passk"], crossovers, study)
    if frame.is_empty():
        return panels.nothing(title, "the passk table has no rows.")
    benchmarks = study.benchmarks_of(frame)
    width = study.narrow(460 if len(benchmarks) == 1 else 300)
    columns = study.columns(len(benchmarks), width)
    beside = printed.printed(study, frame)
    encodings = curves.encodings(frame, study, columns * (width + 60), beside)
    drawn = [
        curves.panel(
            benchmark,
            frame.filter(benchmark=benchmark),
            crossovers.filter(benchmark=benchmark),
            study,
            encodings=encodings,
            size=(width, 300 if len(benchmarks) == 1 else 220),
            notes=curves.truncation_lines(responses.filter(benchmark=benchmark), study),
            beside=beside.filter(benchmark=benchmark),
        )
        for benchmark in benchmarks
    ]
    caption = [
        *curves.caption(study),
        "Dotted vertical lines: k×, where the base overtakes, in the other model's colour; drawn "
        "only for the verdict crossover, and where no guard forbids a claim.",
        *printed.caption(beside),
    ]
    return panels.grid(drawn, columns, width, title, caption)
