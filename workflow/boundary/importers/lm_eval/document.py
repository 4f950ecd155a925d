"""Of a row of lm-evaluation-harness: the responses, and the problem with its gold answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from boundary.digests import canonical_json
from boundary.errors import InputError
from boundary.importers.answers import choice_columns
from boundary.importers.record import Tally
from boundary.importers.values import part
from boundary.options import LETTERS

_QUESTIONS = ("question", "Question", "problem", "Problem", "input", "query", "prompt", "text")
_OPTIONS = ("options", "choices")
_SINGLE_OPTIONS = ("choice1", "choice2", "choice3", "choice4")
_LETTER = re.compile(r"\(?([A-Z])\)?\.?")
#: A list of texts as Python writes it, which is how a row holds several gold answers.
_TEXT = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_TEXTS = re.compile(rf"\[\s*(?:{_TEXT})(?:\s*,\s*(?:{_TEXT}))*\s*\]", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def responses_of(row: Mapping[str, Any], where: str) -> list[str] | None:
    """Return the responses to a document.

    Returns
    -------
    list of str or None
        None where the model wrote nothing, but was asked how likely given texts
        are, or where several requests make up the document.

    Raises
    ------
    InputError
        When 'resps' is no list of lists, or a response is no text.
    """
    requests = row.get("resps")
    if not isinstance(requests, list) or not requests:
        raise InputError(
            f"{where}: 'resps' should be a list with the responses to each request, and is "
            f"{'missing' if requests is None else repr(requests)[:80]}."
        )
    if not _wrote(row, requests) or len(requests) > 1:
        return None
    texts = [requests[0]] if isinstance(requests[0], str) else requests[0]
    if not isinstance(texts, list) or not texts:
        raise InputError(f"{where}: 'resps' should hold a list of texts, and holds {texts!r:.80}.")
    for text in texts:
        if not isinstance(text, str):
            raise InputError(
                f"{where}: a response in 'resps' should be a text, and is {text!r:.80}."
            )
    return texts


def _wrote(row: Mapping[str, Any], requests: list[Any]) -> bool:
    """Return whether the model wrote a text: its second argument holds how to sample one."""
    arguments = row.get("arguments")
    several = list(arguments.values()) if isinstance(arguments, dict) else arguments
    if isinstance(several, list) and several:
        one = several[0]
        values = list(one.values()) if isinstance(one, dict) else one
        if isinstance(values, list) and values:
            return len(values) > 1 and isinstance(values[1], dict)
    first = requests[0][0] if isinstance(requests[0], list) and requests[0] else requests[0]
    return isinstance(first, str)


def problem_of(
    row: Mapping[str, Any], wrote: bool, where: str, tally: Tally
) -> dict[str, str | None]:
    """Return the columns of `boundary.importers.columns.TRIALS` that belong to the problem.

    Parameters
    ----------
    row : mapping
    wrote : bool
        Whether there are responses, which a gold answer could grade.
    where : str
    tally : Tally
        Counts problems whose tests are not run.

    Raises
    ------
    InputError
        When 'doc' is missing.
    """
    doc = row.get("doc")
    if doc is None:
        raise InputError(f"{where}: 'doc' is missing.")
    fields = part(doc)
    question = _question(row, fields)
    if not wrote:
        return {"question": question}
    if "test_list" in fields or {"test", "entry_point"} <= fields.keys():
        tally.count("documents have tests, which are not run: the verdicts of the file count")
        return {"question": question}
    return {"question": question, **_gold(row.get("target"), fields)}


def _question(row: Mapping[str, Any], doc: Mapping[str, Any]) -> str | None:
    texts = (doc.get(name) for name in _QUESTIONS)
    named = next((text for text in texts if isinstance(text, str) and text.strip()), None)
    if named is not None:
        return named
    prompt = part(row, "arguments", "gen_args_0").get("arg_0")
    return prompt if isinstance(prompt, str) else None


def _gold(target: object, doc: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the gold answer, and what kind of problem its form tells."""
    if isinstance(target, bool) or not isinstance(target, str | int | float | list):
        return {}
    if isinstance(target, list):
        golds = [str(one) for one in target if isinstance(one, str | int | float)]
    elif isinstance(target, str) and _TEXTS.fullmatch(target.strip()):
        golds = [_ESCAPED.sub(r"\1", text[1:-1]) for text in re.findall(_TEXT, target)]
    else:
        # Before the final answer of GSM8K stands its solution.
        golds = [str(target).rpartition("####")[2].strip()]
    golds = list(dict.fromkeys(gold.strip() for gold in golds if gold.strip()))
    if not golds:
        return {}
    if len(golds) > 1:
        return {
            "answer": golds[0],
            "kind": "text",
            "metadata": canonical_json({"golds": golds[1:]}),
        }
    return _choice(golds[0], doc) or {"answer": golds[0]}


def _choice(gold: str, doc: Mapping[str, Any]) -> dict[str, str | None] | None:
    """Return a choice, where the gold answer is the letter of an option of the document."""
    letter = _LETTER.fullmatch(gold)
    lists = [doc.get(name) for name in _OPTIONS]
    lists += [each.get("text") for each in lists if isinstance(each, dict)]
    lists.append([doc.get(name) for name in _SINGLE_OPTIONS])
    options = next((one for one in lists if _are_texts(one)), None)
    if letter is None or options is None or letter[1] not in LETTERS[: len(options)]:
        return None
    return choice_columns(letter[1], options)


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
