"""pass@k by the answer alone beside pass@k by answer and chain of thought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from boundary.columns import ARM_KEY
from boundary.figures import curves, panels, theme

TITLE = "pass@k by answer, and by answer and chain"
WIDTH = 340


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the passk and passk_chain tables.

    Only arms that have chain verdicts are drawn, in both columns, so that the
    two columns compare like with like.
    """
    title = title or TITLE
    chain = tables.get("passk_chain")
    if chain is None or chain.is_empty():
        return panels.nothing(
            title, "no response has a chain verdict; a grader that checks chains is needed."
        )
    answer = tables["passk"].join(chain.select(ARM_KEY).unique(), on=ARM_KEY, how="semi")
    left = curves.prepare(answer, tables["crossovers"], study)
    right = curves.prepare(chain, None, study)
    if right.is_empty():
        return panels.nothing(title, "the passk_chain table has no k within n.")
    encodings = curves.encodings(right, study, 2 * WIDTH)
    drawn = []
    for benchmark in study.benchmarks_of(right):
        sides = [side.filter(benchmark=benchmark) for side in (left, right)]
        limits = curves.y_domain(pl.concat(sides, how="diagonal"))
        names = (f"{benchmark}: answer correct", f"{benchmark}: answer and chain correct")
        drawn += [
            curves.panel(
                name, side, None, study, encodings=encodings, size=(WIDTH, 240), limits=limits
            )
            for name, side in zip(names, sides, strict=True)
            if not side.is_empty()
        ]
    caption = [
        *curves.caption(study),
        "Right: a sample counts only when its chain is valid too, so lucky answers drop out. "
        "Both columns share their axis.",
    ]
    return panels.grid(drawn, min(2, study.fitting(WIDTH)), WIDTH, title, caption)
