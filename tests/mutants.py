"""Programs that differ from a right one in one place of their syntax tree."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator

SWAPS: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


def mutants(program: str) -> Iterator[str]:
    """Yield programs with one change each, in a fixed order mixed by content."""
    tree = ast.parse(program)
    sites = [
        (index, change) for index, node in enumerate(ast.walk(tree)) for change in _changes(node)
    ]
    random.Random(program).shuffle(sites)
    seen = {ast.unparse(tree)}
    for index, change in sites:
        changed = copy.deepcopy(tree)
        change(next(node for i, node in enumerate(ast.walk(changed)) if i == index))
        text = ast.unparse(ast.fix_missing_locations(changed))
        if text not in seen:
            seen.add(text)
            yield text


def _changes(node: ast.AST) -> list[Callable[[ast.AST], None]]:
    found: list[Callable[[ast.AST], None]] = []
    if isinstance(node, (ast.BinOp, ast.BoolOp)) and type(node.op) in SWAPS:
        found.append(_swap_operator)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        found.append(_swap_comparison)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
        found.append(_another_number)
    if isinstance(node, ast.Constant) and type(node.value) is str and node.value:
        found.append(_another_text)
    if isinstance(node, ast.Return) and node.value is not None:
        found += [_nothing, _in_a_list, _denied]
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
        found.append(_uncalled)
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        found.append(_negated)
    return found


def _swap_operator(node: ast.AST) -> None:
    assert isinstance(node, (ast.BinOp, ast.BoolOp))
    node.op = SWAPS[type(node.op)]()


def _swap_comparison(node: ast.AST) -> None:
    assert isinstance(node, ast.Compare)
    node.ops[0] = SWAPS[type(node.ops[0])]()


def _another_number(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)
    node.value = not node.value if type(node.value) is bool else node.value + 1  # type: ignore[operator]


def _another_text(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)
    node.value = f"{node.value}?"


def _nothing(node: ast.AST) -> None:
    assert isinstance(node, ast.Return)
    node.value = ast.Constant(None)


def _in_a_list(node: ast.AST) -> None:
    assert isinstance(node, ast.Return)
    node.value = ast.List([node.value], ast.Load())


def _denied(node: ast.AST) -> None:
    assert isinstance(node, ast.Return)
    assert node.value is not None
    node.value = ast.UnaryOp(ast.Not(), node.value)


def _uncalled(node: ast.AST) -> None:
    """Return the first argument of the call, or what its method is of."""
    assert isinstance(node, ast.Return)
    assert isinstance(node.value, ast.Call)
    call = node.value
    if call.args:
        node.value = call.args[0]
    elif isinstance(call.func, ast.Attribute):
        node.value = call.func.value
    else:
        node.value = call.func


def _negated(node: ast.AST) -> None:
    assert isinstance(node, (ast.If, ast.While, ast.IfExp))
    node.test = ast.UnaryOp(ast.Not(), node.test)
