r"""One row of the problem table, and what adapters share in making it.

An adapter turns a row of a data set, as its file has it, into a `Problem`.  It
runs nothing that the row holds.

The ``tests`` of a code problem are JSON, whose values `boundary.tagged` explains::

    {"style": "function", "entry_point": "f", "cases": [{"args": [3], "expected": 16}]}
    {"style": "stdio", "cases": [{"stdin": "3\n", "stdout": "16\n"}]}

``entry_point`` is the name of a function, or ``Class.method``: the method of an
object that the class makes without arguments.  Cases without ``expected`` come
with a reference program, which is to be run in a sandbox to have them, and
with a comparison of their own (`boundary.data.evalplus`).  Tests of plain assert
statements have the style ``asserts`` (`boundary.verify.code.suite`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from boundary.digests import canonical_json
from boundary.errors import InputError
from boundary.golds import math_gold

#: A row of a data set: JSON of others, of which each field is checked where it is read.
Row = Mapping[str, object]
#: A number, or one behind a name, such as `aime25-7`.
_NUMBERED = re.compile(r"(?:[A-Za-z]\w*-)?([0-9]+)")


@dataclass(frozen=True)
class Picture:
    """An image as a row has it.

    Attributes
    ----------
    name : str
        Of its file, or what to call it.
    data : bytes or None
        Its content, where the row holds it.
    true_name : bool
        Whether the ending of the name must be that of the content.
    """

    name: str
    data: bytes | None = None
    true_name: bool = True


class Problem(TypedDict):
    """A row of the problem table but for its benchmark; its images are not yet kept."""

    problem_id: str
    question: str
    answer: str | None
    kind: str
    tests: str | None
    metadata: str | None
    pictures: NotRequired[Sequence[Picture]]


class Tests(TypedDict):
    """The tests of a code problem, as above."""

    style: str
    entry_point: NotRequired[str]
    cases: Sequence[Mapping[str, object]]
    base: NotRequired[int]
    reference: NotRequired[Mapping[str, str]]
    compare: NotRequired[Mapping[str, object]]


def math_problem(
    problem_id: str, question: str, answer: str, metadata: Mapping[str, object]
) -> Problem:
    """Return a problem with a gold answer in LaTeX.

    Raises
    ------
    InputError
        When the question is empty, or the answer none (`boundary.golds`).
    """
    answer = math_gold(answer)
    return _problem(problem_id, question.strip(), answer, "math", None, metadata)


def code_problem(
    problem_id: str, question: str, tests: Tests, metadata: Mapping[str, object]
) -> Problem:
    """Return a problem whose responses are programs; ``tests`` are as above.

    Raises
    ------
    InputError
        When the question is empty or there is no case.
    """
    if not tests["cases"]:
        raise InputError("there is no test case")
    # Keys stay in their order: it is part of the value of a dictionary among the arguments.
    cases = json.dumps(tests, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return _problem(problem_id, question, None, "code", cases, metadata)


def _problem(
    problem_id: str,
    question: str,
    answer: str | None,
    kind: str,
    tests: str | None,
    metadata: Mapping[str, object],
) -> Problem:
    if not problem_id:
        raise InputError("the problem has no id")
    if not question.strip():
        raise InputError("the question is empty")
    kept = {key: _plain(value) for key, value in metadata.items() if not absent(value)}
    return Problem(
        problem_id=problem_id,
        question=question,
        answer=answer,
        kind=kind,
        tests=tests,
        metadata=canonical_json(kept) if kept else None,
    )


def field(row: Row, *names: str) -> object:
    """Return the first of some fields that the row has, and that is not null.

    Raises
    ------
    InputError
        When it has none; says which it has.
    """
    for name in names:
        if not absent(row.get(name)):
            return row[name]
    alternatives = " or ".join(map(repr, names))
    raise InputError(f"has no field {alternatives}; it has: {', '.join(map(str, row)) or 'none'}")


def text(row: Row, *names: str) -> str:
    """Return the first of some fields, which must be text.

    Raises
    ------
    InputError
        When the row has none, or it is something else.
    """
    value = field(row, *names)
    if not isinstance(value, str):
        name = next(name for name in names if row.get(name) is value)
        raise InputError(f"{name!r} should be text, found {type(value).__name__}")
    return value


def some(row: Row, *names: str) -> dict[str, object]:
    """Return those of some fields that the row has."""
    return {name: row[name] for name in names if name in row}


def numbered(value: object, width: int) -> str:
    """Return an id that sorts as its number does; one that is no number as it is.

    >>> numbered(7, 4), numbered("aime25-7", 2), numbered("test/7.json", 4)
    ('0007', '07', 'test/7.json')
    """
    name = label(value)
    number = _NUMBERED.fullmatch(name)
    return number.group(1).zfill(width) if number else name


def label(value: object) -> str:
    """Return an id as text.

    Raises
    ------
    InputError
        When it is neither text nor a whole number.

    >>> label(" a "), label(7), label(7.0)
    ('a', '7', '7')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise InputError(
            f"the id should be text or a whole number, found {type(value).__name__} {value!r}"
        )
    return str(value).strip()


def absent(value: object) -> bool:
    """Return whether a value is missing: null, or NaN as tables of numbers have it."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _plain(value: object) -> object:
    """Return a value that JSON can carry, as text where it cannot."""
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return None if value is None else str(value)
