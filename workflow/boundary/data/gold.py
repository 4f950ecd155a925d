r"""Gold answers as LaTeX, from the notations in which data sets have them."""

from __future__ import annotations

import re
from typing import Any

from boundary.errors import InputError

_INTEGER = re.compile(r"([+-]?)0*([0-9]+)(?:\.0*)?")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
#: What may stand around a whole answer and is no part of it.
_WRAPPERS = (("\\[", "\\]"), ("\\(", "\\)"), ("$$", "$$"), ("$", "$"))
_SCIENTIFIC = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)e([+-]?)0*([0-9]+)")
#: A decimal point with nothing behind it, as in `-1./3`.
_BARE_POINT = re.compile(r"(?<=[0-9])\.(?=/)")
_NUMPY = re.compile(r"\bnp\.([a-z]+)")


def integer(value: Any) -> str | None:
    """Return a whole number without leading zeros; None when the value is none.

    >>> integer("025"), integer(27.0), integer("x")
    ('25', '27', None)
    """
    if isinstance(value, bool):
        return None
    digits = _INTEGER.fullmatch(str(value).strip())
    return digits.group(1).replace("+", "") + digits.group(2) if digits else None


def last_box(solution: str) -> str | None:
    r"""Return the content of the last ``\boxed{…}`` of a worked solution; None without one."""
    start = solution.rfind("\\boxed")
    opened = solution.find("{", start)
    if start < 0 or opened < 0:
        return None
    end = _closing(solution, opened)
    return None if end is None else solution[opened + 1 : end].strip()


def _closing(latex: str, opened: int) -> int | None:
    """Return where the brace at ``opened`` closes."""
    depth = 0
    for token in _BRACE.finditer(latex, opened):
        depth += {"{": 1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return token.start()
    return None


def bare(latex: str) -> str:
    r"""Take away what surrounds a whole answer: dollar signs, ``\[ \]``, ``\boxed{}``.

    A form feed or a backspace is what a JSON reader made of ``\f`` or ``\b`` where
    the writer forgot to escape ``\frac`` or ``\binom``; the command is put back.

    >>> bare(r"\[ \boxed{\frac{1}{2}} \]")
    '\\frac{1}{2}'
    """
    answer = latex.replace("\f", "\\f").replace("\b", "\\b").strip()
    while True:
        inner = _unwrapped(answer)
        if inner is None:
            return answer
        answer = inner


def _unwrapped(answer: str) -> str | None:
    for left, right in _WRAPPERS:
        if len(answer) > len(left + right) and answer.startswith(left) and answer.endswith(right):
            inner = answer[len(left) : -len(right)]
            if left not in inner and right not in inner:
                return inner.strip()
    if answer.startswith("\\boxed{") and _closing(answer, 6) == len(answer) - 1:
        return answer[7:-1].strip()
    return None


def from_dollars(answer: str) -> str:
    r"""Turn text with formulas between dollar signs into one formula.

    What stands between formulas is kept, words as ``\text{…}``.  Text without
    a dollar sign is a formula already; a percent sign, which would begin a
    comment, is escaped.

    >>> from_dollars("$69$,$84$"), from_dollars("$f(n)=n$, where $n>1$"), from_dollars("50%")
    ('69,84', 'f(n)=n\\text{, where }n>1', '50\\%')
    """
    answer = answer.strip().removesuffix(".").strip()
    parts = answer.split("$")
    for i in range(0, len(parts), 2):
        if len(parts) > 1 and re.search(r"[A-Za-z]", parts[i]):
            parts[i] = f"\\text{{{parts[i]}}}"
    return re.sub(r"(?<!\\)%", r"\\%", "".join(parts)).strip()


def from_python(answer: str) -> str:
    r"""Turn numbers in Python's notation into LaTeX; anything else stays.

    >>> from_python("4.5e33"), from_python("-1./3"), from_python("np.arcsin(10/13)")
    ('4.5 \\times 10^{33}', '-1/3', '\\arcsin(10/13)')
    """
    scientific = _SCIENTIFIC.fullmatch(answer.strip())
    if scientific:
        mantissa, sign, exponent = scientific.groups()
        return f"{mantissa} \\times 10^{{{sign.replace('+', '')}{exponent}}}"
    return _NUMPY.sub(r"\\\1", _BARE_POINT.sub("", answer)).replace("$", "").strip()


def after_mark(solution: str, mark: str = "####") -> str:
    """Return what follows the last mark of a worked solution, thousands' commas taken out.

    Raises
    ------
    InputError
        When there is no mark, or nothing behind it.
    """
    _, marked, answer = solution.rpartition(mark)
    answer = re.sub(r"(?<=[0-9]),(?=[0-9]{3})", "", answer.strip())
    if not marked or not answer:
        raise InputError(f"the answer has nothing behind {mark!r}")
    return answer
