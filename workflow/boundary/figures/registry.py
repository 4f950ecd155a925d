"""All figures of a study at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import polars as pl

from boundary.analyses.parts import part
from boundary.analyses.registry import figure_owners
from boundary.errors import InputError
from boundary.figures.theme import study_of
from boundary.figures.words import clean, wrap
from boundary.jobs.pages import Figure, Figures
from boundary.wording import counted

if TYPE_CHECKING:
    import altair as alt

#: Columns of tables that name a model.
_MODELS = ("model", "base", "other", "scorer", "source_model", "host", "donor")
#: Checkpoints that a caption names.
_NAMED = 6


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
        By the stem of their files, in the order asked for.  A figure without data is a chart
        that says why.

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
        if figure.stem in charts:
            raise InputError(f"figures: {figure.stem!r} is asked for twice; name each once.")
        declared = owners[name].figure(name)
        hidden = set() if declared.series or figure.models else set(job.checkpoints)
        try:
            builder = part(owners[name].name, name)
            shown = {
                key: selected(tables[key], figure, hidden)
                for key in declared.reads
                if key in tables
            }
            chart = builder.build(shown, study, figure.title)
        except KeyError as error:
            if error.args and error.args[0] in tables:
                raise
            raise InputError(
                f"figures: {name} needs the table {error}, which is missing."
            ) from None
        left = {
            model
            for table in declared.reads
            if hidden and table in tables
            for column in _MODELS
            if column in tables[table].columns
            for model in tables[table][column].unique()
        }
        note_hidden(chart, [each.name for each in job.models if each.name in left & hidden])
        if job.theme.font:
            chart.config.font = job.theme.font
        charts[figure.stem] = chart
    return charts


def selected(frame: pl.DataFrame, figure: Figure, hidden: Collection[str]) -> pl.DataFrame:
    """Return the rows of a table that a figure shows.

    Parameters
    ----------
    frame : polars.DataFrame
    figure : Figure
        Its ``benchmark`` and ``models``: of a comparison, both must be among these.
    hidden : collection of str
        Models that it leaves out.
    """
    kept = []
    if figure.benchmark and "benchmark" in frame.columns:
        kept.append(pl.col("benchmark") == figure.benchmark)
    for column in _MODELS:
        if column in frame.columns and (figure.models or hidden):
            name = pl.col(column)
            kept.append(name.is_in(figure.models) if figure.models else ~name.is_in([*hidden]))
    return frame.filter(*kept) if kept else frame


def note_hidden(chart: alt.TopLevelMixin, checkpoints: list[str]) -> None:
    """Say below the title of a chart which checkpoints it leaves out."""
    import altair as alt

    if checkpoints:
        names = ", ".join(clean(name, 24) for name in checkpoints[:_NAMED])
        more = len(checkpoints) - _NAMED
        beyond = f" and {counted(more, 'more checkpoint')}" if more > 0 else ""
        words = f"Not drawn: {names}{beyond}, checkpoints of a series."
        if not isinstance(chart.title, alt.TitleParams):
            chart.title = alt.TitleParams(chart.title, subtitle=[])
        chart.title.subtitle.extend(wrap(words, 440))
