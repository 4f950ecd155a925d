"""The report of a comparison as a folder: that of a study, and ``result.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from boundary.analyses.parts import write
from boundary.analyses.registry import analyses, figure_owners
from boundary.analyses.run_scores import tables_of
from boundary.atomic import whole_folder
from boundary.comparison.document import document, dumps
from boundary.comparison.result import Result
from boundary.errors import InputError
from boundary.inputs import refuse_input
from boundary.jobs.pages import LIBRARY, WHICH_MODEL, Report
from boundary.store import provenance, storage_error, write_text

#: What tells a folder that a comparison wrote from any other.
MARKER, PAGE, TABLES, FIGURES = "result.json", "report.html", "tables", "figures"
_KEYS = {"version", "inputs", "comparisons"}


def refuse_foreign(folder: Path) -> None:
    """Refuse to write into a folder that holds what no comparison wrote.

    Raises
    ------
    InputError
        Names the first such file; or when the path is no folder, or is or holds an input.
    """
    if not folder.exists():
        return
    refuse_input(folder)
    if not folder.is_dir():
        raise InputError(f"--output {folder}: is a file, where a folder is written.")
    held = sorted(
        path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir() or _empty(path)
    )
    if held and not _is_ours(folder / MARKER):
        raise InputError(
            f"--output {folder}: holds {held[0]} and more that no comparison wrote (no {MARKER} of "
            f"one). Nothing was changed; name a new or an empty folder."
        )
    if foreign := [path for path in held if not _may_stand(path)]:
        raise InputError(
            f"--output {folder}: holds {foreign[0]}, which no comparison wrote and which would be "
            f"lost. Nothing was changed; move it away or name another folder."
        )


def write_folder(result: Result, folder: Path) -> None:
    """Write tables, figures, report and ``result.json``, which appear together.

    Raises
    ------
    InputError
        As of `refuse_foreign`.
    StorageError
        When the disk is full or refuses; what stood there stays.
    MachineError
        When a figure cannot be drawn.
    """
    refuse_foreign(folder)
    try:
        with whole_folder(folder.resolve()) as partial:
            _fill(result, partial)
    except OSError as error:
        raise storage_error(folder, error) from error


def _fill(result: Result, folder: Path) -> None:
    from boundary.comparison.lead import lead_drawing
    from boundary.figures.save import save, save_library
    from boundary.report.methods import METHODS, markdown, methods_of
    from boundary.report.page import render
    from boundary.report.pictures import read_drawing
    from boundary.report.several import OVERVIEW, overview_text

    content = document(result)
    made = _made(result)
    made_by = provenance(settings=vars(result.settings), inputs=content["inputs"])
    for name, tables in made.items():
        write(name, tables, folder / TABLES, made_by)
    whole = _together(made)
    drawn = {}
    save_library(folder / FIGURES)
    for name, chart in charts_of_result(result, whole).items():
        save(chart, folder / FIGURES, name)
        drawn[name] = read_drawing(folder / FIGURES, name)
    page = _page(result, whole)
    methods = methods_of(page, whole, made_by)
    lead = lead_drawing(page, whole)
    write_text(folder / PAGE, render(page, whole, drawn, made_by, None, methods, lead))
    write_text(folder / METHODS, markdown(methods, page.study))
    write_text(folder / OVERVIEW, overview_text(page))
    write_text(folder / MARKER, dumps(content) + "\n")


def tables_of_result(result: Result) -> dict[str, pl.DataFrame]:
    """Return the tables of all analyses that need scores only, by name."""
    return _together(_made(result))


def charts_of_result(result: Result, tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Return the figures of the report by name, drawn from the tables of the result."""
    from boundary.figures.registry import build_figures

    return dict(build_figures(tables, _page(result, tables)))


def _made(result: Result) -> dict[str, dict[str, pl.DataFrame]]:
    """Return the tables of each analysis."""
    of_scores = {name: entry for name, entry in analyses().items() if entry.needs == "scores"}
    return tables_of(
        result.inputs,
        {name: entry.options() for name, entry in of_scores.items()},
        [name for name, entry in of_scores.items() if entry.spare],
    )


def _together(made: Mapping[str, Mapping[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    return {name: frame for tables in made.values() for name, frame in tables.items()}


def _page(result: Result, tables: Mapping[str, pl.DataFrame]) -> Report:
    """Return what the page shows, in the order of the registry."""
    entries = [entry for entry in analyses().values() if {*entry.tables} <= tables.keys()]
    base, *others = result.sides
    names = [other.label for other in others]
    figures = [
        figure.name
        for entry in entries
        if any(tables[name].height for name in entry.tables)
        for figure in entry.figures
        if not figure.asks
    ]
    return Report.model_validate(
        {
            "study": f"{', '.join(names)} against {base.label}",
            "question": WHICH_MODEL,
            "figures": [{"name": name} for name in figures],
            "models": [
                {"name": base.label, "role": "base"},
                *({"name": name, "role": "other"} for name in names),
            ],
            "confidence": result.settings.confidence,
            "analyses": [entry.name for entry in entries],
            "arms": [],
            "config": {},
            "read": [
                f"{side.label}: {'; '.join(side.remarks)}." for side in result.sides if side.remarks
            ],
        }
    )


def _empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


def _may_stand(path: Path) -> bool:
    return path.as_posix() in {*_written()}


def _written() -> Iterator[str]:
    """Yield all files and folders that a comparison may write."""
    from boundary.figures.save import SUFFIXES
    from boundary.report.methods import METHODS
    from boundary.report.several import OVERVIEW

    yield from (MARKER, PAGE, METHODS, OVERVIEW, TABLES, FIGURES)
    for entry in analyses().values():
        yield from entry.files(TABLES)
    yield f"{FIGURES}/{LIBRARY}"
    for name in figure_owners():
        yield from (f"{FIGURES}/{name}{suffix}" for suffix in SUFFIXES)


def _is_ours(marker: Path) -> bool:
    try:
        content = json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.keys() == _KEYS
