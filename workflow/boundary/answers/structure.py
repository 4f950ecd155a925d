r"""What an answer is: number, time, choice, words, list, tuple, interval, relation….

`read` parts an answer into its structure without doing any algebra; what is
left over is an `Expression`.  It takes time linear in the text for each level
of nesting, and cuts off at `DEEPEST`.
"""

from __future__ import annotations

import re
from functools import partial

from boundary.answers.nodes import (
    Expression,
    Group,
    Label,
    Matrix,
    Node,
    Relation,
)
from boundary.answers.numbers import read_based
from boundary.answers.shapes import matrix, ratio, without_points, without_quantifier
from boundary.answers.times import read_clock, read_time
from boundary.answers.typesetting import encloses, normalise, top_level
from boundary.answers.units import read_quantity
from boundary.answers.words import CHOICE, WORD_WRAPPER, in_words

DEEPEST = 12


_SIGNS = {
    "=": "=",
    "<": "<",
    ">": ">",
    "\\lt": "<",
    "\\gt": ">",
    "\\le": "<=",
    "\\leq": "<=",
    "\\leqslant": "<=",
    "\\ge": ">=",
    "\\geq": ">=",
    "\\geqslant": ">=",
    "\\ne": "!=",
    "\\neq": "!=",
    "\\in": "in",
    "\\approx": "~",
    "\\simeq": "~",
    "\\doteq": "~",
    "\\coloneqq": "=",
}
_JOINS = {"\\lor", "\\vee", "\\land", "\\wedge"}
_UNIONS = {"\\cup", "\\bigcup"}
#: Joins whole answers where single values have commas between: ``x=1,y=2; x=3,y=4``.
_OUTER = {";"} | _JOINS
_AND_OR = re.compile(
    r",?\\(?:text|mbox|mathrm)\{\s*,?\s*(and|or)\s*\}"
    r"|,?(?<=[^a-zA-Z]) ?\b(and|or)\b ?(?=[^a-zA-Z])"
)
_EMPTY = Expression("\\emptyset")
_REALS = Group("tuple", (Expression("-\\infty"), Expression("\\infty")), "()")
_NAMED: dict[str, Node] = {
    "\\varnothing": _EMPTY,
    "\\{\\}": _EMPTY,
    "\\mathbb{R}": _REALS,
    "\\mathbb R": _REALS,
    "\\mathbf{R}": _REALS,
    "\\R": _REALS,
}
#: Fonts that enclose an answer; those of formulas also where it is a word or a number.
_FONT = re.compile(r"\\(text|textbf|textit|textrm|mbox|mathrm|mathbf|underline|hbox) ?\{")
_FORMULAS = frozenset(["mathbf", "underline"])
_LABELLED = re.compile(r"[A-Z]'?(?=\()")
#: In text, figures and signs without words but "and" and "or" are mathematics.
_FIGURES = re.compile(r"(?=.*\d)(?:[\d\s.,:;()\[\]+\-*/=<>]|\b(?:and|or)\b)+")
_SAME_AS = frozenset(["\\equiv"])
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NAMED_NUMBER = re.compile(r"[^,=]*=[^,=\d]*\d{1,3}(?:,\d{3})+[^,=\d]*")
_FUNCTION = re.compile(r"[a-zA-Z](?:_\d)?\([a-z]\)")
#: ``x \mid x > 3`` within braces: the numbers that a relation allows.
_BUILDER = re.compile(
    r"([a-z])(?:\\in ?\\mathbb ?\{?R\}?)?(?:\\mid ?|\||:)(?P<rest>(?=[^:|]*\1)[^:|]*)"
)
#: A union written with a letter.
_UNION_LETTER = re.compile(r"(?<=[)\]]) ?U ?(?=[(\[])")


def read(answer: str) -> Node:
    """Return the structure of an answer.

    Parameters
    ----------
    answer : str
        LaTeX or plain text, not yet normalised.
    """
    return _read(_UNION_LETTER.sub("\\\\cup ", without_quantifier(normalise(answer))), 0)


