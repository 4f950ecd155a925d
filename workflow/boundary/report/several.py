"""One page over several finished studies, and what each leaves for it beside its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from boundary import strict_json
from boundary.errors import InputError
from boundary.explorer.address import filtered
from boundary.inputs import note_input
from boundary.jobs.pages import EXPLORER, Overview
from boundary.report.known import summary
from boundary.report.overview import Line, by_title, groups_of, lines_of, sources_of
from boundary.report.template import rendered
from boundary.report.text import visible
from boundary.report.verdicts import band_levels
from boundary.wording import counted

#: The file beside a study's report.
OVERVIEW = "overview.json"


def overview_text(job: Overview) -> str:
    """Return as JSON what pages say of a study's comparisons that is not in its tables."""
    values = {name: getattr(job, name) for name in Overview.model_fields}
    return Overview.model_validate(values).model_dump_json(indent=1) + "\n"


def read_overview(folder: Path) -> Overview:
    """Read that file of a finished study.

    Raises
    ------
    InputError
        When it is missing or holds something else.
    """
    path = folder / OVERVIEW
    note_input(path)
    remedy = (
        "give the folder of a finished study, such as results/studies/NAME; one of an earlier "
        "version is finished by running its study again"
    )
    try:
        return Overview.model_validate(strict_json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); {remedy}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(f"{path}: {where}: {first['msg']}; {remedy}.") from None
    except ValueError as error:
        raise InputError(f"{path}: is no JSON ({error}); {remedy}.") from None


def _behind(line: Line, page: str | None) -> str | None:
    """Return the address of a comparison's problems on the table of its study."""
    kept = filtered(comparison=line.comparison, benchmark=line.benchmark)
    return page and page + kept.removeprefix(EXPLORER)


def render_overview(
    studies: Sequence[tuple[Overview, Mapping[str, pl.DataFrame]]],
    reports: Sequence[str | None],
    title: str,
    pages: Sequence[str | None] = (),
) -> str:
    """Return the page over several studies.

    Parameters
    ----------
    studies : sequence of (Overview, mapping of str to polars.DataFrame)
        Of each what it says beside its tables, and those of
        `boundary.report.overview.TABLES`.
    reports : sequence of str or None
        Addresses of their reports, relative to the page.
    title : str
        Its heading.
    pages : sequence of str or None
        Addresses of their tables of problems, relative to the page.

    Raises
    ------
    InputError
        When no study compares anything, two have intervals at different levels, or one is
        given twice.
    """
    levels = sorted({study.confidence for study, _ in studies})
    if len(levels) > 1:
        raise InputError(
            f"the studies have intervals at levels of {', '.join(f'{x:g}' for x in levels)}; one "
            f"page has one: give them the same analyses.confidence."
        )
    lines = [
        replace(line, behind=_behind(line, page))
        for (study, tables), report, page in zip(
            studies, reports, pages or [None] * len(studies), strict=True
        )
        for line in lines_of(tables, study, report)
    ]
    if not lines:
        raise InputError(
            f"{counted(len(studies), 'study', 'studies')} without any comparison; an overview is "
            f"of comparisons: give studies that have some."
        )
    groups = groups_of(by_title(lines))
    ordered = [line for _, members in groups for line in members]
    return rendered(
        "overview.html",
        title=visible(title),
        level=f"{100 * levels[0]:.3g} %",
        band=band_levels((line.band_level for line in ordered), levels[0]),
        sentences=summary(ordered, levels[0]),
        overview=groups,
        sources=sources_of(ordered),
    )
