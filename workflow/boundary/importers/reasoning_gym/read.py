"""Read reasoning-gym's results: a data set is a benchmark, a completion a response.

Scores run from 0 to 1, with partial credit; a response is right whose score is 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import Batch, batched, brief, text_id
from boundary.importers.forms import of_a_form
from boundary.importers.reasoning_gym import DATA_SET, RUN
from boundary.importers.reasoning_gym.golds import gold_of
from boundary.importers.record import Request, Tally
from boundary.importers.rewards import reward
from boundary.importers.source import Source
from boundary.importers.values import part, refuse_run, text

_FORMS = {"a run": frozenset(RUN), "a data set": frozenset(DATA_SET)}
_RESULT = {"results": frozenset(("question", "expected_answer", "mean_score", "completions"))}
_COMPLETION = {"completions": frozenset(("full_model_response", "model_answer", "score"))}
_TOOL = "reasoning-gym"
#: Of means of the same few scores.
_ROUNDING = 1e-9


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the responses of each file.

    Raises
    ------
    InputError
        When a part lacks what it needs, fewer results or completions are there than the
        file says, scores contradict their mean, or two files are of one model and data
        set; names file and result.
    """
    first: dict[tuple[str, str], str] = {}
    for source in sources:
        document = of_a_form(source.document(), _FORMS, _TOOL, source.where)
        for data_set in _data_sets(document, source):
            key = data_set.model, data_set.name
            refuse_run(first, key, data_set.where, data_set.model)
            yield from batched(_responses(data_set, tally), source.where)


@dataclass(frozen=True)
class _DataSet:
    """The results on one data set: `number` completions a problem, where the file tells it."""

    model: str
    name: str
    results: list[Any]
    number: int | None
    where: str


def _data_sets(document: dict[str, Any], source: Source) -> Iterator[_DataSet]:
    if "results" in document:
        # A folder of a run, named for the model, holds one a category, which holds the files.
        number = document.get("completions_per_prompt")
        yield _data_set(document, source.place.parent.name, number, source.where)
        return
    about = part(document, "metadata")
    model = text(about.get("model"), "metadata.model", source.where)
    if model[0] in "./":  # a folder of weights
        model = PurePosixPath(model).name
    for category in _list(document, "categories", source.where):
        parts = of_a_form(category, {"categories": frozenset(("datasets",))}, _TOOL, source.where)
        for each in _list(parts, "datasets", source.where):
            whole = of_a_form(each, {"a data set": frozenset(DATA_SET)}, _TOOL, source.where)
            yield _data_set(whole, model, about.get("eval_repeats"), source.where)


def _data_set(whole: dict[str, Any], model: str, number: object, where: str) -> _DataSet:
    results = _list(whole, "results", where)
    name = text(whole["name"], "the name of a data set", where)
    where = f"{where}: {name}"
    if whole.get("error") is not None or whole.get("total_examples", len(results)) != len(results):
        raise InputError(
            f"{where}: holds {len(results):,} results of {brief(whole.get('total_examples'))} "
            f"({brief(whole.get('error') or 'no error is told')}), so it is incomplete."
        )
    return _DataSet(model, name, results, number if type(number) is int else None, where)


def _responses(data_set: _DataSet, tally: Tally) -> Iterator[dict[str, object]]:
    seen: set[str] = set()
    for line, each in enumerate(data_set.results, start=1):
        place = f"{data_set.where}, result {line}"
        result = of_a_form(each, _RESULT, _TOOL, place)
        keys = ("question", "expected_answer")
        question, expected = (text(result[key], key, place) for key in keys)
        if question in seen:
            tally.count("results repeat a question and are samples of one problem", 1, place)
        seen.add(question)
        asked: dict[str, object] = {
            "model": data_set.model,
            "benchmark": data_set.name,
            "problem_id": text_id(question),
            "question": question,
            "line": line,
            **gold_of(data_set.name, expected),
        }
        completions = _completions(result, data_set, place, tally)
        for completion, score in completions:
            yield {
                **asked,
                "response": completion["full_model_response"],
                "answer_theirs": completion["model_answer"],
                "score": score,
                "correct_theirs": score == 1,
            }
        if lacking := (data_set.number or 0) - len(completions):
            tally.count("completions ended by an error and have no outcome", lacking, place)
            yield from [{**asked, "unset": True}] * lacking


def _completions(
    result: dict[str, Any], data_set: _DataSet, place: str, tally: Tally
) -> list[tuple[dict[str, Any], float]]:
    """Return the completions of a result with their scores, which have the mean that it tells."""
    scored = []
    for each in _list(result, "completions", place):
        completion = of_a_form(each, _COMPLETION, _TOOL, place)
        for key in ("full_model_response", "model_answer"):
            if not isinstance(completion[key], str | None):
                raise InputError(f"{place}: {key} is {brief(completion[key])}, not text.")
        score = reward(completion["score"], "score", place)
        if score is None or not 0 <= score <= 1:
            raise InputError(f"{place}: score is {brief(score)}, and should be from 0 to 1.")
        if 0 < score < 1:
            tally.count("completions have partial credit, which counts as wrong", 1, place)
        if "error" in completion:
            tally.count("completions could not be scored by the tool, which counts as wrong")
        scored.append((completion, score))
    if "error" not in result:
        mean = reward(result["mean_score"], "mean_score", place)
        if data_set.number not in (None, len(scored)) or mean is None:
            raise InputError(
                f"{place}: has {len(scored)} completions and the run {data_set.number} a question."
            )
        if abs(mean - math.fsum(score for _, score in scored) / max(len(scored), 1)) > _ROUNDING:
            raise InputError(
                f"{place}: its {len(scored)} scores have another mean than mean_score, "
                f"{mean:g}, so that one was changed or left out."
            )
    return scored


def _list(whole: dict[str, Any], key: str, where: str) -> list[Any]:
    if not isinstance(whole[key], list):
        raise InputError(f"{where}: {key} is {brief(whole[key])}, and should be a list.")
    return list(whole[key])
