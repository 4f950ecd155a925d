"""The figure that a page begins with, drawn: between the stages of figures and of the report."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.figures.phone import for_phone
from boundary.figures.registry import build_figures
from boundary.figures.save import drawn
from boundary.jobs.pages import Figure, Report
from boundary.report.lead import FIGURE, clearest, tables_of
from boundary.report.order import in_study_order
from boundary.report.pictures import Drawing


def lead_drawing(job: Report, tables: Mapping[str, pl.DataFrame]) -> Drawing | None:
    """Draw the panel with the clearest verdict; None where nothing is compared.

    Raises
    ------
    MachineError
        When it cannot be drawn.
    """
    row = clearest(in_study_order(tables, job)["crossovers"])
    if row is None:
        return None
    title = f"{job.title(row.comparison)}: pass@k on {row.benchmark}"
    panel = job.model_copy(update={"figures": [Figure(name=FIGURE, title=title)]})
    chart = build_figures(tables_of(row, tables), panel)[FIGURE].to_dict()
    return Drawing(drawn(chart, FIGURE), drawn(for_phone(chart), FIGURE))