def _read(text: str, depth: int) -> Node:
    text = _unwrapped(text.strip())
    if depth > DEEPEST:
        return Expression(text)
    return _atom(text) or _compound(text, depth) or in_words(text)


def _unwrapped(text: str) -> str:
    r"""Take away braces and changes of font that enclose everything, of words only formulas."""
    while len(text) > 2 and text not in _NAMED:
        if text[0] == "{":
            inner = text[1:-1] if encloses(text, 0) else None
        else:
            found = _FONT.match(text)
            inner = text[found.end() : -1] if found and encloses(text, found.end() - 1) else None
            if inner is not None and found and found[1] not in _FORMULAS:
                inner = inner if "\\" in inner or _FIGURES.fullmatch(inner) else None
        if inner is None:
            break
        text = inner.strip()
    return text


def _atom(text: str) -> Node | None:
    if text in _NAMED:
        return _NAMED[text]
    plain = WORD_WRAPPER.sub(r"\1", text).strip()
    choice = CHOICE.fullmatch(plain)
    if choice:
        return Label("choice", choice.group(1) or choice.group(2))
    minutes = read_time(plain)
    if minutes is None:
        minutes = read_clock(plain)
    if minutes is not None:
        return Label("time", f"{minutes // 60:02}:{minutes % 60:02}")
    # Only what is wrapped as a whole: between parts of a formula a wrapper parts words.
    whole = WORD_WRAPPER.fullmatch(text)
    for form in (text, whole.group(1).strip()) if whole else (text,):
        number = read_quantity(form)
        if number is not None:
            return number
    based = read_based(plain)
    if based is not None:
        return Label("base", f"{based.digits}_{based.base}")
    return None


def _compound(text: str, depth: int) -> Node | None:
    marked = top_level(_AND_OR.sub(_joined, _guarded(text)))
    outer = _split(marked, _OUTER)
    if len(outer) > 1 and all(map(_names_several, outer)):
        return Group("list", tuple(_read(part, depth + 1) for part in outer))
    lies = ("\\in", True) in marked  # in a union, perhaps, which is then its other side
    for separators, kind in (({",", ";"} | _JOINS, "list"), (_UNIONS, "union")):
        if lies and kind == "union":
            continue
        parts = _split(marked, separators)
        if len(parts) > 1:
            items = [_read(_plain(part), depth + 1) for part in parts if part.strip()]
            # A comma at an end makes no list.
            if len(items) > 1:
                return _spread(Group(kind, _flat(items), _join(marked) if kind == "list" else ""))
            return items[0] if items else None
    found = _relation(marked, depth)
    if found is not None:
        return found
    return (
        _bracketed(text, depth)
        or matrix(text, partial(_read, depth=depth + 1))
        or ratio(_split(marked, {":"}), partial(_read, depth=depth + 1))
        or without_points(text, partial(_read, depth=depth + 1))
        or _signs_apart(text, depth)
    )


def _joined(found: re.Match[str]) -> str:
    return " \\land " if "and" in found.groups() else " \\lor "


def _join(marked: list[tuple[str, bool]]) -> str:
    """Return what joins the items of a list: ``and``, ``or``, or nothing but commas."""
    joins = {token for token, outside in marked if outside} & _JOINS
    if joins & {"\\land", "\\wedge"}:
        return "and"
    return "or" if joins else ""


def _guarded(text: str) -> str:
    """Put commas in numbers into braces: where others have spaces, and in ``x=10,000``."""
    sure = ", " in text or _NAMED_NUMBER.fullmatch(text)
    return _THOUSANDS.sub("{,}", text) if sure else text


def _plain(text: str) -> str:
    return text.replace("{,}", ",")


def _names_several(text: str) -> bool:
    parts = _split(top_level(text), {","})
    return len(parts) > 1 and all("=" in part for part in parts)


