"""Numeric values of trees, at one point for the variables, with bounded work."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Mapping
from typing import Any

import mpmath
from mpmath import mp, mpf

from boundary.verify.math.second.tree import Call, Many, Name, Num, Tree, UnreadableError

DIGITS = 50
#: Points: at the first all variables are positive, at others some are negative, at the last
#: all are whole.
POSITIVE, MIXED, WHOLE = (1, 2, 3), (4, 5, 6), (7, 8, 9)
#: So that no value takes long: bits of a number's exponent, terms of a sum, steps in all.
LARGEST_BITS = 20_000
LARGEST_FACTORIAL = 5_000
MOST_TERMS = 5_000
MOST_STEPS = 50_000

_CONSTANTS: dict[str, Callable[[], Any]] = {
    "pi": lambda: +mp.pi,
    "e": lambda: +mp.e,
    "i": lambda: mpmath.mpc(0, 1),
    "infty": lambda: mpf("inf"),
}


def value(tree: Tree, point: int) -> Any:
    """Return the value of an expression, a number of mpmath with `DIGITS` digits.

    Parameters
    ----------
    tree : Tree
        An expression; lists and relations have no value.
    point : int
        Which values the variables take: they depend on this and their names.

    Raises
    ------
    UnreadableError
        When it has no single value, or none within the bounds of work.
    """
    try:
        with mp.workdps(DIGITS):
            found = _Evaluation(point).of(tree, {})
            size = int(mpmath.mag(found) / 3.3) if mpmath.isfinite(found) and found else 0
        if size > 10:  # large numbers differ already when they differ by one
            with mp.workdps(DIGITS + size):
                return _Evaluation(point).of(tree, {})
        if found == 0 or not mpmath.isfinite(found) or abs(found) > mpf(10) ** (10 - DIGITS):
            return found
        with mp.workdps(3 * DIGITS):  # a small number, or what rounding leaves of a zero
            more = _Evaluation(point).of(tree, {})
            return more if abs(more) > abs(found) * mpf(10) ** (10 - DIGITS) else mpf(0)
    except (ArithmeticError, ValueError, TypeError, NotImplementedError) as error:
        raise UnreadableError(f"no value: {type(error).__name__}") from error


class _Evaluation:
    def __init__(self, point: int) -> None:
        self.point = point
        self.steps = 0

    def of(self, tree: Tree, bound: Mapping[str, Any]) -> Any:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise UnreadableError("too much work")
        match tree:
            case Num(exact):
                return mpf(exact.numerator) / exact.denominator
            case Name(name):
                return bound[name] if name in bound else self._name(name)
            case Call("sum" | "prod", (Name(index), start, end, body)):
                return self._big(tree.name, index, self.of(start, bound), self.of(end, bound), body)
            case Call(name, args):
                return _small(self._call(name, [self.of(arg, bound) for arg in args]))
            case Many("vmatrix", rows):
                entries = [row.items for row in rows if isinstance(row, Many)]
                values = [[self.of(entry, bound) for entry in row] for row in entries]
                if len(values) > 6 or any(len(row) != len(values) for row in values):
                    raise UnreadableError("no determinant")
                return mpmath.det(mpmath.matrix(values))
        raise UnreadableError("not a number")

    def _name(self, name: str) -> Any:
        if name in _CONSTANTS:
            return _CONSTANTS[name]()
        draw = hashlib.sha256(f"{self.point} {name}".encode()).digest()
        if self.point in WHOLE:
            return mpf(1 + draw[0] % 12)
        size = 1 + mpf(int.from_bytes(draw[:4], "big")) / 2**31
        # Of few variables too, one is negative at one of the points.
        return -size if self.point in MIXED and (draw[4] + self.point) % 2 else size

    def _call(self, name: str, args: list[Any]) -> Any:
        operation = _OPERATIONS.get((name, 0 if name == "+" else len(args)))
        if operation is None:
            raise UnreadableError(f"{name} of {len(args)} has no value")
        return operation(args) if name == "+" else operation(*args)

    def _big(self, name: str, index: str, start: Any, end: Any, body: Tree) -> Any:
        if start != int(start) or not mpmath.isfinite(end) or end != int(end):
            raise UnreadableError("no finite sum")
        if end - start > MOST_TERMS:
            raise UnreadableError("too many terms")
        terms = [self.of(body, {index: mpf(k)}) for k in range(int(start), int(end) + 1)]
        return mpmath.fsum(terms) if name == "sum" else mpmath.fprod(terms)


def _small(number: Any) -> Any:
    """Return a number unless it is so large or so small that work with it takes long."""
    size = mpmath.mag(number) if mpmath.isfinite(number) and number != 0 else 0
    if abs(size) > LARGEST_BITS:
        raise UnreadableError("too large")
    return number


def _below(number: Any, most: int) -> Any:
    if abs(number) > most:
        raise UnreadableError("too large")
    return number


def _power(base: Any, exponent: Any) -> Any:
    if base != 0 and mpmath.isfinite(base) and mpmath.isfinite(exponent):
        _below(exponent * (abs(mpmath.mag(base)) + 1), LARGEST_BITS)
    return mpmath.power(base, exponent)


def _root(base: Any, index: Any) -> Any:
    """Return the real root of a negative number where the index is odd."""
    _below(index, 1000)
    if mpmath.im(base) == 0 and mpmath.re(base) < 0 and index == int(index) and int(index) % 2:
        return -mpmath.root(-base, int(index))
    return mpmath.power(base, 1 / mpf(index)) if mpmath.im(index) == 0 else mpmath.nan


def _factorial(number: Any) -> Any:
    return mpmath.factorial(_below(number, LARGEST_FACTORIAL))


def _binomial(n: Any, k: Any) -> Any:
    return mpmath.binomial(_below(n, LARGEST_FACTORIAL), _below(k, LARGEST_FACTORIAL))


#: By name and number of arguments; a sum has any number.
_OPERATIONS: dict[tuple[str, int], Callable[..., Any]] = {
    ("+", 0): mpmath.fsum, ("neg", 1): operator.neg, ("*", 2): operator.mul,
    ("/", 2): operator.truediv, ("^", 2): _power, ("root", 2): _root,
    ("fact", 1): _factorial, ("binom", 2): _binomial,
    ("log", 2): mpmath.log, ("ln", 2): mpmath.log,
    ("sin", 1): mpmath.sin, ("cos", 1): mpmath.cos, ("tan", 1): mpmath.tan,
    ("cot", 1): mpmath.cot, ("sec", 1): mpmath.sec, ("csc", 1): mpmath.csc,
    ("arcsin", 1): mpmath.asin, ("arccos", 1): mpmath.acos, ("arctan", 1): mpmath.atan,
    ("sinh", 1): mpmath.sinh, ("cosh", 1): mpmath.cosh, ("tanh", 1): mpmath.tanh,
    ("exp", 1): mpmath.exp, ("ln", 1): mpmath.log, ("log", 1): mpmath.log,
    ("log10", 1): mpmath.log10, ("abs", 1): abs,
    ("floor", 1): mpmath.floor, ("ceil", 1): mpmath.ceil,
}  # fmt: skip
