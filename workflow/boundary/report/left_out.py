"""Models that an analysis leaves out: the page names them, so that none is missing unseen."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.columns import ARM_KEY
from boundary.report.tags import Tag
from boundary.report.text import visible
from boundary.wording import listed


def left_out(
    tables: Mapping[str, pl.DataFrame], table: str, subject: str, why: str
) -> list[tuple[Tag, str]]:
    """Warn, by benchmark, of models that have pass@k and no row in a table of an analysis.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Those that the study has.
    table : str
        What the analysis makes; absent where no model has what it needs.
    subject : str
        What the models are left out of, a plural.
    why : str
        What their files lack and what to do, in sentences.
    """
    if "passk" not in tables:
        return []
    arms = tables["passk"].select(ARM_KEY).unique().sort("benchmark", *ARM_KEY)
    if (rows := tables.get(table)) is not None:
        arms = arms.join(rows, on=ARM_KEY, how="anti", maintain_order="left")
    return [
        (
            "warning",
            f"{subject} on {visible(benchmark)} leave out "
            f"{listed([f'{visible(model)} ({visible(protocol)})' for model, protocol in rows])}: "
            f"{why}",
        )
        for (benchmark,), frame in arms.group_by("benchmark", maintain_order=True)
        for rows in [frame.select("model", "protocol").rows()]
    ]
