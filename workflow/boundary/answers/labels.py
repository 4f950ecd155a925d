"""Labels other than "answer" with which a response announces its answer, and JSON's."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A line such as "Ans: 18" or "**Final result** = 18".
_LINE = re.compile(
    r"^[#>*_ \t-]*(?:the\s+)?(?:ans\b\.?|final\s+(?:result|value)\b)[*_ \t]*"
    r"(?:[:：=]|is(?![a-zA-Z]))[*_ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
_JSON = re.compile(
    r'"(?:final[ _])?answer"\s*:\s*(?:"(?P<text>(?:[^"\\\n]|\\.){1,200})"|'
    r"(?P<number>-?\d[\d.,eE+-]*(?<![,.])))",
    re.IGNORECASE,
)


def labelled_lines(text: str, low: str) -> Iterator[tuple[int, int]]:
    """Yield where each label of a line begins and ends."""
    if "ans" in low or "final " in low:
        for label in _LINE.finditer(text):
            yield label.span()


def json_values(text: str, low: str) -> Iterator[tuple[int, int, str]]:
    r"""Yield where each field "answer" of a JSON object begins and ends, and its value.

    >>> list(json_values('{"answer": "x \\\\le 3"}', '{"answer": "x \\\\le 3"}'))
    [(1, 21, 'x \\le 3')]
    """
    if 'answer"' in low:
        for field in _JSON.finditer(text):
            value = field["number"] or re.sub(r'\\(["\\/])', r"\1", field["text"])
            yield field.start(), field.end(), value
