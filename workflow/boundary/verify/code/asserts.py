"""Plain assert statements rewritten to calls and expected values.

So that the expected values stay outside the sandbox.  These are understood, at
the top or in a function ``check(candidate)`` of one argument, where ``f`` is the
entry point and the rest are literals::

    assert f(1, [2]) == 3          assert 3 == f(1, [2])       assert f(1) is None
    assert f(1)                    assert not f(1)             (True and False)
    assert abs(f(1) - 0.5) < 1e-6  assert math.isclose(f(1), 0.5, abs_tol=1e-6)

Literals may also be ``set()``, ``frozenset([…])``, ``tuple([…])``,
``float("inf")`` and ``complex(1, 2)``.  Anything else is refused, as it would
have to run beside the candidate.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, NamedTuple

from boundary.errors import InputError

SHOWN = 120


class Call(NamedTuple):
    """One test: arguments, what is expected, absolute tolerance."""

    args: tuple[Any, ...]
    expected: Any
    atol: float = 0.0


def rewrite(program: str, entry_point: str) -> list[Call]:
    """Return the calls that assert statements make.

    Parameters
    ----------
    program : str
        Of the benchmark, not of a response.
    entry_point : str
        The function that is tested.

    Raises
    ------
    InputError
        When a statement is of no form above; shows it.
    """
    try:
        body = ast.parse(program).body
    except SyntaxError as error:
        raise InputError(f"the assert program is not Python: {error}") from None
    found: list[Call] = []
    for statement in body:
        if isinstance(statement, ast.FunctionDef) and len(statement.args.args) == 1:
            candidate = statement.args.args[0].arg
            found += _calls(statement.body, {candidate, entry_point})
        else:
            found += _calls([statement], {entry_point})
    return found


def _calls(body: list[ast.stmt], names: set[str]) -> list[Call]:
    found = []
    for statement in body:
        if isinstance(statement, ast.Assert):
            try:
                found.append(_call(statement.test, names))
            except (ValueError, TypeError) as error:
                raise _refused(statement, str(error)) from None
        elif not _idle(statement):
            raise _refused(statement, "a statement that is no assert")
    return found


def _idle(statement: ast.stmt) -> bool:
    """Whether a statement has no part in the tests: imports, text, metadata, ``check(f)``."""
    if isinstance(statement, ast.Expr):
        value = statement.value
        plain = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
        return isinstance(value, ast.Constant) or (plain and value.func.id == "check")  # type: ignore[attr-defined]
    if isinstance(statement, ast.Assign):
        return [ast.unparse(target) for target in statement.targets] == ["METADATA"]
    return isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass))


def _refused(statement: ast.stmt, why: str) -> InputError:
    text = " ".join(ast.unparse(statement).split())
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return InputError(
        f"line {statement.lineno} of the assert program cannot be rewritten to a call and its "
        f"value ({why}): {shown}. Write it as 'assert f(arguments) == value' with literals"
    )


def _call(test: ast.expr, names: set[str]) -> Call:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return Call(_args(test.operand, names), False)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, operator, right = test.left, test.ops[0], test.comparators[0]
        if isinstance(operator, (ast.Eq, ast.Is)):
            if _is_call(right, names) and isinstance(operator, ast.Eq):
                left, right = right, left
            return Call(_args(left, names), literal(right))
        if isinstance(operator, (ast.Lt, ast.LtE)):
            return _close(left, float(literal(right)), names)
        raise ValueError("a comparison other than ==, is, <")
    if isinstance(test, ast.Call) and ast.unparse(test.func) in ("math.isclose", "isclose"):
        return _isclose(test, names)
    return Call(_args(test, names), True)


def _close(difference: ast.expr, atol: float, names: set[str]) -> Call:
    """Read ``abs(f(…) - value)``, in either order."""
    if (
        isinstance(difference, ast.Call)
        and ast.unparse(difference.func) in ("abs", "math.fabs")
        and len(difference.args) == 1
        and isinstance(inner := difference.args[0], ast.BinOp)
        and isinstance(inner.op, ast.Sub)
    ):
        sides = (inner.left, inner.right)
        called, value = sides if _is_call(sides[0], names) else sides[::-1]
        return Call(_args(called, names), float(literal(value)), atol)
    raise ValueError("only abs(f(…) - value) may be below something")


def _isclose(test: ast.Call, names: set[str]) -> Call:
    called, value = test.args
    expected = float(literal(value))
    options = {str(word.arg): float(literal(word.value)) for word in test.keywords}
    if options.keys() - {"rel_tol", "abs_tol"}:
        raise ValueError("isclose with other options")
    relative = options.get("rel_tol", 1e-9) * abs(expected)
    return Call(_args(called, names), expected, max(relative, options.get("abs_tol", 0.0)))


def _is_call(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in names


def _args(node: ast.expr, names: set[str]) -> tuple[Any, ...]:
    if not isinstance(node, ast.Call) or not _is_call(node, names):
        raise ValueError(f"no call of {' or '.join(sorted(names))}")
    if node.keywords or any(isinstance(arg, ast.Starred) for arg in node.args):
        raise ValueError("arguments by name or by star")
    return tuple(map(literal, node.args))


_MAKERS: dict[str, Callable[..., Any]] = {
    "set": set, "frozenset": frozenset, "tuple": tuple, "list": list, "dict": dict,
    "float": float, "complex": complex,
}  # fmt: skip


def literal(node: ast.expr) -> Any:
    """Return the value of a literal, or of a built-in type made of literals.

    Raises
    ------
    ValueError
        When it is neither.
    """
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        if node.func.id in _MAKERS:
            return _MAKERS[node.func.id](*map(literal, node.args))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -literal(node.operand)
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        items = [literal(item) for item in node.elts]
        return {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)](items)
    elif isinstance(node, ast.Dict):
        if None in node.keys:
            raise ValueError("a dictionary with **")
        keys = [literal(key) for key in node.keys if key is not None]
        return dict(zip(keys, map(literal, node.values), strict=True))
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ValueError(f"{ast.unparse(node)[:40]!r} is no literal") from None
