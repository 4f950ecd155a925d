"""Of a sample of Inspect: the response and how it ended, and the problem with its gold answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from boundary.errors import InputError
from boundary.importers.answers import gold_columns, texts_of
from boundary.importers.columns import count_of, end_of
from boundary.importers.record import Tally
from boundary.importers.values import part

_ATTACHED = re.compile(r"(?:attachment|tc)://([0-9a-f]{32}|\d{1,9})")


class Texts:
    """The texts of a sample, which may stand among its attachments.

    Parameters
    ----------
    sample : mapping
    chunks : callable
        Returns attachments that do not stand in the sample itself.
    where : str
    tally : Tally
        Counts attachments that are missing.
    """

    def __init__(
        self,
        sample: Mapping[str, Any],
        chunks: Callable[[], Mapping[str, str]],
        where: str,
        tally: Tally,
    ) -> None:
        self._sample, self._chunks, self._where, self._tally = sample, chunks, where, tally

    def of(self, text: str) -> str:
        """Return a text, or the attachment that it names."""
        named = _ATTACHED.fullmatch(text)
        if named is None:
            return text
        attached = part(self._sample, "attachments").get(named[1])
        if attached is None and named[1].isdecimal():
            attached = self._chunks().get(named[1])
        if isinstance(attached, str):
            return attached
        # A response may be such a text: it must not keep the whole file from being read.
        what = "texts name an attachment that is not there, and are taken as they are"
        self._tally.count(what, 1, self._where)
        return text

    def content(self, value: object, what: str) -> str | None:
        """Return the text of a message: its parts that are text, a line each.

        Raises
        ------
        InputError
            When it is neither text nor a list of parts.
        """
        if value is None:
            return None
        if isinstance(value, str):
            return self.of(value)
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise InputError(f"{self._where}: {what} should be a text, and is {value!r:.80}.")
        texts = [each.get("text") for each in value if each.get("type") == "text"]
        if not all(isinstance(text, str) for text in texts):
            raise InputError(f"{self._where}: a part of {what} has no text.")
        return "\n".join(map(self.of, texts))


def response_of(
    sample: Mapping[str, Any], texts: Texts, where: str, tally: Tally
) -> dict[str, object]:
    """Return the columns of `boundary.importers.columns.TRIALS` that belong to the response.

    Raises
    ------
    InputError
        When the completion is no text.
    """
    unset = None
    if sample.get("error") is not None:
        unset = "samples ended with an error and have no outcome"
    elif sample.get("invalidation") is not None:
        unset = "samples were invalidated and have no outcome"
    if unset:
        tally.count(unset, 1, where)
    output = part(sample, "output")
    choices = output.get("choices")
    choices = choices if isinstance(choices, list) else []
    first = part(choices[0]) if choices else {}
    message = first.get("message")
    if len(choices) > 1:
        tally.count("completions beside the first of their sample are left out", len(choices) - 1)
    response = texts.content(output.get("completion") or None, "the completion")
    if response is None and isinstance(message, dict):
        response = texts.content(message.get("content"), "the completion")
    finish = end_of(first.get("stop_reason"))
    limit = sample.get("limit")
    if limit is not None:
        kind = limit.get("type") if isinstance(limit, dict) else limit
        tally.count(f"samples ended at a limit ({kind!s:.40})", 1, where)
        finish = "length"
    return {
        "response": response,
        "finish_reason": finish,
        "n_tokens": count_of(part(output, "usage").get("output_tokens")),
        "unset": unset is not None,
    }


def problem_of(
    sample: Mapping[str, Any], texts: Texts, gradable: bool, where: str
) -> dict[str, str | None]:
    """Return the columns that belong to the problem.

    Parameters
    ----------
    sample : mapping
    texts : Texts
    gradable : bool
        Whether its target is a gold answer.
    where : str

    Raises
    ------
    InputError
        When the target is no text and no list of texts.
    """
    question = _question(sample.get("input"), texts)
    targets = texts_of(sample.get("target"), "'target'", where)
    if not gradable:
        return {"question": question}
    options = texts_of(sample.get("choices"), "'choices'", where)
    return {"question": question, **gold_columns([texts.of(one) for one in targets], options)}


def _question(asked: object, texts: Texts) -> str | None:
    if not isinstance(asked, list):
        return texts.content(asked, "'input'")
    contents = (message.get("content") for message in asked if isinstance(message, dict))
    return "\n\n".join(text for each in contents if (text := texts.content(each, "'input'")))
