"""Read Every Eval Ever's samples: a line is a sample under one metric of one evaluation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from boundary.errors import InputError
from boundary.importers.answers import gold_columns, texts_of
from boundary.importers.columns import Batch, ProblemIds, batched, brief, count_of
from boundary.importers.messages import spoken_by
from boundary.importers.record import Request, Tally
from boundary.importers.seeds import digest_of
from boundary.importers.source import Source
from boundary.importers.values import part

#: Versions of the schema that are read, which older files write with a name before.
_VERSIONS = re.compile(r"(?:instance_level_eval_)?0\.(?:2|3)\.\d+")
_KNOWN = "0.2 and 0.3"


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the samples of each file.

    Raises
    ------
    InputError
        When a line lacks what the schema requires, is of a version that is not known, or
        lines of one model and benchmark are of several evaluations; names file and line.
    """
    rows = _Rows(request, tally)
    for source in sources:
        yield from batched(rows.of(source), source.where)
    rows.finish()


class _Rows:
    """The trials of all files."""

    def __init__(self, request: Request, tally: Tally) -> None:
        self._fields, self._tally, self._ids = request.fields, tally, ProblemIds()
        self._taken: dict[tuple[str, str], tuple[str, str, str]] = {}
        self._left: Counter[str] = Counter()
        self._seen: set[tuple[str, str, str, bytes]] = set()

    def of(self, source: Source) -> Iterator[dict[str, Any]]:
        """Yield the trials of one file."""
        for line, item in source.objects():
            where = f"{source.where}: line {line}"
            version = item.get("schema_version")
            if not isinstance(version, str) or not _VERSIONS.fullmatch(version):
                raise InputError(
                    f"{where}: is of the schema {brief(version)}; versions {_KNOWN} are read."
                )
            model, benchmark = (_name(item, key, where) for key in ("model_id", "evaluation_name"))
            if not self._takes(item, (model, benchmark), where):
                continue
            problem = self._ids.text(item.get("sample_id"), where)
            shared: dict[str, Any] = {
                "model": model,
                "benchmark": benchmark,
                "problem_id": problem,
                "line": line,
                **_problem(item.get("input"), where),
                **self._outcome(item, where),
            }
            responses = _responses(item, where)
            key = (
                model,
                benchmark,
                problem,
                digest_of(responses[0] if len(responses) == 1 else responses),
            )
            if responses and key in self._seen:
                what = "lines repeat a response to their sample and count as trials of their own"
                self._tally.count(what, 1, where)
            self._seen.add(key)
            if len(responses) > 1:
                what = "samples have several responses and one verdict, which is that of none"
                self._tally.count(what, 1, where)
                shared |= {"correct_theirs": None, "n_tokens": None}
            for response in responses or (None,):
                yield {**shared, "response": response}

    def _takes(self, item: Mapping[str, Any], arm: tuple[str, str], where: str) -> bool:
        """Return whether a line is of the evaluation and the metric that count."""
        evaluation = _name(item, "evaluation_id", where)
        result = item.get("evaluation_result_id") or ""
        if not isinstance(result, str):
            raise InputError(f"{where}: 'evaluation_result_id' should be text.")
        if self._fields.get("evaluation", evaluation) != evaluation:
            return False
        asked = self._fields.get("result")
        if asked is not None and asked != result:
            return False
        first = self._taken.setdefault(arm, (evaluation, result, where))
        if first[0] != evaluation:
            raise InputError(
                f"{where}: is of the evaluation {evaluation}, and {first[2]} is of {first[0]}, "
                f"both of {arm[0]} on {arm[1]}. Runs are not joined unasked: name one by --field "
                f"evaluation=ID."
            )
        if first[1] != result:
            self._left[result] += 1
            return False
        return True

    def _outcome(self, item: Mapping[str, Any], where: str) -> dict[str, Any]:
        judged = part(item, "evaluation")
        right = judged.get("is_correct")
        if not isinstance(right, bool):
            raise InputError(f"{where}: 'evaluation' has no is_correct of true or false.")
        raw = part(item, "output").get("raw")
        silent = item.get("interaction_type") == "single_turn" and not raw
        if error := item.get("error"):
            how = "have no outcome" if silent else "count by their verdict"
            self._tally.count(f"samples with an error {how}", 1, f"{where}, {brief(error)}")
        return {
            "correct_theirs": right,
            "unset": bool(error) and silent,
            "rounds": count_of(judged.get("num_turns")),
            "n_tokens": count_of(part(item, "token_usage").get("output_tokens")),
        }

    def finish(self) -> None:
        """Tell what was left out.

        Raises
        ------
        InputError
            When no line is of what is asked for.
        """
        if not self._taken and self._fields:
            asked = ", ".join(f"{key}={value}" for key, value in self._fields.items())
            raise InputError(f"The files have no line of {asked} (--field).")
        for (model, benchmark), (_, result, _) in self._taken.items():
            self._tally.judge(model, benchmark, result or "evaluation")
        for result, number in self._left.items():
            self._tally.say(
                f"{number:,} lines of the metric {result or '(unnamed)'} are left out, as another "
                f"stands first (--field result=ID takes it)"
            )


def _responses(item: Mapping[str, Any], where: str) -> list[str]:
    """Return the responses of a sample; none of an agent, whose verdict alone counts."""
    kind = item.get("interaction_type")
    if kind == "single_turn":
        return texts_of(part(item, "output").get("raw"), "'output.raw'", where)
    if kind == "multi_turn":
        return spoken_by(item.get("messages"), "assistant")[-1:]
    if kind == "agentic":
        return []
    raise InputError(
        f"{where}: 'interaction_type' should be single_turn, multi_turn or agentic, found "
        f"{brief(kind)}."
    )


def _problem(asked: object, where: str) -> dict[str, str | None]:
    if not isinstance(asked, dict) or not isinstance(asked.get("raw"), str):
        raise InputError(f"{where}: 'input' has no text under raw.")
    options = texts_of(asked.get("choices"), "'input.choices'", where)
    golds = texts_of(asked.get("reference"), "'input.reference'", where)
    return {"question": asked["raw"], **gold_columns(golds, options)}


def _name(item: Mapping[str, Any], key: str, where: str) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}: {key!r} should be text, found {brief(value)}.")
    return value.strip()
