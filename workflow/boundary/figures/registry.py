"""Figure name → builder, and all figures of a study at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from boundary.errors import InputError
from boundary.figures import (
    NAMES,
    chain,
    cot,
    coverage,
    difference,
    grading,
    guess,
    histogram,
    passk,
    perplexity,
    series,
)
from boundary.figures.theme import Study, study_of

Builder = Callable[[Mapping[str, pl.DataFrame], Study, str | None], Any]

BUILDERS: dict[str, Builder] = {
    "passk": passk.build,
    "difference": difference.build,
    "coverage": coverage.build,
    "histogram": histogram.build,
    "perplexity": perplexity.build,
    "series": series.build,
    "chain": chain.build,
    "guess": guess.build,
    "grading": grading.build,
    "cot": cot.build,
}


def build_figures(tables: Mapping[str, pl.DataFrame], spec: Mapping[str, Any]) -> dict[str, Any]:
    """Build the charts that a study asks for.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        All of `boundary.tables.STUDY_TABLES` by name (a table may be empty),
        and optionally ``passk_chain``, ``passk_lenient`` and those of other rules
        (columns of passk), ``grading``, ``likelihoods``.
    spec : mapping
        ``study`` (name), ``figures`` (list of ``{"name", "title"}``, title may
        be null), ``models`` (list of ``{"name", "role"}`` in study order) and
        ``confidence`` (such as 0.95).

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
    charts: dict[str, Any] = {}
    for figure in spec["figures"]:
        name = figure["name"]
        if name not in BUILDERS:
            raise InputError(
                f"figures: there is no figure {name!r}; valid ones are {', '.join(NAMES)}."
            )
        if name in charts:
            raise InputError(f"figures: {name!r} is asked for twice; name each figure once.")
        try:
            charts[name] = BUILDERS[name](tables, study, figure.get("title"))
        except KeyError as error:
            if error.args and error.args[0] in tables:
                raise
            raise InputError(
                f"figures: {name} needs the table {error}, which is missing."
            ) from None
    return charts
