"""All figures of a study at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from boundary.analyses.parts import part
from boundary.analyses.registry import figure_owners
from boundary.errors import InputError
from boundary.figures.theme import study_of


def build_figures(tables: Mapping[str, pl.DataFrame], spec: Mapping[str, Any]) -> dict[str, Any]:
    """Build the charts that a study asks for.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        What the figures read, by name; a table may be empty.
    spec : mapping
        ``study`` (name), ``figures`` (list of ``{"name", "title"}``, title may
        be null), ``models`` (list of ``{"name", "role"}`` in study order),
        ``confidence`` (such as 0.95) and optionally ``by_protocol``.

    Returns
    -------
    dict of str to altair chart
        In the order asked for.  A figure without data is a chart that says why.

    Raises
    ------
    InputError
        When a figure is not known or asked for twice, or a table is missing.
    """
    study = study_of(spec, tables)
    owners = figure_owners()
    charts: dict[str, Any] = {}
    for figure in spec["figures"]:
        name = figure["name"]
        if name not in owners:
            raise InputError(
                f"figures: there is no figure {name!r}; valid ones are {', '.join(owners)}."
            )
        if name in charts:
            raise InputError(f"figures: {name!r} is asked for twice; name each figure once.")
        try:
            builder = part(owners[name].name, name)
            charts[name] = builder.build(tables, study, figure.get("title"))
        except KeyError as error:
            if error.args and error.args[0] in tables:
                raise
            raise InputError(
                f"figures: {name} needs the table {error}, which is missing."
            ) from None
    return charts
