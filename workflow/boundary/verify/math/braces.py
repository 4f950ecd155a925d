r"""Arguments of LaTeX commands in braces, as TeX takes them: ``\\frac12`` and ``\\frac{a}b``."""

from __future__ import annotations

import re

_OF_TWO = re.compile(r"\\(?:frac|binom)(?![a-zA-Z])")
_ARGUMENT_START = re.compile(r" ?(?:\{|[0-9a-zA-Z]|\\[a-zA-Z]+(?: ?\[[^\]]*\])?)")
_BRACE = re.compile(r"(?<!\\)[{}]")


def with_braces(text: str) -> str:
    r"""Put the arguments of fractions and binomials into braces: ``\frac12``, ``\frac{a}b``."""
    for found in reversed(list(_OF_TWO.finditer(text))):
        place = found.end()
        for _ in range(2):
            end = _argument_end(text, place)
            if end is None:
                break
            held = text[place:end].strip()
            held = held if held.startswith("{") else f"{{{held}}}"
            text = text[:place] + held + text[end:]
            place += len(held)
    return text


def _argument_end(text: str, place: int) -> int | None:
    """Return where an argument of a command ends: a group, a command with its own, or a sign."""
    found = _ARGUMENT_START.match(text, place)
    if found is None:
        return None
    if found[0].endswith("{"):
        return _group_end(text, found.end())
    end: int | None = found.end()
    for _ in range({"\\frac": 2, "\\binom": 2, "\\sqrt": 1}.get(found[0].strip(), 0)):
        end = None if end is None else _argument_end(text, end)
    return end


def _group_end(text: str, place: int) -> int | None:
    depth = 1
    for found in _BRACE.finditer(text, place):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.end()
    return None
