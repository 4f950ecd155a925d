"""Read what came of the requests of a batch: each choice is a response.

Nothing there is a gold answer or a verdict.  A request that failed is as many trials
without outcome as it asked for responses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import Batch, ProblemIds, batched, brief, count_of, end_of
from boundary.importers.forms import of_a_form
from boundary.importers.head import head_of
from boundary.importers.openai_batch import REQUEST
from boundary.importers.openai_batch.requests import Requests, requests_of
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source
from boundary.importers.values import part, text

_LINES = {"output": frozenset(("custom_id", "response"))}
#: Bodies that hold responses; those of other endpoints, such as embeddings, hold none.
_BODIES = {"chat and text completions": frozenset(("choices", "model"))}


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the responses of each file of output.

    Raises
    ------
    InputError
        When a line holds something else, an id stands twice in a file or is no request's,
        or requests failed of which nobody knows the model; names file and line.
    """
    ids = ProblemIds()
    asked = [source for source in sources if head_of(source).has(*REQUEST)]
    files = [source for source in sources if source not in asked]
    if not files:
        raise InputError(f"{sources[0].where}: holds requests, and nothing that came of them.")
    requests = requests_of(asked, ids, tally)
    batch = _Batch(requests, ids, tally)
    for source in files:
        yield from batched(batch.responses(source), source.where)
    for source in files:
        yield from batched(batch.without_outcome(source), source.where)


class _Batch:
    """What is known of a batch while its files are read."""

    def __init__(self, requests: Requests, ids: ProblemIds, tally: Tally) -> None:
        self._requests, self._ids, self._tally = requests, ids, tally
        self._models: dict[str, None] = {}
        self._failed: dict[Source, list[tuple[int, str]]] = {}
        self._lacking = dict.fromkeys(requests.bodies)

    def responses(self, source: Source) -> Iterator[dict[str, object]]:
        """Yield the responses of a file, and keep which requests failed."""
        first: dict[str, int] = {}
        for line, row in source.objects():
            place = f"{source.where}: line {line}"
            name = self._ids.text(of_a_form(row, _LINES, "the batch", place)["custom_id"], place)
            if first.setdefault(name, line) != line:
                raise InputError(
                    f"{place}: custom_id {name} stands in line {first[name]} already; leave one "
                    f"of them out."
                )
            problem, question = self._requests.problem(name, place)
            self._lacking.pop(name, None)
            body = _body(row, place)
            if body is None:
                what = "requests failed and are trials without outcome"
                self._tally.count(what, 1, place)
                self._failed.setdefault(source, []).append((line, name))
                continue
            model = text(body["model"], "model", place)
            self._models[model] = None
            for response in _choices(body, place):
                asked = {"model": model, "problem_id": problem, "question": question}
                yield {**asked, **response, "line": line}

    def without_outcome(self, source: Source) -> Iterator[dict[str, object]]:
        """Yield the trials of requests of a file that failed; with the first, of those not run."""
        lacking = [(0, name) for name in self._lacking]
        self._lacking.clear()
        if lacking:
            what = "requests have no line of output and are trials without outcome"
            self._tally.count(what, len(lacking), lacking[0][1])
        for line, name in (*self._failed.get(source, ()), *lacking):
            place = f"{source.where}: line {line}"
            problem, question = self._requests.problem(name, place)
            _, number, asked = self._requests.bodies.get(name, (None, 1, None))
            model = next(iter(self._models), None)
            if len(self._models) > 1:
                model = str(asked)
                if asked not in self._models:
                    raise InputError(
                        f"{place}: request {name} failed, and the files are of several models "
                        f"({', '.join(self._models)}), so that nobody knows whose trial it was; "
                        f"give the files of one."
                    )
            row = {"model": model, "problem_id": problem, "question": question, "line": line}
            yield from [{**row, "unset": True}] * number


def _body(row: dict[str, Any], place: str) -> dict[str, Any] | None:
    """Return the body of a line; None of a request that failed."""
    response = row["response"]
    if row.get("error") is not None or response is None:
        return None
    if not isinstance(response, dict) or type(response.get("status_code")) is not int:
        raise InputError(f"{place}: response should have a status_code, and is {brief(response)}.")
    if response["status_code"] != 200:
        return None
    return of_a_form(response.get("body"), _BODIES, "the bodies of a batch", place)


def _choices(body: dict[str, Any], place: str) -> Iterator[dict[str, object]]:
    """Yield response, end and tokens of each choice."""
    choices = body["choices"]
    if not isinstance(choices, list) or not choices:
        raise InputError(f"{place}: choices should be a list, and is {brief(choices)}.")
    tokens = part(body, "usage").get("completion_tokens")
    indices = [each.get("index") if isinstance(each, dict) else each for each in choices]
    if len(set(map(repr, indices))) < len(choices):
        raise InputError(f"{place}: a choice stands twice (their indices: {brief(indices)}).")
    for choice in choices:
        message = choice.get("message", choice) if isinstance(choice, dict) else None
        text = message.get("content", message.get("text")) if isinstance(message, dict) else 0
        if not isinstance(text, str | None):
            raise InputError(f"{place}: a choice should hold a text, and is {brief(choice)}.")
        yield {
            "response": text,
            "finish_reason": end_of(choice.get("finish_reason")),
            "n_tokens": count_of(tokens) if len(choices) == 1 else None,
        }
