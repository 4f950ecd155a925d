"""How typical one model's responses are of another, correct and wrong apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from boundary.figures import panels, theme
from boundary.figures.boxes import drawn
from boundary.figures.sources import classes

TITLE = "Typicality under each scorer"


def build(tables: Mapping[str, pl.DataFrame], study: theme.Study, title: str | None) -> Any:
    """Return the chart from the typicality table: a panel a benchmark and scorer."""
    title = title or TITLE
    table = tables.get("typicality")
    if table is None or table.is_empty():
        return panels.nothing(title, "no response was scored; the study asks for no likelihoods.")
    rows = classes(table)
    left_out = int((rows["n_without_z"] + rows["n_impossible"]).sum())
    shown = rows.filter(pl.col("n_problems") > 0).with_columns(
        problems="n_problems",
        n=pl.col("n_responses") - pl.col("n_without_z") - pl.col("n_impossible"),
    )
    if shown.is_empty():
        return panels.nothing(
            title, "no response has a z, which needs entropies; vLLM has none, transformers has."
        )
    caption = [
        "z = (surprisal − what the scorer expects) / its standard deviation, over the tokens of a "
        "response. What the scorer draws itself at temperature 1 and top_p 1 has a mean near 0 "
        "(dashed line) and a standard deviation near 1, at any length; right of the line, "
        "responses are less typical of it. Every problem weighs the same. Tick: median; box: "
        "middle half; whiskers: 5 to 95 %, which describe the spread of responses and are no "
        "confidence interval. Full: correct; pale: wrong. M counts problems, n their responses; "
        "rows may be of different problems. Panels have axes of their own.",
    ]
    if left_out:
        caption.append(f"Flagged: {left_out:,} responses without a finite z left out.")
    return drawn(shown, study, title, caption, name="z", at=0.0)
