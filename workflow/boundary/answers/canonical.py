"""One text for all the ways in which an answer can be written."""

from __future__ import annotations

from boundary.answers.nodes import (
    Expression,
    Group,
    Label,
    Matrix,
    Node,
    Number,
    Relation,
    Words,
)
from boundary.answers.structure import read

#: A longer answer is its own key.
LONGEST = 1000


def canonical(answer: str, *, unit: bool = True) -> str:
    r"""Return a key such that equal keys mean the same answer.

    The rules are exact text and exact numbers, no algebra: ``\frac12``, ``0.5``
    and ``.50`` have one key, and so have ``10{,}000`` and ``10000``; ``2\sqrt2``
    and ``\sqrt8`` have not.  Different keys say nothing.

    Parameters
    ----------
    answer : str
        An extracted answer: LaTeX or plain text.
    unit : bool, default True
        Whether a unit is part of the key.  Without it, ``5\text{ cm}``, ``5``
        and ``5\text{ m}`` share one.

    Examples
    --------
    >>> canonical(r"\dfrac{1}{2}") == canonical("0.50"), canonical(r"\{2, 1\}")
    (True, 'set:[number:1, number:2]')
    """
    if len(answer) > LONGEST:
        return f"text:{answer.strip()}"
    try:
        return _key(read(answer), unit)
    except Exception:  # hostile text never ends an analysis
        return f"text:{answer.strip()}"


def _key(node: Node, unit: bool) -> str:
    match node:
        case Number(value, name):
            key = f"number:{value}{_suffix(name, unit)}"
        case Words(text, bare):
            # A single letter may be a variable, whose case counts.
            key = f"words:{text}" if bare is None or len(bare) > 1 else f"latex:{bare}"
        case Label(kind, text):
            key = f"{kind}:{text}"
        case Expression(text, name):
            key = f"latex:{text}{_suffix(name, unit)}"
        case Matrix(rows):
            lines = [", ".join(_key(entry, unit) for entry in row) for row in rows]
            key = f"matrix:[{'; '.join(lines)}]"
        case Relation(sides, signs):
            keys = [_key(side, unit) for side in sides]
            tail = [f" {sign} {side}" for sign, side in zip(signs, keys[1:], strict=True)]
            key = f"relation:{keys[0]}{''.join(tail)}"
        case Group():
            key = _group_key(node, unit)
    return key


def _group_key(group: Group, unit: bool) -> str:
    keys = [_key(item, unit) for item in group.items]
    if group.kind == "tuple":
        return f"tuple:{group.ends[0]}{', '.join(keys)}{group.ends[1]}"
    if group.kind == "ratio":
        return f"ratio:{group.ends}{', '.join(keys)}"
    if group.kind == "set":
        keys = list(dict.fromkeys(keys))
    name = "union" if group.kind == "union" else "set"
    return f"{name}:[{', '.join(sorted(keys))}]"


def _suffix(name: str | None, unit: bool) -> str:
    return f" [{name}]" if name and unit else ""
