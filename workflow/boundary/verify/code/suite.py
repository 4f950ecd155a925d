r"""The tests of a code problem, read from the ``tests`` of the problems table.

Beside the forms that `boundary.data.problem` explains there is one of plain
assert statements (`boundary.verify.code.asserts`)::

    {"style": "asserts", "entry_point": "f", "program": "assert f(1) == 2\n…"}

Any form may have ``base``, the number of the first cases that a solver could
know, and ``compare``, ``{"atol": 1e-6, "rule": "equal"}``: how values are
compared (`boundary.data.evalplus`).  Without it they must be equal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from boundary.errors import InputError
from boundary.tagged import decode
from boundary.verify.code.asserts import rewrite
from boundary.verify.code.oracles import BESIDE
from boundary.verify.sandbox import wire

RULE_NAMES = ("equal", "not_none", "root", *BESIDE)


@dataclass(frozen=True)
class Suite:
    """Tests of one problem, ready for the sandbox.

    Attributes
    ----------
    problem_id, key : str
        ``key`` is the digest of the tests.
    style : str
        ``function`` or ``stdio``.
    entry_point : str or None
    inputs : tuple of bytes
        One a case: arguments in wire form, or standard input.
    given : tuple or None
        Expected values, or standard output as text; None when the reference
        program is to say them.
    reference : str or None
        A program that is right.
    rule : str
        One of `RULE_NAMES`.
    atol : tuple of float
        Absolute tolerance of each case.
    tolerant : bool
        Whether floats are close with 1e-6 where a case has no tolerance (EvalPlus).
    base : int
        How many of the first cases a solver could know; 0 when nothing says.
    printed : float
        Tolerance of floats on standard output, absolute or relative.
    """

    problem_id: str
    key: str
    style: str
    entry_point: str | None
    inputs: tuple[bytes, ...]
    given: tuple[Any, ...] | None
    reference: str | None
    rule: str
    atol: tuple[float, ...]
    tolerant: bool
    base: int
    printed: float = 0.0

    def arguments(self, index: int) -> tuple[Any, ...]:
        """Return the parent's own copy of the arguments of a case."""
        args: tuple[Any, ...] = wire.decode(self.inputs[index])
        return args


def read_suite(problem_id: str, tests: str | None, printed: float = 0.0) -> Suite:
    """Read the tests of a problem.

    Parameters
    ----------
    problem_id : str
    tests : str or None
        JSON.
    printed : float
        As in `Suite`: the study says it, not the tests.

    Raises
    ------
    InputError
        When they are of no known form; names the problem.
    """
    try:
        if tests is None:
            raise InputError("there are no tests")
        found = json.loads(tests)
        if not isinstance(found, dict):
            raise InputError("a JSON object is expected")
        suite = _suite(problem_id, hashlib.sha256(tests.encode()).hexdigest(), found)
        return replace(suite, printed=printed)
    except (InputError, ValueError, KeyError, TypeError) as error:
        said = f"no key {error}" if isinstance(error, KeyError) else str(error)
        raise InputError(
            f"The tests of problem {problem_id} cannot be used: {said.rstrip('.')}. Mend the "
            f"'tests' of this problem, or leave it out."
        ) from None


def _suite(problem_id: str, key: str, tests: Mapping[str, Any]) -> Suite:
    style = tests.get("style")
    compare = tests.get("compare")
    rule, atol = _compare(compare or {})
    reference = tests.get("reference", {}).get("program")
    given: tuple[Any, ...] | None
    if style == "asserts":
        calls = rewrite(tests["program"], tests["entry_point"])
        inputs = tuple(wire.encode(call.args, ordered=True) for call in calls)
        given = tuple(call.expected for call in calls)
        atols = tuple(call.atol or atol for call in calls)
    elif style in ("function", "stdio"):
        cases = tests["cases"]
        inputs = tuple(map(_call if style == "function" else _stdin, cases))
        given = _expected(cases, style)
        atols = (atol,) * len(inputs)
    else:
        raise InputError(f"'style' is {style!r}; there are function, stdio and asserts")
    if not inputs:
        raise InputError("there is no case, and a program would pass whatever it does")
    if given is None and reference is None:
        raise InputError("the cases have no 'expected' and there is no reference program")
    base = tests.get("base", 0)
    if not isinstance(base, int) or not 0 <= base <= len(inputs):
        raise InputError(f"'base' is {base!r}, of {len(inputs)} cases")
    entry_point = None if style == "stdio" else _entry_point(tests["entry_point"])
    kind = "stdio" if style == "stdio" else "function"
    return Suite(
        problem_id, key, kind, entry_point, inputs, given, reference, rule, atols,
        compare is not None, base,
    )  # fmt: skip


def _compare(compare: Mapping[str, Any]) -> tuple[str, float]:
    rule, atol = compare.get("rule", "equal"), compare.get("atol", 0)
    if rule not in RULE_NAMES:
        raise InputError(f"'rule' is {rule!r}; there are {', '.join(RULE_NAMES)}")
    if isinstance(atol, bool) or not isinstance(atol, (int, float)) or not 0 <= atol < 1:
        raise InputError(f"'atol' is {atol!r}, and should be from 0 to below 1")
    return rule, float(atol)


def _call(case: Mapping[str, Any]) -> bytes:
    return wire.encode(tuple(decode(arg) for arg in case["args"]), ordered=True)


def _stdin(case: Mapping[str, Any]) -> bytes:
    text: str = case["stdin"]
    return text.encode()


def _expected(cases: list[Mapping[str, Any]], style: str) -> tuple[Any, ...] | None:
    name = "expected" if style == "function" else "stdout"
    having = [name in case for case in cases]
    if not any(having) and style == "function":
        return None
    if not all(having):
        raise InputError(f"{having.count(False)} case(s) have no '{name}'")
    return tuple(decode(case[name]) if style == "function" else str(case[name]) for case in cases)


def _entry_point(name: Any) -> str:
    parts = name.split(".") if isinstance(name, str) else []
    if not 1 <= len(parts) <= 2 or not all(part.isidentifier() for part in parts):
        raise InputError(f"'entry_point' is {name!r}; a function or Class.method is expected")
    return str(name)
