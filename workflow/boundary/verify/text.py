"""Verdicts on short texts: the answer in its normal form against each gold answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from boundary.options import Texts, texts_of
from boundary.verify.reading import Read, answer_verdicts, read_response
from boundary.verify.setting import Setting

GRADER = "text-1"
#: Words of a text that is an answer and not a sentence on it.
MOST_WORDS = 12
_SENTENCE = re.compile(
    r"(?:it|this|that|he|she|they|i|we|you|there|so|thus|therefore|hence|because)(?:['’]\w+)?\s+\w",
    re.IGNORECASE,
)


@contextmanager
def verifier(setting: Setting) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """Give a function that returns a verdict for each response to a problem with a short text.

    It reads ``problem_id``, ``sample_index``, ``answer`` (gold), ``metadata``
    (`boundary.options.texts_of`), ``response`` and ``finish_reason``.
    """
    yield lambda items: _verify(items, setting.extract)


def _verify(items: pl.DataFrame, rule: str) -> pl.DataFrame:
    known: dict[tuple[str | None, str | None], Texts] = {}

    def read(answer: str, metadata: str | None, response: str, cut: bool) -> tuple[Texts, Read]:
        key = answer, metadata
        if key not in known:
            known[key] = texts_of(*key)
        texts = known[key]
        return texts, read_response(response, cut, lambda content: commits(texts, content))

    return answer_verdicts(items, rule, GRADER, read, _same)


def _same(texts: Texts, content: str) -> tuple[str, bool]:
    return content, texts.form(content) in texts.forms


def commits(texts: Texts, content: str) -> bool:
    """Return whether words are an answer: no more of them than is usual, and no sentence.

    Where a gold answer is longer, or a sentence, answers may be so too; that a
    text is a gold answer decides nothing here.
    """
    most = max(MOST_WORDS, *(len(gold.split()) for gold in texts.golds))
    sentences = any(map(_SENTENCE.match, texts.golds))
    return 0 < len(content.split()) <= most and (sentences or _SENTENCE.match(content) is None)
