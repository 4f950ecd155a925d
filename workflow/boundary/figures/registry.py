"""All figures of a study at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from boundary.analyses.parts import part
from boundary.analyses.registry import figure_owners
from boundary.errors import InputError
from boundary.figures.theme import study_of
from boundary.jobs.pages import Figures

if TYPE_CHECKING:
    import altair as alt


def build_figures(tables: Mapping[str, pl.DataFrame], job: Figures) -> dict[str, alt.TopLevelMixin]:
    """Build the charts that a study asks for.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        What the figures read, by name; a table may be empty.
    job : Figures
        Which ones, and what they show of the study; models in its order.

    Returns
    -------
    dict of str to altair chart
        In the order asked for.  A figure without data is a chart that says why.

    Raises
    ------
    InputError
        When a figure is not known or asked for twice, or a table is missing.
    """
    study = study_of(job, tables)
    owners = figure_owners()
    charts: dict[str, alt.TopLevelMixin] = {}
    for figure in job.figures:
        name = figure.name
        if name not in owners:
            raise InputError(
                f"figures: there is no figure {name!r}; valid ones are {', '.join(owners)}."
            )
        if name in charts:
            raise InputError(f"figures: {name!r} is asked for twice; name each figure once.")
        try:
            builder = part(owners[name].name, name)
            charts[name] = builder.build(tables, study, figure.title)
        except KeyError as error:
            if error.args and error.args[0] in tables:
                raise
            raise InputError(
                f"figures: {name} needs the table {error}, which is missing."
            ) from None
    return charts
