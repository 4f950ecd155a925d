r"""Units, degree signs, percent and currency signs around a value.

A unit is no part of the value: it is told apart here, and what it means when
two answers have different ones is a rule of the comparison.
"""

from __future__ import annotations

import re

from boundary.answers.nodes import Number
from boundary.answers.numbers import read_number
from boundary.answers.unit_names import BARE, CURRENCIES, unit_name

_CURRENCY = {
    "\\$": "dollar", "$": "dollar", "\\pounds": "pound sterling", "\\pound": "pound sterling",
    "£": "pound sterling", "\u20ac": "euro", "\\euro": "euro", "¥": "yuan", "\\yen": "yuan",
}  # fmt: skip
#: Signs that stand behind a value.
_BEHIND = {
    "\\%": "percent",
    "%": "percent",
    "¢": "cent",
    "\\cent": "cent",
    "元": "yuan",
} | _CURRENCY
_WRAPPED = (
    r"\\(?:text|mbox|textrm|textbf|textit|mathrm|operatorname|hbox|mathit) ?"
    r"\{(?:[^{}]|\{[^{}]*\})*\}"
)
_POWER = r"(?:\^(?:\{-?\d\}|\d))?"
_SIGN = r"(?:\\(?:mu|Omega|AA)(?![a-zA-Z]) ?|\\mathring\{A\}|[\u00c5\u212b])"
#: What may stand behind a value as its unit: words in ``\text``, a few signs, joined.
_TAIL = re.compile(
    rf"[/ ]?(?:{_WRAPPED}|{_SIGN}){_POWER}"
    rf"(?:(?:\\cdot ?|[/* ])?(?:{_WRAPPED}|{_SIGN}|(?<=\}})[a-zA-Z]{{1,3}}){_POWER})*$"
)
_DEGREE = re.compile(
    r"(?:\^ ?(?:\{ ?\\circ ?\}|\\circ(?![a-zA-Z])))"
    r"(?: ?\\(?:text|mathrm) ?\{ ?([CFK]) ?\}| ?([CFK]))?$"
)
#: Bare words count as a unit only right behind a plain number.
_BARE = re.compile(r"(?<=[0-9.}]) ?([a-zA-Z][a-zA-Z]*(?:[ /][a-zA-Z]+){0,3})(?:\^\{?(-?\d)\}?)?$")
_ORDINAL = re.compile(r"(?<=\d)(?:\^? ?\{? ?\\(?:text|mathrm) ?\{ ?(?:st|nd|rd|th) ?\} ?\}?)$")
_EACH = re.compile(r"\\text ?\{ ?(?:each|apiece|(?:per|an?) [a-z]+(?: [a-z]+)?) ?\}$")
_SAYS = re.compile(r"\\(?:text|mbox|textrm|textbf|textit|mathrm|operatorname|hbox|mathit) ?")
_LONGEST = 120


def strip_unit(latex: str) -> tuple[str, str | None]:
    r"""Part a value from its unit.

    Parameters
    ----------
    latex : str
        An answer, normalised (`boundary.answers.typesetting.normalise`).

    Returns
    -------
    value : str
        What is left; the answer itself when it has no unit.
    unit : str or None
        A name that is the same for every way to write the unit; None without one.

    Examples
    --------
    >>> strip_unit(r"15\mbox{ cm}^2"), strip_unit(r"\$5"), strip_unit(r"90^\circ")
    (('15', 'cm^2'), ('5', 'dollar'), ('90', 'degree'))
    """
    for sign, name in _CURRENCY.items():
        for minus in ("", "-"):
            if latex.startswith(minus + sign) and len(latex) > len(minus + sign):
                value = minus + latex[len(minus + sign) :].strip()
                # "\$5 \text{ dollars}" says the same unit twice.
                rest, again = _trailing(_EACH.sub("", value).strip())
                fits = again is None or again == name or again.startswith(f"{name} per ")
                return (rest, name) if fits and rest else (latex, None)
    return _trailing(latex)


