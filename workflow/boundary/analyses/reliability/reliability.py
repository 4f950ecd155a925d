"""pass@k and pass^k of every model: at least one right, and all right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from boundary.figures import curves, panels, theme

TITLE = "At least one of k right, and all of k right"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the passk and reliability tables: a panel a benchmark."""
    title = title or TITLE
    above = curves.prepare(tables["passk"], None, study)
    if above.is_empty():
        return panels.nothing(title, "the passk table has no rows.")
    every = tables["reliability"].filter(measure="g_pass", threshold=1.0)
    below = curves.prepare(every.rename({"value": "pass_at_k"}), None, study)
    benchmarks = study.benchmarks_of(above)
    width = study.narrow(460 if len(benchmarks) == 1 else 300)
    columns = study.columns(len(benchmarks), width)
    encodings = curves.encodings(above, study, columns * (width + 60))
    drawn = []
    for name in benchmarks:
        chart = curves.panel(
            name,
            above.filter(benchmark=name),
            pl.DataFrame(schema={"verdict": pl.String, "guard": pl.String}),
            study,
            encodings=encodings,
            size=(width, 300 if len(benchmarks) == 1 else 240),
            limits=[0.0, 1.0],
            y_title="pass@k, pass^k",
        )
        chart.layer += _all_right(below.filter(benchmark=name), encodings)
        drawn.append(chart)
    caption = [
        *curves.caption(study),
        "Rising: pass@k, at least one of k samples is right. Falling, thin: pass^k, all of k are "
        "right, at powers of two with their intervals. The two part at k = 1; the less they part, "
        "the surer a model is of what it solves.",
    ]
    return panels.grid(drawn, columns, width, title, caption)


def _all_right(below: pl.DataFrame, encodings: tuple[alt.Color, alt.Shape]) -> list[alt.Chart]:
    """Return line, interval and symbols of pass^k; none where the table has none."""
    if below.is_empty():
        return []
    colour, shape = encodings
    shown = ["k", "pass_at_k", "ci_low", "ci_high", "arm", "part"]
    base = alt.Chart(panels.data(below.select(shown)))
    x, y = panels.k_axis(int(below["k"].max())), curves.y_axis([0.0, 1.0], "pass@k, pass^k")  # type: ignore[arg-type]
    line = base.mark_line(strokeWidth=1.1).encode(x, y, colour, curves.dash())
    spread = base.mark_rule(strokeWidth=1.1, opacity=0.5).encode(
        x, alt.Y("ci_low:Q").title("pass@k, pass^k"), alt.Y2("ci_high:Q"), colour
    )
    symbols = base.mark_point(size=26, filled=False, strokeWidth=1.2).encode(
        x, y, colour, shape, tooltip=curves.tooltip(estimate="pass^k")
    )
    return [line, spread, symbols]
