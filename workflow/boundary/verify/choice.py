r"""Verdicts on multiple choice: the option that a response takes against the right one.

An option is taken by its letter (``B``, ``(B)``, ``B) Rome``), or by its text
alone.  Several letters take none, and neither does a letter with the text of
another option.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from boundary.options import Choices, choices_of
from boundary.verify.reading import Read, answer_verdicts, read_response
from boundary.verify.setting import Setting

GRADER = "choice-1"
_LEAD = re.compile(
    r"(?:(?:the\s+)?(?:correct\s+)?(?:option|choice|answer|letter)\s*:?\s*)+", re.IGNORECASE
)
_DRESS = re.compile(r"\\(?:text|mathrm|textbf|mathbf|mbox|boxed)\s*\{([^{}]*)\}|[$*]|\\[()\[\]]")
#: A letter, alone or with a mark behind it, and more.
_LETTER = re.compile(
    r"\(?\s*(?P<letter>[A-Za-z])\s*(?P<mark>\)[.:]?|[.:]|(?=[,\s–—-]|$))\s*[–—-]?\s*(?P<rest>.*)",
    re.DOTALL,
)
#: An option in a list of them.
_MARKED = re.compile(r"(?<![A-Za-z])(?P<letter>[A-Z])\s*[).](?=\s|$)")
_CAPITAL = re.compile(r"(?<![A-Za-z])[A-Z](?![A-Za-z])")
_RIGHT = re.compile(r"is\s+(?:the\s+)?(?:correct|right|best)\b.*", re.IGNORECASE | re.DOTALL)
#: Letters that are offered together.
_SEVERAL = re.compile(
    r"\(?[A-Z]\)?(?:\s*(?:[,/&;.]|\b(?:and|or|und|oder|et|ou|или|и)\b|和|或)+\s*(?:option\s+)?\(?[A-Z]\)?)+"
    r"(?![A-Za-z])"
)


@contextmanager
def verifier(setting: Setting) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """Give a function that returns a verdict for each response to a multiple-choice problem.

    It reads ``problem_id``, ``sample_index``, ``answer`` (the letter), ``metadata``
    (`boundary.options.choices_of`), ``response`` and ``finish_reason``.  The answer
    of a verdict is the letter that was taken, or what was said where none was.
    """
    yield lambda items: _verify(items, setting.extract)


def _verify(items: pl.DataFrame, rule: str) -> pl.DataFrame:
    known: dict[tuple[str | None, str | None], Choices] = {}

    def read(answer: str, metadata: str | None, response: str, cut: bool) -> tuple[Choices, Read]:
        key = answer, metadata
        if key not in known:
            known[key] = choices_of(*key)
        return known[key], read_response(response, cut, Taking(known[key]).commits)

    return answer_verdicts(items, rule, GRADER, read, _taken)


def _taken(choices: Choices, content: str) -> tuple[str, bool]:
    letter = Taking(choices).letter(content)
    return letter or content, letter == choices.letter


class Taking:
    """Which option of a problem a text takes.

    Parameters
    ----------
    choices : Choices
        Its options.
    """

    def __init__(self, choices: Choices) -> None:
        self._choices = choices

    def letter(self, content: str) -> str | None:
        """Return the letter of the option that a text takes; None for none, or several."""
        plain = _LEAD.sub("", _DRESS.sub(r"\1", content).strip(), count=1).strip().rstrip(".")
        option = self._choices.option
        found = _LETTER.fullmatch(plain)
        if found is None or found["letter"].upper() not in self._choices.letters:
            return option(content) or option(plain)
        letter, rest = found["letter"].upper(), found["rest"].strip()
        others = {one for one in _CAPITAL.findall(rest) if one in self._choices.letters}
        if not rest or (_RIGHT.fullmatch(rest) and others <= {letter}):
            return letter
        told = option(rest) or option(rest.removeprefix("(").removesuffix(")"))
        if told is not None:
            return letter if told == letter else None
        if whole := option(content) or option(plain):
            return whole
        marked = bool(found["mark"]) and (found["letter"].isupper() or ")" in found["mark"])
        listed = any(other["letter"] != letter for other in _MARKED.finditer(rest))
        return letter if marked and not listed and not _SEVERAL.match(plain) else None

    def commits(self, content: str) -> bool:
        """Return whether a text takes an option, or offers several."""
        plain = _LEAD.sub("", content, count=1)
        return self.letter(content) is not None or _SEVERAL.match(plain) is not None