def _flat(items: list[Node]) -> tuple[Node, ...]:
    r"""Put the two values of an item such as ``1 \pm \sqrt{5}`` among the others."""
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Group) and item.kind == "list" else [item])
    return tuple(flat)


def _split(marked: list[tuple[str, bool]], separators: set[str]) -> list[str]:
    parts = [""]
    for token, outside in marked:
        if outside and token in separators:
            parts.append("")
        else:
            parts[-1] += token
    return parts


def _spread(group: Group) -> Node:
    """Read ``x = 1, 2`` as x being 1 or 2."""
    first = group.items[0] if group.items else None
    if group.kind != "list" or not isinstance(first, Relation) or first.signs != ("=",):
        return group
    if any(isinstance(item, Relation) for item in group.items[1:]):
        return group
    values = Group("list", (first.sides[1], *group.items[1:]), group.ends)
    return Relation((first.sides[0], values), ("=",), (first.texts[0], ""))


def _relation(marked: list[tuple[str, bool]], depth: int) -> Relation | None:
    parts = [""]
    signs: list[str] = []
    for token, outside in marked:
        sign = _SIGNS.get(token) if outside else None
        if outside and token in _SAME_AS and _FUNCTION.fullmatch(parts[-1].strip()):
            sign = "="  # a function is the same as; between numbers it is a congruence
        if sign is None:
            parts[-1] += token
        elif sign == "=" and signs and signs[-1] in ("<", ">") and not parts[-1].strip():
            signs[-1] += "="
        else:
            signs.append(sign)
            parts.append("")
    if not signs:
        return None
    # A colon before the sign of equality defines; nothing else ends in one.
    texts = [part.strip().removesuffix(":") for part in parts]
    texts = [_plain(text) for text in texts]
    return Relation(tuple(_read(part, depth + 1) for part in texts), tuple(signs), tuple(texts))


def _bracketed(text: str, depth: int) -> Node | None:
    for opening, closing in (("\\{", "\\}"), ("\\lbrace", "\\rbrace"), ("\\langle", "\\rangle")):
        if text.startswith(opening) and text.endswith(closing) and encloses(text, 0):
            inner = text[len(opening) : -len(closing)]
            builder = _BUILDER.fullmatch(inner)
            if builder and opening != "\\langle":
                return _read(builder["rest"], depth + 1)
            items = _items(inner, depth)
            if opening == "\\langle":
                return Group("tuple", items, "()")
            return Group("set", _flat(list(items)))
    label = _LABELLED.match(text)
    text = text[label.end() :] if label and "," in text else text  # a point by its letter
    if text[:1] in ("(", "[") and text[-1:] in (")", "]") and encloses(text, 0):
        ends = text[0] + text[-1]
        items = _items(text[1:-1], depth)
        if len(items) == 1 and (ends == "()" or isinstance(items[0], Matrix)):
            return items[0]
        return Group("tuple", items, ends) if len(items) > 1 else None
    return None


def _items(inner: str, depth: int) -> tuple[Node, ...]:
    parts = _split(top_level(_guarded(inner)), {",", ";"})
    return tuple(_read(_plain(part), depth + 1) for part in parts if part.strip())


def _signs_apart(text: str, depth: int) -> Group | None:
    r"""Read ``1 \pm \sqrt{19}`` as two answers."""
    if "\\pm" not in text and "\\mp" not in text:
        return None
    upper = re.sub(r"\\mp(?![a-zA-Z])", "-", re.sub(r"\\pm(?![a-zA-Z])", "+", text))
    lower = re.sub(r"\\mp(?![a-zA-Z])", "+", re.sub(r"\\pm(?![a-zA-Z])", "-", text))
    if "\\pm" in upper or "\\mp" in upper:
        return None
    return Group("list", tuple(_read(normalise(side), depth + 1) for side in (upper, lower)))
