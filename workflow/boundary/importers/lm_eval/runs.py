"""Which file of samples is of which model, task and date, by its name and the results beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boundary.errors import InputError
from boundary.importers.head import head_of
from boundary.importers.lm_eval import is_results
from boundary.importers.source import Source
from boundary.importers.values import part, refuse_run

_DATE = r"(?P<date>\d{4}-\d\d-\d\dT[\d.:+-]+)"
_SAMPLES = re.compile(rf"samples_(?P<task>.+)_{_DATE}\.jsonl?")
_RESULTS = re.compile(rf".*_{_DATE}\.json")
#: Arguments that name the model, of which the first counts: an adapter stands before its base.
_NAMING = ("peft", "delta", "pretrained", "model", "path", "engine")


@dataclass(frozen=True)
class Results:
    """What the results of a run tell.

    Attributes
    ----------
    model : str or None
        The name of the model.
    documents : mapping of str to int
        How many documents each task had.
    lower : mapping of str to frozenset of str
        By task, metrics of which less is better.
    """

    model: str | None = None
    documents: Mapping[str, int] = field(default_factory=dict)
    lower: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One file of samples.

    Attributes
    ----------
    source : Source
    model, task : str or None
        None where neither the results nor the names of file and folder tell it.
    results : Results
        Of the same date in the same folder; empty where there are none.
    """

    source: Source
    model: str | None
    task: str | None
    results: Results

    @property
    def documents(self) -> int | None:
        """How many documents the run had, where the results tell it."""
        return self.results.documents.get(self.task or "")

    @property
    def lower(self) -> frozenset[str]:
        """Metrics of which less is better."""
        return self.results.lower.get(self.task or "", frozenset())


def runs_of(sources: Sequence[Source]) -> list[Run]:
    """Return the runs of some files, each with its results.

    Raises
    ------
    InputError
        When results cannot be read, there are no samples, or two files are of one
        model and task.
    """
    results: dict[tuple[Path, str | None], Results] = {}
    samples = []
    for source in sources:
        if is_results(head_of(source)):
            dated = _RESULTS.fullmatch(source.name)
            results[source.place, dated["date"] if dated else None] = _results(source)
        else:
            samples.append(source)
    if not samples:
        raise InputError(
            f"{sources[0].where}: holds the results of a run without its samples; give the file "
            f"samples_….jsonl, which lm_eval writes with --log_samples."
        )
    runs = [_run(source, results) for source in samples]
    first: dict[tuple[str | None, str | None], str] = {}
    for run in runs:
        what = f"task {run.task}" if run.task else "an unnamed task"
        whose = f"{what} by {run.model or 'one model'}"
        refuse_run(first, (run.model, run.task), run.source.where, whose)
    return runs


def _run(source: Source, results: Mapping[tuple[Path, str | None], Results]) -> Run:
    named = _SAMPLES.fullmatch(source.name)
    date = named["date"] if named else None
    given = results.get((source.place, date)) or results.get((source.place, None))
    if given is None and date is not None and source.member is None:
        # A file that was given alone, of a run whose results lie beside it.
        beside = Source(source.path.with_name(f"results_{date}.json"))
        given = _results(beside) if beside.path.is_file() else None
    given = given or Results()
    folder = source.folder if named else None
    return Run(source, given.model or folder, named["task"] if named else None, given)


def _results(source: Source) -> Results:
    whole = source.document()
    if not isinstance(whole, dict):
        raise InputError(f"{source.where}: should be a JSON object, and is {type(whole).__name__}.")
    documents = {
        task: count
        for task in part(whole, "n-samples")
        if type(count := part(whole, "n-samples", task).get("effective")) is int
    }
    lower = {
        task: frozenset(
            name for name, up in part(whole, "higher_is_better", task).items() if up is False
        )
        for task in part(whole, "higher_is_better")
    }
    return Results(_model(whole), documents, lower)


def _model(whole: Mapping[str, Any]) -> str | None:
    arguments = part(whole, "config").get("model_args")
    if isinstance(arguments, str):
        parts = (each.partition("=") for each in arguments.split(","))
        arguments = {key.strip(): value for key, _, value in parts}
    names = [whole.get("model_name"), *map(part(arguments).get, _NAMING)]
    return next((name.strip() for name in names if isinstance(name, str) and name.strip()), None)