def _trailing(latex: str) -> tuple[str, str | None]:
    if not latex or (latex[-1].isdigit() and "^" not in latex[-4:-1]):
        return latex, None  # a unit ends in no digit, but for its power
    for read in (_sign, _degree, _ordinal, _wrapped, _bare):
        found = read(latex)
        if found is not None:
            start, unit = found
            value = latex[:start].strip()
            if value and not value.endswith(("\\", "^", "_", "{", "(")):
                return value, unit
    return latex, None


def _sign(latex: str) -> tuple[int, str] | None:
    for sign, unit in _BEHIND.items():
        for form in (sign, f"\\text{{{sign}}}", f"\\text{{ {sign}}}"):
            if latex.endswith(form) and not latex.endswith("\\" + form):
                start = len(latex) - len(form)
                plain = unit not in CURRENCIES or read_number(latex[:start].strip()) is not None
                return (start, unit) if plain else None
    return None


def _degree(latex: str) -> tuple[int, str] | None:
    found = _DEGREE.search(latex)
    if not found or not _plain(latex[: found.start()]):
        return None
    scale = found[1] or found[2]
    return found.start(), f"degree {scale}" if scale else "degree"


def _ordinal(latex: str) -> tuple[int, None] | None:
    found = _ORDINAL.search(latex)
    return (found.start(), None) if found and _plain(latex[: found.start()]) else None


def _wrapped(latex: str) -> tuple[int, str | None] | None:
    offset = max(len(latex) - _LONGEST, 0)
    if "\\" not in latex[offset:] and not latex.endswith(("\u00c5", "\u212b")):
        return None
    found = _TAIL.search(latex, offset)
    # In plain words a K is a thousand as often as a kelvin.
    if not found or found[0] == "\\text{K}":
        return None
    value = latex[: found.start()].strip()
    known, unit = unit_name(
        _said(found[0]), sole=value in ("1", "-1"), only_known=not _plain(value)
    )
    return (found.start(), unit) if known else None


def _said(tail: str) -> str:
    r"""Return the words of a unit without LaTeX: ``\mathrm{kg\,m^{2}}`` as ``kg m^2``."""
    text = (
        tail.replace("\\AA", "\u212b")
        .replace("\\mathring{A}", "\u212b")
        .replace("\u00c5", "\u212b")
    )
    text = re.sub(r"\\mu(?![a-zA-Z]) ?(?:\\cdot ?)?", "\u03bc", text).replace("\\Omega", "\u03a9 ")
    text = re.sub(r"\^\{(-?\d)\}", r"^\1", _SAYS.sub(" ", text))
    text = re.sub(r"\\cdot|[{}\\*~]", " ", text)
    return re.sub(r"\u03bc\s+", "\u03bc", re.sub(r"\s*\^\s*", "^", text)).strip(" .,")


def _bare(latex: str) -> tuple[int, str | None] | None:
    found = _BARE.search(latex)
    if not found or not _plain(latex[: found.start()]):
        return None
    words, power = found[1], found[2]
    # Few letters are variables unless they are a unit that everybody knows.
    first = re.split(r"[ /]", words)[0]
    if first not in BARE and len(first) < 4:
        return None
    value = latex[: found.start()].strip()
    known, unit = unit_name(words + (f"^{power}" if power else ""), sole=value in ("1", "-1"))
    return (found.start(), unit) if known else None


def _plain(value: str) -> bool:
    """Say whether a value is a number alone, perhaps in round brackets."""
    value = value.strip()
    if value.startswith("(") and value.endswith(")"):
        value = value[1:-1]
    return read_number(value) is not None


SCALES = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_SCALED = re.compile(
    rf"(.*?\d\)?) ?(?:\\(?:text|mbox|mathrm|textrm) ?\{{)? ?({'|'.join(SCALES)})"
    r"(?: ([a-zA-Z ]+))?\}?"
)


def read_quantity(text: str) -> Number | None:
    """Return a number with its unit, and words such as "million" behind it; None for no number."""
    value, unit = strip_unit(text)
    number = read_number(value)
    if number is not None:
        return Number(number, unit, value)
    found = _SCALED.fullmatch(text)
    if not found:
        return None
    before, unit = strip_unit(found[1])
    number = read_number(before)
    if number is None:
        return None
    if found[3] and unit is None:
        known, unit = unit_name(found[3])
        if not known:
            return None
    number *= SCALES[found[2]]
    return Number(number, unit, str(number))
