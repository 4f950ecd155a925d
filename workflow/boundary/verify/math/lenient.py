r"""A lenient rule in the manner of the grader of arXiv 2504.13837, measured and never decisive.

Written from a description of that grader's behaviour: the answer is what a
final phrase or the last box holds, else the last number in the text; units,
percent signs and brackets are dropped; numbers agree within a relative
tolerance of 1e-4 with the gold answer, its hundredth or its hundredfold.  So
20400, 2.04 and 204.01 all count as 204.  It neither contains the strict rule
nor is it contained in it.
"""

from __future__ import annotations

import re

import mpmath

from boundary.verify.math.second.compare import close
from boundary.verify.math.second.evaluate import value
from boundary.verify.math.second.parser import parse
from boundary.verify.math.second.tree import Many, Tree, UnreadableError

TOLERANCE = 1e-4
LONGEST = 1000
_HOPE = re.compile(r"final answer is \$(.{0,1000}?)\$\. I hope")
_PHRASES = ("he answer is", "final answer is")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_BRACE = re.compile(r"[{}]")
_DROPPED = (
    re.compile(r"\\(?:left|right|displaystyle|!|,|;|:|quad|qquad)(?![a-zA-Z])"),
    re.compile(r"\^\{?\s*\\circ\s*\}?|\\degree|°|\\?%|\\?\$|\\ |[\s~]"),
)
_TEXT = re.compile(r"\\(?:text|mbox|mathrm|textbf|mathbf)\{([^{}]*)\}")
_UNITS = re.compile(
    r"(?<=[\d}])(?:degrees?|dollars?|cents?|units?|square\w*|inch(?:es)?|feet|foot|miles?|mph|"
    r"km|cm|mm|kg|meters?|metres?|hours?|minutes?|seconds?|days?|years?|percent|points?|"
    r"[a-zA-Z])(?:\^\{?[23]\}?)?$"
)
_ASSIGNED = re.compile(r"^[a-zA-Z](?:\([a-zA-Z]\))?=|^.{0,3}\\in")
_BRACKETS = str.maketrans("", "", "{}()[]")


def lenient_answer(response: str) -> str | None:
    """Return the answer that the lenient rule finds; None in a text without a number.

    Parameters
    ----------
    response : str
        A model's response, all of it.
    """
    hope = response.rfind("I hope")
    found = None
    if hope >= 0 and "final answer is $" in response:
        found = _HOPE.search(response[: hope + 6], response.rfind("final answer is $"))
    if found:
        return found.group(1).strip()
    box = response.rfind("boxed")
    if box >= 0:
        return _box(response[box + 5 : box + 5 + LONGEST])
    for phrase in _PHRASES:
        place = response.rfind(phrase)
        if place >= 0:
            tail = response[place + len(phrase) :].lstrip(" :")[:LONGEST]
            return tail.split("\n", 1)[0].strip().rstrip(".").strip("$ ")
    numbers = _NUMBER.findall(response[-20_000:])
    return numbers[-1].replace(",", "") if numbers else None


def _box(tail: str) -> str | None:
    """Return the content of a box, to its closing brace or the end; or one word behind it."""
    tail = tail.lstrip()
    if not tail.startswith("{"):
        return tail.split("$", 1)[0].strip()
    depth = 0
    for brace in _BRACE.finditer(tail):
        depth += 1 if brace.group() == "{" else -1
        if depth == 0:
            return tail[1 : brace.start()].strip()
    return tail[1:].strip()


def cleaned(answer: str) -> str:
    """Return an answer without spacing, units, percent signs and a name before it."""
    text = answer.strip().rstrip(".")
    for pattern in _DROPPED:
        text = pattern.sub("", text)
    text = text.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac").replace("{,}", ",")
    text = _ASSIGNED.sub("", _TEXT.sub(r"\1", text))
    return _UNITS.sub("", text).rstrip(".")


def lenient_same(gold: str, answer: str) -> bool:
    """Say whether the lenient rule takes an answer for the gold answer.

    Parameters
    ----------
    gold, answer : str
        As given; longer than `LONGEST` they are compared as text.
    """
    if gold.strip().casefold() == answer.strip().casefold():
        return True
    if max(len(gold), len(answer)) > LONGEST:
        return False
    one, other = cleaned(gold), cleaned(answer)
    if _texts(one, other):
        return True
    numbers = _number(one), _number(other)
    if numbers[0] is not None and numbers[1] is not None:
        return _numbers(numbers[0], numbers[1])
    try:
        return _trees(parse(one), parse(other))
    except (UnreadableError, RecursionError):
        return False


def _texts(one: str, other: str) -> bool:
    folded = one.casefold(), other.casefold()
    bare = [text.translate(_BRACKETS).replace("\\", "") for text in folded]
    return folded[0] == folded[1] or (bool(bare[0]) and bare[0] == bare[1])


def _number(text: str) -> mpmath.mpf | None:
    try:
        return (
            mpmath.mpf(text.replace(",", "")) if re.fullmatch(r"[-+]?[\d,]*\.?\d+", text) else None
        )
    except ValueError:
        return None


def _numbers(gold: mpmath.mpf, answer: mpmath.mpf) -> bool:
    return any(close(goal, answer, TOLERANCE) for goal in (gold / 100, gold, gold * 100))


def _trees(gold: Tree, answer: Tree) -> bool:
    if isinstance(gold, Many) and isinstance(answer, Many):
        return len(gold.items) == len(answer.items) and all(map(_trees, gold.items, answer.items))
    if isinstance(gold, Many) or isinstance(answer, Many):
        return False
    try:
        return all(close(value(gold, point), value(answer, point), TOLERANCE) for point in (1, 2))
    except UnreadableError:
        return gold == answer
