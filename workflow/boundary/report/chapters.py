"""Chapters of the page: what each analysis of the study has to show, in the registry's order."""

from __future__ import annotations

import base64
import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from boundary.analyses.parts import part
from boundary.analyses.record import CHAPTERS, FOLDER, Analysis
from boundary.analyses.registry import analyses, figure_owners
from boundary.report.cells import Summary

#: Class of each tag of a check on the page, in order of urgency.
_CSS = {"warning": "wrong", "differs": "wrong", "tried": "wrong", "same": "right"}


def chapters_of(
    tables: Mapping[str, pl.DataFrame], figures: Mapping[str, str], spec: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return checks, figures and tables of each chapter that has any, in the order of the page.

    Parameters
    ----------
    tables, figures, spec : mapping
        As of `boundary.report.page.render`.
    """
    entries = [entry for name, entry in analyses().items() if name in spec["analyses"]]
    owners = figure_owners()
    chapters = []
    for chapter, title in CHAPTERS.items():
        within = [entry for entry in entries if entry.chapter == chapter]
        content: dict[str, list[Any]] = {
            "checks": checks(within, tables, float(spec["confidence"])),
            "figures": [
                _figure(name, svg, spec)
                for name, svg in figures.items()
                if owners[name].chapter == chapter
            ],
            "summaries": summaries(within, tables),
        }
        if any(content.values()):
            chapters.append({"id": chapter, "title": title, **content})
    return chapters


def checks(
    entries: Iterable[Analysis], tables: Mapping[str, pl.DataFrame], confidence: float
) -> list[dict[str, str]]:
    """Return what analyses say of how far the verdicts may be trusted, warnings first.

    Parameters
    ----------
    entries : iterable of Analysis
    tables : mapping of str to polars.DataFrame
        Those that the study has.
    confidence : float
        Level of the intervals.

    Returns
    -------
    list of dict
        ``tag`` (warning, differs, tried or same), ``css`` (its class on the
        page) and ``text``, plain and not yet escaped for HTML.
    """
    sections = [part(entry.name, "section") for entry in entries if entry.has_section]
    lines = [
        line
        for section in sections
        if hasattr(section, "checks")
        for line in section.checks(tables, confidence)
    ]
    urgency = [*_CSS]
    lines.sort(key=lambda line: urgency.index(line[0]))
    return [{"tag": tag, "css": _CSS[tag], "text": text} for tag, text in lines]


def summaries(entries: Iterable[Analysis], tables: Mapping[str, pl.DataFrame]) -> list[Summary]:
    """Return the tables of the page, without those that have no rows."""
    makers = [
        (name, make)
        for entry in entries
        if entry.has_section
        for name, make in part(entry.name, "section").SUMMARIES.items()
    ]
    shown = [make(tables[name]) for name, make in makers if name in tables and tables[name].height]
    return [table for table in shown if table.rows]


def _caption(name: str) -> list[str]:
    """Return the paragraphs of a figure's caption, which is the one that Snakemake shows."""
    text = (FOLDER / figure_owners()[name].name / f"{name}.rst").read_text(encoding="utf-8")
    return [" ".join(part.split()).replace("*", "") for part in text.strip().split("\n\n")]


def _figure(name: str, svg: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a figure as a data URI: an <img> can run no script of the SVG."""
    asked = {figure["name"]: figure.get("title") for figure in spec.get("figures", [])}
    caption = _caption(name)
    return {
        "name": name,
        "title": asked.get(name) or caption[0],
        "caption": caption,
        "source": "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode(),
        "link": f"figures/{urllib.parse.quote(name, safe='')}.html",
    }
