"""Adapters of HumanEval+ and MBPP+, from the releases of EvalPlus (Liu et al. 2023).

A row has the arguments of each test call and a canonical solution, but no
expected outputs: those are what the canonical solution returns, and running it
needs a sandbox, so it is left to the stage that has one.  ``tests`` hold::

    {"style": "function", "entry_point": "f",
     "cases": [{"args": [1, {"$tuple": [2, 3]}]}, …],   without "expected"
     "base": 7,                                   how many of the first cases are HumanEval's or
                                                  MBPP's own; the rest is EvalPlus's addition
     "reference": {"program": "def f…"},          what returns the expected outputs
     "compare": {"atol": 0, "rule": "equal"}}

How outputs are compared (EvalPlus at 26d6d00, ``evalplus/eval/__init__.py``):
equal, or else, when ``atol`` is not 0, of the same type and close with that
absolute and a relative tolerance of 1e-7; an ``atol`` of 0 becomes 1e-6 where
the expected output is a float or a sequence of floats only.  Rules other than
``equal`` are those of `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from boundary.data.problem import Problem, Row, Tests, code_problem, field, some, text
from boundary.errors import InputError
from boundary.tagged import encode

#: Entry points whose outputs are compared by another rule than equality:
#: ``set``: as sets.  ``not_none``: the expected output is whether the reference
#: returned something; so is a response's output unless it is a Boolean.
#: ``any``: whatever is returned passes (MBPP's reference is no function of its
#: text).  ``or_zero``: zero passes too.  ``pyramid``: also |output − the surface of the
#: pyramid whose height is perpendicular| ≤ atol.  ``digit_distance``: also the
#: sum of digit differences after padding with zeros.  ``root``: |polynomial of
#: the first argument at the output| ≤ atol, in place of equality.
#: ``any`` and ``or_zero`` (Mbpp/164 and 295) are of releases before MBPP+ v0.2.0.
RULES: dict[str, tuple[str, ...]] = {
    "set": (
        "similar_elements",
        "find_char_long",
        "common_in_nested_lists",
        "extract_singly",
        "larg_nnum",
        "intersection_array",
        "find_dissimilar",
        "Diff",
    ),
    "not_none": ("check_str", "text_match_three", "text_starta_endb"),
    "any": ("are_equivalent",),
    "or_zero": ("sum_div",),
    "pyramid": ("surface_Area",),
    "digit_distance": ("digit_distance_nums",),
    "root": ("find_zero",),
}
_HUMANEVAL_RULES = frozenset({"root"})


def humaneval_plus(row: Row, index: int) -> Problem:
    """HumanEval+: the question is the beginning of a program; arguments are plain JSON."""
    return _problem(row, text(row, "task_id"), lambda args: args, mbpp=False)


def mbpp_plus(row: Row, index: int) -> Problem:
    """MBPP+: the question is a docstring; some tasks want tuples, sets or complex numbers."""
    task = text(row, "task_id")
    return _problem(row, task, _CONVERSIONS.get(_task_number(task), lambda args: args), mbpp=True)


Args = list[Any]


def _problem(row: Row, task: str, convert: Callable[[Args], Args], *, mbpp: bool) -> Problem:
    if "base_input" not in row:
        raise InputError(
            f"{task} has no field 'base_input': this is the hub's form, with the inputs inside a "
            f"test program; take the release of EvalPlus on GitHub"
        )
    prompt, entry_point = text(row, "prompt"), text(row, "entry_point")
    given = field(row, "base_input"), row.get("plus_input")
    try:
        base, plus = map(_calls, given)
        cases = [{"args": [encode(arg) for arg in convert(args)]} for args in (*base, *plus)]
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise InputError(f"{task}: arguments of another form than expected: {error}") from None
    tests: Tests = {
        "style": "function",
        "entry_point": entry_point,
        "cases": cases,
        "base": len(base),
        "reference": {"program": prompt + text(row, "canonical_solution")},
        "compare": {"atol": row.get("atol") or 0, "rule": _rule(entry_point, mbpp=mbpp)},
    }
    name, _, number = task.partition("/")
    problem_id = f"{name}/{number.zfill(3)}"  # the order of ids is that of the data
    return code_problem(
        problem_id,
        prompt,
        tests,
        {"task_id": task, "entry_point": entry_point} | some(row, "contract", "test", "assertion"),
    )


def _calls(value: object) -> list[Args]:
    """Return the arguments of each call; a task without additions has an empty object instead."""
    if value and not isinstance(value, list):
        raise TypeError(f"found {type(value).__name__} where calls should be a list")
    return list(value) if isinstance(value, list) else []


def _rule(entry_point: str, *, mbpp: bool) -> str:
    for rule, entry_points in RULES.items():
        if entry_point in entry_points and mbpp is (rule not in _HUMANEVAL_RULES):
            return rule
    return "equal"


def _task_number(task: str) -> int:
    number = task.rpartition("/")[2]
    if not number.isascii() or not number.isdigit():
        raise InputError(f"'task_id' should end in a number, found {task!r}")
    return int(number)


# What JSON took from MBPP's arguments, by task (EvalPlus, `mbpp_deserialize_inputs`).


def _tuples(args: Args) -> Args:
    """Make each argument a tuple."""
    return [tuple(arg) for arg in args]


def _lists_of_tuples(args: Args) -> Args:
    """Make each argument a list of tuples."""
    return [[tuple(item) for item in arg] for arg in args]


def _first_of_tuples(args: Args) -> Args:
    """Make the first of two arguments a list of tuples."""
    return [[tuple(item) for item in args[0]], args[1]]


def _second_tuple(args: Args) -> Args:
    """Make the second of two arguments a tuple."""
    return [args[0], tuple(args[1])]


def _first_tuple(args: Args) -> Args:
    """Make the first argument a tuple."""
    return [tuple(args[0]), *args[1:]]


def _tuples_of_tuples(args: Args) -> Args:
    """Make each argument a tuple of tuples."""
    return [tuple(tuple(item) for item in arg) for arg in args]


def _tuple_with_tuples(args: Args) -> Args:
    """Make the only argument a tuple, and each list directly in it."""
    return [tuple(tuple(item) if isinstance(item, list) else item for item in args[0])]


def _tuple_throughout(args: Args) -> Args:
    """Make every list in the arguments, however deep, a tuple."""
    return [_deep(arg) for arg in args]


def _deep(value: Any) -> Any:
    return tuple(_deep(item) for item in value) if isinstance(value, list) else value


def _sets(args: Args) -> Args:
    """Make the only argument a list of sets; an empty one is an empty dictionary."""
    return [[set(item) if isinstance(item, list) and item else {} for item in args[0]]]


def _values_tuples(args: Args) -> Args:
    """Make the values of the dictionary in front tuples."""
    return [{key: tuple(value) for key, value in args[0].items()}, *args[1:]]


def _real_and_complex(args: Args) -> Args:
    """Read a float and a complex number, both text."""
    return [float(args[0]), complex(args[1])]


def _complex(args: Args) -> Args:
    """Read a complex number, which is text."""
    return [complex(args[0])]


_TASKS: dict[Callable[[Args], Args], tuple[int, ...]] = {
    _tuples: (
        *(2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616),
        *(630, 726, 740, 744, 809),
    ),
    _lists_of_tuples: (*(63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780),),
    _first_of_tuples: (75, 413, 444, 753),
    _second_tuple: (106, 750),
    _first_tuple: (250, 307, 405, 446, 617, 720, 763, 808),
    _tuples_of_tuples: (259, 401, 445),
    _tuple_with_tuples: (278,),
    _tuple_throughout: (580, 615, 791),
    _sets: (115,),
    _values_tuples: (722,),
    _real_and_complex: (124,),
    _complex: (252,),
}
_CONVERSIONS = {task: convert for convert, tasks in _TASKS.items() for task in tasks}
