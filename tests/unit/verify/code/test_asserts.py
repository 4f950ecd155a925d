"""Assert statements become calls, or are refused by name."""

from __future__ import annotations

import math

import pytest

from boundary.errors import InputError
from boundary.verify.code.asserts import rewrite


@pytest.mark.parametrize(
    ("line", "args", "expected", "atol"),
    [
        ("assert f(1, [2]) == (3, 'a')", (1, [2]), (3, "a"), 0),
        ("assert {'a': -1} == f()", (), {"a": -1}, 0),
        ("assert f({1}, -1.5) is None", ({1}, -1.5), None, 0),
        ("assert f(True)", (True,), True, 0),
        ("assert not f('x'), 'message'", ("x",), False, 0),
        ("assert f(set(), frozenset([1])) == tuple([1])", (set(), frozenset([1])), (1,), 0),
        ("assert f(float('inf')) == complex(1, -2)", (math.inf,), 1 - 2j, 0),
        ("assert abs(f(2) - 0.5) < 1e-6", (2,), 0.5, 1e-6),
        ("assert abs(1 - f(2)) <= 0.1", (2,), 1.0, 0.1),
        ("assert math.isclose(f(2), 2.0, rel_tol=0.01)", (2,), 2.0, 0.02),
    ],
)
def test_forms(line: str, args: tuple, expected: object, atol: float) -> None:
    (call,) = rewrite(line, "f")
    assert call == (args, expected, pytest.approx(atol))
    assert type(call.expected) is type(expected)


def test_humanevals_check_function() -> None:
    program = (
        "METADATA = {'author': 'x'}\n\ndef check(candidate):\n    '''Say.'''\n"
        "    assert candidate(1) == 2\n    assert True == candidate(2)\n\ncheck(f)\n"
    )
    assert [(call.args, call.expected) for call in rewrite(program, "f")] == [
        ((1,), 2),
        ((2,), True),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "assert set(f(1)) == {1}", "assert f(f(1)) == 1", "assert f(x=1) == 1",
        "assert f(*[1]) == 1",
        "assert g(1) == 1", "assert f(1) != 1", "assert 0 < f(1) < 2", "assert f(1) == g(1)",
        "for i in range(3):\n    assert f(i) == i", "assert f(open('a')) == 1", "assert f(1) > 0",
        "x = f(1)", "assert", "assert len(f(1)) == 2",
    ],
)  # fmt: skip
def test_what_would_have_to_run_beside_the_candidate_is_refused(line: str) -> None:
    with pytest.raises(InputError, match=r"assert program"):
        rewrite(line, "f")
