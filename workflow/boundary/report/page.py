"""Render the page: verdicts, figures, tables, examples, provenance.

Everything on the page that came from a model, a benchmark or a study file is
plain text that the template escapes.  The page has no JavaScript, and its
Content-Security-Policy forbids any request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from boundary.decisions import read_guards
from boundary.errors import InputError
from boundary.report.chapters import chapters_of
from boundary.report.examples import EXAMPLE_COLUMNS
from boundary.report.sentences import sentence, truncation, unread
from boundary.report.text import RESPONSE_LIMIT, visible
from boundary.report.verdicts import GUARD_MEANINGS, VERDICT_MEANINGS
from boundary.wording import number

HERE = Path(__file__).resolve().parent
PAIR = ["comparison", "benchmark"]
SIDES = ("base", "other")
EXAMPLES_PER_MODEL = 6


def render(
    study: str,
    tables: Mapping[str, pl.DataFrame],
    figures: Mapping[str, str],
    spec: Mapping[str, Any],
    provenance: Mapping[str, Any],
    examples: pl.DataFrame | None,
) -> str:
    """Return the report of a study as one HTML page.

    Parameters
    ----------
    study : str
        The study's name.
    tables : mapping of str to polars.DataFrame
        ``crossovers``, ``coverage`` and ``responses``, and those of the other
        analyses of the study.
    figures : mapping of str to str
        SVG text by figure name, in the order shown.  Each links to
        ``figures/{name}.html`` beside the page.
    spec : mapping
        As for the figures: ``models`` (``name``, ``role``), ``confidence``,
        and titles of figures; ``analyses``, names of those that the study runs;
        ``warnings`` of the study, if any.
    provenance : mapping
        What is to be told about the run; nested mappings become nested lists.
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
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    environment.filters["number"] = number
    template = environment.get_template("page.html")
    return template.render(
        study=study,
        css=(HERE / "page.css").read_text(encoding="utf-8"),
        level=f"{100 * float(spec['confidence']):.3g} %",
        models=spec["models"],
        verdicts=_verdicts(tables, float(spec["confidence"]), spec.get("cautions", {})),
        meanings={**VERDICT_MEANINGS, **GUARD_MEANINGS},
        warnings=list(spec.get("warnings", ())),
        chapters=chapters_of(tables, figures, spec),
        examples=_examples(examples, [model["name"] for model in spec["models"]]),
        provenance=_pairs(provenance),
    )


def _verdicts(
    tables: Mapping[str, pl.DataFrame], confidence: float, cautions: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return verdict, guards and sentences of each comparison and benchmark."""
    crossovers = tables["crossovers"]
    if crossovers.is_empty():
        return []
    coverage = tables["coverage"].rename({"note": "coverage_note"})
    sets = coverage.select(*PAIR, pl.exclude(crossovers.columns))
    rows = crossovers.join(sets, on=PAIR, how="left").sort("benchmark", "comparison")
    arms = {
        (row["model"], row["benchmark"], row["protocol"]): row
        for row in tables["responses"].iter_rows(named=True)
    }
    found = []
    for row in rows.iter_rows(named=True):
        texts = [sentence(row, confidence)]
        base = arms.get((row["base"], row["benchmark"], row["protocol"]))
        other = arms.get((row["other"], row["benchmark"], row["other_protocol"]))
        texts += filter(None, (truncation(base, other), unread(base, other)))
        careful = dict.fromkeys(cautions[row[side]] for side in SIDES if row[side] in cautions)
        texts += [f"Caution: {visible(text)}" for text in careful]
        guard = ", ".join(read_guards(row["guard"]))
        found.append({"verdict": row["verdict"], "guard": guard, "text": " ".join(texts)})
    return found


def _examples(frame: pl.DataFrame | None, models: list[str]) -> list[dict[str, Any]]:
    """Return up to six examples of each model, models in study order."""
    if frame is None or frame.is_empty():
        return []
    missing = [name for name in EXAMPLE_COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(
            f"report: the examples have no column {', '.join(missing)}; "
            f"found {', '.join(frame.columns)}."
        )
    found = frame["model"].unique(maintain_order=True).drop_nulls().to_list()
    ordered = [name for name in models if name in found]
    ordered += [name for name in found if name not in models]
    return [
        {
            "model": model,
            "rows": [
                {
                    **row,
                    "question": visible(row["question"], RESPONSE_LIMIT),
                    "response": visible(row["response"], RESPONSE_LIMIT),
                }
                for row in frame.filter(model=model).head(EXAMPLES_PER_MODEL).to_dicts()
            ],
        }
        for model in ordered
    ]


def _pairs(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return nested mappings as nested lists of pairs, all else as text."""
    pairs: list[tuple[str, Any]] = []
    for key, item in value.items():
        if isinstance(item, Mapping):
            pairs.append((str(key), _pairs(item)))
        elif isinstance(item, str):
            pairs.append((str(key), item))
        else:
            pairs.append((str(key), json.dumps(item, ensure_ascii=False, default=str)))
    return pairs
