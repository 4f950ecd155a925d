"""Chapters of the page: what each analysis of the study has to show, in the registry's order."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from boundary.analyses.parts import caption_of, part
from boundary.analyses.record import CHAPTERS, Analysis
from boundary.analyses.registry import analyses, figure_owners
from boundary.jobs.pages import Figure, Report
from boundary.report.cells import Summary
from boundary.report.passages import Passages
from boundary.report.pictures import Drawing
from boundary.report.tags import CSS, Tag
from boundary.wording import counted, listed, number

#: Sentences, or rows of a table, that stand for a figure where it cannot be seen.
TOLD = 4


@dataclass(frozen=True)
class Check:
    """What an analysis says of how far the verdicts may be trusted.

    Attributes
    ----------
    tag : Tag
    css : str
        Its class on the page.
    text : str
        Plain, not yet escaped for HTML.
    """

    tag: Tag
    css: str
    text: str


@dataclass(frozen=True)
class Picture:
    """A figure on the page.

    Attributes
    ----------
    name, title : str
    alt : str
        What a screen reader says: the title, and the result that the figure shows.
    caption : list of str
        Paragraphs.
    sources : (str, str)
        Data URIs for wide screens and for phones.
    link : str
        Its interactive version.
    problems : bool
        Whether links to the problems of each comparison stand beside it.
    """

    name: str
    title: str
    alt: str
    caption: list[str]
    sources: tuple[str, str]
    link: str
    problems: bool


@dataclass(frozen=True)
class Content:
    """A chapter of the page: where it stands, and all that it shows."""

    id: str
    title: str
    checks: list[Check]
    figures: list[Picture]
    summaries: list[Summary]
    passages: list[Passages]


def chapters_of(
    tables: Mapping[str, pl.DataFrame], figures: Mapping[str, Drawing], job: Report, results: str
) -> list[Content]:
    """Return what each chapter shows that has anything to show, in the order of the page.

    Parameters
    ----------
    tables, figures, job
        As of `boundary.report.page.render`; rows in the order of the page.
    results : str
        The verdicts in words, for those who cannot see the figures from which they are read.
    """
    entries = [entry for name, entry in analyses().items() if name in job.analyses]
    asked = {figure.stem: figure for figure in job.figures}
    owners = figure_owners()
    chapters = []
    for chapter, title in CHAPTERS.items():
        within = [entry for entry in entries if entry.chapter == chapter]
        pictures = [
            _picture(
                asked[file],
                drawing,
                results if chapter == "answer" else result(asked[file], tables, job.confidence),
            )
            for file, drawing in figures.items()
            if owners[asked[file].name].chapter == chapter
        ]
        lines = checks(within, tables, job.confidence)
        shown = summaries(within, tables)
        quoted = passages(within, tables)
        if lines or pictures or shown or quoted:
            chapters.append(Content(chapter, title, lines, pictures, shown, quoted))
    return chapters


def result(figure: Figure, tables: Mapping[str, pl.DataFrame], confidence: float) -> str:
    """Say what a figure shows, for who cannot see it.

    It is what its analysis says beside verdicts, or else of how far they may be trusted, or else
    the first rows of the first table from which the figure is drawn and that the page shows; where
    the page shows none, it names the files.

    Parameters
    ----------
    figure : Figure
    tables : mapping of str to polars.DataFrame
        Those that the study has.
    confidence : float
        Level of the intervals.
    """
    entry = figure_owners()[figure.name]
    drawn = entry.figure(figure.name).reads
    texts = [
        f"{comparison}, {benchmark}: {text}"
        for (comparison, benchmark), lines in beside([entry], tables).items()
        for text in lines
    ] or [check.text for check in checks([entry], tables, confidence)]
    if not texts:
        shown = {
            name: frame for name, frame in tables.items() if name in drawn and name in entry.tables
        }
        for table in summaries([entry], shown)[:1]:
            rows = (zip(table.header, row, strict=True) for row in table.rows)
            texts = [
                "; ".join(f"{head} {cell}" for head, cell in row if cell != "–") + "."
                for row in rows
            ]
            texts += [f"{number(table.hidden)} more rows."] * bool(table.hidden)
    more = len(texts) - TOLD
    beyond = [f"{counted(more, 'more result')} in this chapter."] * (more > 0)
    if not texts:
        return f"Its numbers stand in {listed(sorted(f'{name}.csv' for name in drawn))}."
    return " ".join([*texts[:TOLD], *beyond])


def checks(
    entries: Iterable[Analysis], tables: Mapping[str, pl.DataFrame], confidence: float
) -> list[Check]:
    """Return what analyses say of how far the verdicts may be trusted, warnings first.

    Parameters
    ----------
    entries : iterable of Analysis
    tables : mapping of str to polars.DataFrame
        Those that the study has.
    confidence : float
        Level of the intervals.
    """
    sections = [part(entry.name, "section") for entry in entries if entry.has_section]
    lines: list[tuple[Tag, str]] = [
        line
        for section in sections
        if hasattr(section, "checks")
        for line in section.checks(tables, confidence)
    ]
    urgency = [*CSS]
    lines.sort(key=lambda line: urgency.index(line[0]))
    return [Check(tag, CSS[tag], text) for tag, text in lines]


def beside(
    entries: Iterable[Analysis],
    tables: Mapping[str, pl.DataFrame],
    place: Literal["beside", "abstract"] = "beside",
) -> dict[tuple[str, str], list[str]]:
    """Return what analyses say of each verdict, by comparison and benchmark.

    Parameters
    ----------
    entries : iterable of Analysis
    tables : mapping of str to polars.DataFrame
        Those that the study has.
    place : str
        Beside the verdict, or in the paragraph for an abstract: the function of sections.
    """
    lines: dict[tuple[str, str], list[str]] = {}
    for section in (part(entry.name, "section") for entry in entries if entry.has_section):
        if hasattr(section, place):
            for key, text in getattr(section, place)(tables).items():
                lines.setdefault(key, []).append(text)
    return lines


def summaries(entries: Iterable[Analysis], tables: Mapping[str, pl.DataFrame]) -> list[Summary]:
    """Return the tables of the page, without those that have no rows."""
    return [table for table in _made(entries, tables, "SUMMARIES") if table.rows]


def passages(entries: Iterable[Analysis], tables: Mapping[str, pl.DataFrame]) -> list[Passages]:
    """Return the responses that analyses show token by token."""
    return _made(entries, tables, "PASSAGES")


def _made(entries: Iterable[Analysis], tables: Mapping[str, pl.DataFrame], what: str) -> list[Any]:
    """Return what sections make of the tables that have rows."""
    makers = [
        (name, make)
        for entry in entries
        if entry.has_section
        for name, make in getattr(part(entry.name, "section"), what, {}).items()
    ]
    return [make(tables[name]) for name, make in makers if name in tables and tables[name].height]


def _picture(figure: Figure, drawing: Drawing, result: str) -> Picture:
    caption = caption_of(figure_owners()[figure.name].name, figure.name)
    title = figure.title or caption[0]
    return Picture(
        name=figure.stem,
        title=title,
        alt=f"{title.rstrip('.')}. {result}",
        caption=caption,
        sources=drawing.sources,
        link=f"figures/{urllib.parse.quote(figure.stem, safe='')}.html",
        problems=figure_owners()[figure.name].figure(figure.name).problems,
    )
