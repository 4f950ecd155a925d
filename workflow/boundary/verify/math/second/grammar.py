"""Tables and small rules of the grammar that the parser of the second engine reads."""

from __future__ import annotations

from fractions import Fraction

from boundary.verify.math.second.tree import Call, Many, Name, Num, Text, Tree, UnreadableError

DEEPEST = 100
RELATIONS = {
    "=": "=", "<": "<", ">": ">", "lt": "<", "gt": ">", "le": "<=", "leq": "<=", "leqslant": "<=",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "in": "in",
    "approx": "~", "≤": "<=", "≥": ">=", "≠": "!=", "∈": "in", "≈": "~",
}  # fmt: skip
FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "exp",
        "ln",
        "log",
        "lg",
    ]
)
BIG = {"sum": "sum", "prod": "prod"}
CLOSING = {
    "(": ")]",
    "[": ")]",
    "{": "}",
    "\\{": "}",
    "lfloor": "rfloor",
    "lceil": "rceil",
    "langle": "rangle",
}
PREFIXED = frozenset(["frac", "dfrac", "tfrac", "cfrac", "sqrt", "binom", "dbinom", "tbinom"])


def held_in(opening: str, held: Tree, closing: str) -> Tree:
    """Name a bracketed list; a single value in round brackets or braces is itself."""
    items = held.items if isinstance(held, Many) and held.kind == "list" else (held,)
    if opening == "\\{":
        return Many("set", items)
    if opening == "langle":
        return Many("()", items)
    if len(items) == 1:
        if opening + closing in ("()", "{}", "[]"):
            return held
        raise UnreadableError("an interval with one end")
    return held if opening == "{" else Many(opening + closing, items)


def mixed(whole: Tree, part: Tree) -> Tree:
    """Return the mixed number of a whole number before a proper fraction."""
    match whole, part:
        case Num(), Call("/", (Num(above), Num(below))) if 0 < above < below:
            return Call("+", (whole, part))
    return Call("*", (whole, part))


#: Two ways to write one letter.
TWINS = {"varphi": "phi", "varepsilon": "epsilon", "vartheta": "theta", "varnothing": "emptyset"}
_HALF_TURN = Num(Fraction(180))


def in_radians(tree: Tree) -> Tree:
    """Return an angle in which what was in degrees is in radians."""
    match tree:
        case Call("unit", (inner, Text("degree"))):
            return Call("/", (Call("*", (inner, Name("pi"))), _HALF_TURN))
        case Call(name, args):
            return Call(name, tuple(map(in_radians, args)))
    return tree


def folded(words: str) -> str:
    """Return words without differences of case and spacing."""
    return " ".join(words.casefold().split()).strip(" .,")


#: Commands that begin no factor.
NO_FACTOR = frozenset(
    [
        *("cup", "cap", "setminus", "pm", "mp", "lor", "vee", "rfloor", "rceil", "rangle"),
        *("cdot", "times", "div"),
        *RELATIONS,
    ]
)
#: Commands whose meaning is not read.
NOT_READ = frozenset(
    [
        "ldots",
        "setminus",
        "circ",
        "mid",
        "bmod",
        "pmod",
        "equiv",
        "forall",
        "to",
        "overline",
        "bar",
        "vec",
        "hat",
        "int",
        "lim",
        "boxed",
        "mathbb",
        "mathcal",
        "oint",
        "iint",
    ]
)
