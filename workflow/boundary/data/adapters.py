"""Which function reads the rows of which benchmark: the ``adapter`` of a registry entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from boundary import strict_json
from boundary.data import evalplus, livecodebench, math_sets, visual_sets
from boundary.data.pictures import pictures
from boundary.data.problem import Problem, Row, absent, field, label, text
from boundary.digests import canonical_json
from boundary.errors import InputError
from boundary.golds import gold_text, math_gold
from boundary.kinds import KINDS
from boundary.options import LETTERS, choices_of, option_form, texts_of

#: From a row and its position in the data to a problem; None: it is none of the benchmark.
Adapter = Callable[[Row, int], Problem | None]


def plain(row: Row, index: int, kind: str = "math") -> Problem:
    """Rows of a user's own file: ``problem_id``, ``question`` and ``answer``.

    ``kind`` is that of the benchmark unless given; ``tests`` and ``metadata`` may
    be JSON or text that holds JSON.  A choice has ``choices``, a list of texts,
    and as answer the letter of one or its text; the options are put behind a
    question that does not hold them.  A text may have a list of answers.  ``image`` or
    ``images`` are shown with the question (`boundary.data.pictures.pictures`).
    """
    name = kind if absent(row.get("kind")) else str(row["kind"] or kind)
    if name not in KINDS:
        raise InputError(f"'kind' should be one of {', '.join(KINDS)}, found {name!r}")
    entry, tests = KINDS[name], _json(row, "tests")
    if entry.programs and tests is None:
        raise InputError(f"is of kind {name} and has no 'tests'")
    problem = Problem(
        problem_id=label(field(row, "problem_id")),
        question=text(row, "question"),
        answer=None,
        kind=name,
        tests=tests,
        metadata=_json(row, "metadata"),
    )
    if shown := pictures(row, "images", "image"):
        problem["pictures"] = shown
    if entry.gold == "letter":
        return _choice(row, problem)
    if entry.gold == "texts":
        return _text(row, problem)
    if entry.gold == "free":
        given = row.get("answer")
        return {**problem, "answer": None if absent(given) else str(given)}
    return {**problem, "answer": _gold(row, math_gold if entry.gold == "latex" else gold_text)}


def _gold(row: Row, read: Callable[[Any], str] = gold_text) -> str:
    return read(row["answer"] if "answer" in row else field(row, "answer"))


def _choice(row: Row, problem: Problem) -> Problem:
    """Take the options of a choice, and the letter of the right one."""
    metadata = _with(problem, {"choices": row.get("choices")})
    options = strict_json.loads(metadata or "{}").get("choices")
    given = _gold(row)
    if isinstance(options, list) and given not in LETTERS[: len(options)]:
        forms = [option_form(one) if isinstance(one, str) else None for one in options]
        if forms.count(option_form(given)) == 1:
            given = LETTERS[forms.index(option_form(given))]
    choice = choices_of(given, metadata)
    question = problem["question"]
    if not all(option in question for option in choice.options):
        lines = (
            f"{letter}) {option}"
            for letter, option in zip(choice.letters, choice.options, strict=True)
        )
        question = "\n".join([question.rstrip() + "\n", *lines])
    return {**problem, "answer": given, "metadata": metadata, "question": question}


def _text(row: Row, problem: Problem) -> Problem:
    """Take the answers of a text: one, or a list of which each is right."""
    given = row.get("answer")
    answers = list(given) if isinstance(given, (list, tuple)) else [_gold(row)]
    if not answers:
        raise InputError("'answer' is an empty list")
    first, *more = map(gold_text, answers)
    metadata = _with(problem, {"golds": more or None})
    texts_of(first, metadata)
    return {**problem, "answer": first, "metadata": metadata}


def _with(problem: Problem, more: Mapping[str, object]) -> str | None:
    """Return the metadata of a problem with further keys, null ones left out."""
    metadata = strict_json.loads(problem["metadata"] or "{}")
    if not isinstance(metadata, dict):
        raise InputError("'metadata' is no JSON object")
    for key, value in more.items():
        if absent(value) or value == "":
            continue
        if key in metadata:
            raise InputError(f"{key!r} stands in the row and in its metadata")
        try:
            metadata[key] = strict_json.loads(value) if isinstance(value, str) else _listed(value)
        except (ValueError, RecursionError):
            raise InputError(f"{key!r} should be a list of texts, found {value!r}") from None
    return canonical_json(metadata) if metadata else None


def _listed(value: object) -> object:
    return list(value) if isinstance(value, (list, tuple)) else value


def _json(row: Row, name: str) -> str | None:
    value = row.get(name)
    if absent(value) or value == "":
        return None
    try:
        if not isinstance(value, str):
            return canonical_json(value)
        strict_json.loads(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(f"{name!r} is not JSON: {error}") from None
    return value


ADAPTERS: dict[str, Adapter] = {
    "aime": math_sets.aime,
    "amc": math_sets.amc,
    "gsm8k": math_sets.gsm8k,
    "humaneval_plus": evalplus.humaneval_plus,
    "livecodebench": livecodebench.livecodebench,
    "math500": math_sets.math500,
    "mathvision": visual_sets.mathvision,
    "mathvista": visual_sets.mathvista,
    "mbpp_plus": evalplus.mbpp_plus,
    "minerva": math_sets.minerva,
    "olympiadbench": math_sets.olympiadbench,
    "omni_math": math_sets.omni_math,
    "plain": plain,
}


def adapter(name: str, entry: str, kind: str | None = None) -> Adapter:
    """Return an adapter by name; the plain one reads rows as problems of a kind.

    Raises
    ------
    InputError
        When the registry entry names one that is not there.
    """
    if name not in ADAPTERS:
        raise InputError(
            f"entry {entry!r} of the registry has the adapter {name!r}; there are: "
            f"{', '.join(ADAPTERS)}."
        )
    return partial(plain, kind=kind) if name == "plain" and kind else ADAPTERS[name]
