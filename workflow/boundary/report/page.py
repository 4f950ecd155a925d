"""Render the page: verdicts, figures, tables, examples, provenance.

Everything on the page that came from a model, a benchmark or a study file is
plain text that the template escapes.  The page has no JavaScript, and its
Content-Security-Policy forbids any request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from boundary.analyses.registry import analyses
from boundary.decisions import read_guards
from boundary.errors import InputError
from boundary.jobs.pages import Report
from boundary.report.chapters import beside, chapters_of
from boundary.report.examples import EXAMPLE_COLUMNS
from boundary.report.overview import groups_of, lines_of
from boundary.report.sentences import sentence, truncation, unread
from boundary.report.template import rendered
from boundary.report.text import RESPONSE_LIMIT, visible
from boundary.report.verdicts import GUARD_MEANINGS, VERDICT_MEANINGS
from boundary.rows import PairRow, VerdictRow

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
    figures: Mapping[str, str],
    provenance: Mapping[str, object],
    examples: pl.DataFrame | None,
) -> str:
    """Return the report of a study as one HTML page.

    Parameters
    ----------
    job : Report
        What the page shows of the study.
    tables : mapping of str to polars.DataFrame
        ``crossovers``, ``coverage`` and ``responses``, and those of the other
        analyses of the study.
    figures : mapping of str to str
        SVG text by figure name, in the order shown.  Each links to
        ``figures/{name}.html`` beside the page.
    provenance : mapping
        How the tables came to be; nested mappings become nested lists.
    examples : polars.DataFrame or None
        Columns ``model, benchmark, problem_id, question, response, verdict,
        correct, finish_reason``, nulls allowed; the first six of each model
        are shown.

    Returns
    -------
    str
        A page without JavaScript that makes no request.

    Raises
    ------
    InputError
        When the examples lack a column.
    """
    return rendered(
        "page.html",
        study=job.study,
        question=job.question or QUESTION,
        level=f"{100 * job.confidence:.3g} %",
        models=job.models,
        overview=groups_of(lines_of(tables, job)),
        verdicts=_verdicts(tables, job),
        meanings={**VERDICT_MEANINGS, **GUARD_MEANINGS},
        warnings=job.warnings,
        read=job.read or [],
        chapters=chapters_of(tables, figures, job),
        examples=_examples(examples, [model.name for model in job.models]),
        provenance=_pairs(provenance),
    )


def _verdicts(tables: Mapping[str, pl.DataFrame], job: Report) -> list[dict[str, str]]:
    """Return verdict, guards and sentences of each comparison and benchmark."""
    crossovers = tables["crossovers"]
    if crossovers.is_empty():
        return []
    coverage = {PairRow.of(row).key: row for row in tables["coverage"].iter_rows(named=True)}
    arms = {
        (row["model"], row["benchmark"], row["protocol"]): row
        for row in tables["responses"].iter_rows(named=True)
    }
    said = beside((entry for name, entry in analyses().items() if name in job.analyses), tables)
    verdicts = []
    ordered = crossovers.sort("benchmark", "comparison").iter_rows(named=True)
    for row in map(VerdictRow.of, ordered):
        texts = [sentence(row, coverage.get(row.key), job.confidence)]
        texts += said.get(row.key, [])
        base = arms.get((row.base, row.benchmark, row.protocol))
        other = arms.get((row.other, row.benchmark, row.other_protocol))
        texts += filter(None, (truncation(base, other), unread(base, other)))
        sides = (row.base, row.other)
        careful = dict.fromkeys(job.cautions[name] for name in sides if name in job.cautions)
        texts += [f"Caution: {visible(text)}" for text in careful]
        guard = ", ".join(read_guards(row.guard))
        verdicts.append({"verdict": row.verdict, "guard": guard, "text": " ".join(texts)})
    return verdicts


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
