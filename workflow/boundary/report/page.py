"""Render the page: verdicts, figures, tables, examples, provenance.

Everything on the page that came from a model, a benchmark or a study file is
plain text that the template escapes.  The page has no JavaScript, and its
Content-Security-Policy forbids any request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from boundary.analyses.registry import analyses
from boundary.errors import InputError
from boundary.jobs.pages import Report
from boundary.report.abstract import abstract
from boundary.report.cards import cards_of
from boundary.report.chapters import beside, chapters_of
from boundary.report.examples import EXAMPLE_COLUMNS
from boundary.report.lead import lead_of, results
from boundary.report.links import Links
from boundary.report.methods import Methods
from boundary.report.order import in_study_order
from boundary.report.overview import cautions_of, groups_of, lines_of
from boundary.report.pictures import Drawing
from boundary.report.template import rendered
from boundary.report.text import RESPONSE_LIMIT, visible
from boundary.report.verdicts import GUARD_MEANINGS, VERDICT_MEANINGS, band_levels

EXAMPLES_PER_MODEL = 6
QUESTION = (
    "Does the trained model solve anything that its base model cannot, or does it only sample more "
    "surely what the base already could?"
)


@dataclass(frozen=True)
class Quoted:
    """Responses of a model that the page shows: columns of `EXAMPLE_COLUMNS` by name."""

    model: str
    rows: list[dict[str, object]]


def render(
    job: Report,
    tables: Mapping[str, pl.DataFrame],
    figures: Mapping[str, Drawing],
    provenance: Mapping[str, object],
    examples: pl.DataFrame | None,
    methods: Methods,
    lead: Drawing | None = None,
    explorer: str | None = None,
) -> str:
    """Return the report of a study as one HTML page.

    Parameters
    ----------
    job : Report
        What the page shows of the study.
    tables : mapping of str to polars.DataFrame
        ``crossovers``, ``coverage``, ``passk`` and ``responses``, and those of the other
        analyses of the study.
    figures : mapping of str to Drawing
        By figure name, in the order shown.  Each links to
        ``figures/{name}.html`` beside the page.
    provenance : mapping
        How the tables came to be; nested mappings become nested lists.
    examples : polars.DataFrame or None
        Columns ``model, benchmark, problem_id, question, response, verdict,
        correct, finish_reason``, nulls allowed; the first six of each model
        are shown.
    methods : Methods
        What a paper would say of how the study was done.
    lead : Drawing, optional
        Of the comparison that `boundary.report.lead.clearest` chooses.
    explorer : str, optional
        Address of the pages of single problems, relative to the page.

    Returns
    -------
    str
        A page without JavaScript that makes no request.

    Raises
    ------
    InputError
        When the examples lack a column.
    """
    ordered = in_study_order(tables, job)
    named = in_study_order(tables, job, titles=True)
    links = Links(job, named, exist=explorer is not None)
    entries = [entry for name, entry in analyses().items() if name in job.analyses]
    tested = beside(entries, ordered, "abstract")
    lines = [
        replace(
            line,
            behind=links({"comparison": row["comparison"], "benchmark": row["benchmark"]}),
            tested=tested.get((row["comparison"], row["benchmark"]), []),
        )
        for line, row in zip(
            lines_of(ordered, job), ordered["crossovers"].iter_rows(named=True), strict=True
        )
    ]
    overview = groups_of(lines)
    return rendered(
        "page.html",
        study=job.study,
        question=job.question or QUESTION,
        level=f"{100 * job.confidence:.3g} %",
        band=band_levels((line.band_level for line in lines), job.confidence),
        models=job.models,
        overview=overview,
        lead=lead_of(named, lead, job.confidence),
        abstract=abstract(lines, job.confidence) if lines else None,
        careful=cautions_of(lines),
        cards=cards_of(lines, ordered, named, job),
        meanings={**VERDICT_MEANINGS, **GUARD_MEANINGS},
        warnings=job.warnings,
        read=job.read or [],
        chapters=chapters_of(named, figures, job, results(lines)),
        examples=_examples(examples, [model.name for model in job.models]),
        methods=methods,
        provenance=_pairs(provenance),
        explorer=explorer,
        behind=links,
    )


def _examples(frame: pl.DataFrame | None, models: list[str]) -> list[Quoted]:
    """Return up to six examples of each model, models in study order."""
    if frame is None or frame.is_empty():
        return []
    missing = [name for name in EXAMPLE_COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(
            f"report: the examples have no column {', '.join(missing)}; "
            f"there are {', '.join(frame.columns)}."
        )
    quoted = frame["model"].unique(maintain_order=True).drop_nulls().to_list()
    ordered = [name for name in models if name in quoted]
    ordered += [name for name in quoted if name not in models]
    return [
        Quoted(
            model,
            [
                {
                    **row,
                    "question": visible(row["question"], RESPONSE_LIMIT),
                    "response": visible(row["response"], RESPONSE_LIMIT),
                }
                for row in frame.filter(model=model).head(EXAMPLES_PER_MODEL).to_dicts()
            ],
        )
        for model in ordered
    ]


def _pairs(value: Mapping[str, object]) -> list[tuple[str, object]]:
    """Return nested mappings as nested lists of pairs, all else as text."""
    pairs: list[tuple[str, object]] = []
    for key, item in value.items():
        if isinstance(item, Mapping):
            pairs.append((str(key), _pairs(item)))
        elif isinstance(item, str):
            pairs.append((str(key), item))
        else:
            pairs.append((str(key), json.dumps(item, ensure_ascii=False, default=str)))
    return pairs
