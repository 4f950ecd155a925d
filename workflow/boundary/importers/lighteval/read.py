"""Read details of lighteval: a row a document, with all its responses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from boundary.errors import InputError
from boundary.importers.answers import choice_columns, gold_columns, texts_of
from boundary.importers.columns import Batch, batched, brief
from boundary.importers.lighteval import NEW, OLD
from boundary.importers.parquet import rows_of, schema_of
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source
from boundary.importers.values import refuse_run, text
from boundary.importers.verdict import chosen, verdict_of
from boundary.options import LETTERS

_NAME = re.compile(r"details_(.+)_\d{4}-\d\d-\d\dT[\d.:+-]+\.parquet")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT[\d.:+-]+")
#: Metrics that say whether one response is right; all others are of several or no verdicts.
_METRICS = ("extractive_match", "em", "qem", "pem", "pqem", "acc", "pass@k:k=1&n=1")
#: Columns of the old form that are read.
_OLD_READ = ("example", "predictions", "gold", "choices", "gold_index", "metrics")


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the responses of each file.

    Raises
    ------
    InputError
        When two files are of one model and task, columns are of no version that is known,
        or a row lacks what it needs; names file and row.
    """
    first: dict[tuple[str, str], str] = {}
    for source in sources:
        model, task = _model(source), _task(source)
        refuse_run(first, (model, task), source.where, f"{task} by {model}")
        named = {"model": model, "benchmark": task}
        rows = _rows(source, request.fields.get("metric"), task, tally)
        yield from batched(({**named, **row} for row in rows), source.where)


def _model(source: Source) -> str:
    """Return the folders between ``details`` and that of the date."""
    parts = source.place.parts
    if parts and _DATE.fullmatch(parts[-1]):
        parts = parts[:-1]
    if "details" in parts:
        at = len(parts) - 1 - parts[::-1].index("details")
        return "/".join(parts[at + 1 :]) or parts[-1]
    return parts[-1]


def _task(source: Source) -> str:
    """Return the task without its suite and number of shots: ``lighteval|aime24|0``."""
    name = _NAME.fullmatch(source.name)
    parts = (name[1] if name else source.name.removesuffix(".parquet")).split("|")
    return parts[0] if len(parts) < 3 else parts[1]


def _rows(source: Source, asked: str | None, task: str, tally: Tally) -> Iterator[dict[str, Any]]:
    columns = schema_of(source)
    new = {*NEW} <= columns.keys()
    if not new and not {*OLD} <= columns.keys():
        raise InputError(
            f"{source.where}: has the columns {', '.join(sorted(columns)):.300}; versions of "
            f"lighteval that are read write {', '.join(NEW)} (since 0.11) or {', '.join(OLD)} "
            f"(before)."
        )
    metric: str | None = None
    there = _new_columns(columns, source) if new else [n for n in _OLD_READ if n in columns]
    for line, row in rows_of(source, there):
        where = f"{source.where}: row {line}"
        document = _new(row, where) if new else _old(row, line, where)
        metrics = document["metrics"]
        if line == 1:
            metric = chosen(asked, _METRICS, metrics, where)
            tally.say(_choice(task, metric, metrics))
        texts = document["texts"]
        verdict = None
        if metric is not None and len(texts) < 2:
            verdict = verdict_of(metrics.get(metric), metric, where, tally)
        elif metric is not None:
            what = f"documents have several responses and one {metric}, which is that of none"
            tally.count(what, 1, where)
        tokens = document["tokens"]
        for index, response in enumerate(texts or [None]):
            yield {
                "problem_id": document["id"],
                "sample_index": index,
                "response": response,
                "n_tokens": tokens[index] if texts and len(tokens) == len(texts) else None,
                "correct_theirs": verdict,
                "question": document["question"],
                **(_gold(document, where) if texts else {}),
                "line": line,
            }


def _new_columns(columns: Mapping[str, pl.DataType], source: Source) -> list[str | pl.Expr]:
    """Return what is read of the new form: of the tokens how many there are."""
    kind = columns["model_response"]
    fields = {field.name: field.dtype for field in getattr(kind, "fields", ())}
    if "text" not in fields:
        raise InputError(
            f"{source.where}: 'model_response' should have a field text, and is {kind}."
        )
    response = pl.col("model_response").struct
    tokens = pl.lit(None)
    if fields.get("output_tokens") == pl.List(pl.List(pl.Int64)):
        tokens = response.field("output_tokens").list.eval(pl.element().list.len())
    return ["doc", response.field("text"), tokens.alias("tokens"), "metric"]


def _choice(task: str, metric: str | None, metrics: Mapping[str, object]) -> str:
    there = ", ".join(name for name in metrics if name != metric)
    if metric is None:
        return f"{task}: has no metric of single responses (it has {there or 'none'})"
    more = f" (--field metric=NAME takes another of {there})" if there else ""
    return f"{task}: the file's verdicts are those of {metric}{more}"


def _new(row: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return a document of the columns since 0.11."""
    doc = row["doc"]
    if not isinstance(doc, dict) or not {"query", "choices", "gold_index", "id"} <= doc.keys():
        raise InputError(f"{where}: 'doc' should have query, choices, gold_index and id.")
    return {
        "id": text(doc["id"], "the document's id", where),
        "question": doc["query"] if isinstance(doc["query"], str) else None,
        "texts": texts_of(row["text"], "'model_response.text'", where),
        "tokens": row["tokens"] or [],
        "choices": doc["choices"],
        "gold_index": doc["gold_index"],
        "metrics": _metrics(row["metric"], where),
    }


def _old(row: Mapping[str, Any], line: int, where: str) -> dict[str, Any]:
    """Return a document of the columns before 0.11, which before 0.6 are all text."""
    values = {
        key: value if key == "example" else _value(value, key, where) for key, value in row.items()
    }
    golds, choices = values.get("gold"), values.get("choices")
    of_gold = golds if isinstance(golds, list) else [golds] if golds else []
    return {
        "id": str(line - 1),
        "question": values["example"] if isinstance(values["example"], str) else None,
        "texts": texts_of(values["predictions"], "'predictions'", where),
        "tokens": [],
        "choices": choices or of_gold,
        "gold_index": values.get("gold_index") if choices else [*range(len(of_gold))],
        "metrics": _metrics(values["metrics"], where),
    }


def _value(value: object, key: str, where: str) -> object:
    """Return a value that may be written as Python writes it."""
    if not isinstance(value, str):
        return value
    try:
        return ast.literal_eval(value) if value else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise InputError(
            f"{where}: {key!r} should be a value as Python writes it, found {brief(value)}."
        ) from None


def _metrics(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: the metrics should be values by name, found {brief(value)}.")
    return value


def _gold(document: Mapping[str, Any], where: str) -> dict[str, str | None]:
    """Return the gold answers, or the one right option of a choice."""
    choices = texts_of(document["choices"], "'choices'", where)
    index = document["gold_index"]
    places = index if isinstance(index, list) else [] if index is None else [index]
    most = min(len(choices), len(LETTERS))
    if not all(type(place) is int and 0 <= place < most for place in places):
        raise InputError(
            f"{where}: 'gold_index' is {brief(index)}, and there are {len(choices)} choices."
        )
    golds = [choices[place] for place in places]
    options = [choice.strip() for choice in choices]
    if len(choices) == len(golds) or options == list(LETTERS[: len(choices)]):
        return gold_columns(golds)
    return choice_columns(LETTERS[places[0]], options) if len(golds) == 1 else {}
