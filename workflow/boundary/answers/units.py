r"""Units, degree signs, percent and currency signs around a value.

A unit is no part of the value: it is told apart here, and what it means when
two answers have different ones is a rule of the comparison.
"""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = {
    "mm": "mm millimeter millimetre",
    "cm": "cm centimeter centimetre",
    "dm": "dm decimeter decimetre",
    "m": "meter metre",
    "km": "km kilometer kilometre",
    "in": "inch inches",
    "ft": "ft foot feet",
    "yd": "yd yard",
    "mi": "mi mile",
    "mg": "mg milligram",
    "g": "gram",
    "kg": "kg kilogram",
    "lb": "lb lbs pound",
    "oz": "oz ounce",
    "ml": "ml mL milliliter millilitre",
    "l": "liter litre",
    "s": "sec second",
    "min": "min minute",
    "h": "hr hour",
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "yr year",
    "mph": "mph",
    "km/h": "km/h kph kmph",
    "m/s": "m/s",
    "dollar": "dollar USD usd",
    "cent": "cent",
    "euro": "euro EUR",
    "degree": "degree deg",
    "percent": "percent pct percentage",
    "radian": "radian rad",
    "Hz": "Hz hertz",
    "kHz": "kHz",
    "N": "newton",
    "J": "joule",
    "kJ": "kJ",
    "W": "watt",
    "kW": "kW",
    "V": "volt",
    "Pa": "pascal",
    "erg": "erg",
    "eV": "eV",
    "K": "kelvin",
    "AU": "AU",
}
#: Every way to write a unit that is known, and its name.
KNOWN: Final = {
    form: name
    for name, forms in _NAMES.items()
    for word in forms.split()
    for form in (word, word + "s", word.capitalize(), word.capitalize() + "s")
}
#: Those that are no variable either.
BARE: Final = frozenset(form for form in KNOWN if len(form) > 1)
#: Units that say nothing: the same as none.
_GENERIC = frozenset(
    ["unit", "units", "square unit", "square units", "sq unit", "sq units", "cubic units"]
)
#: Words that change the value, hedge it or go on with the sentence: no units.
_NO_UNIT: Final = frozenset(
    re.findall(
        r"\S+",
        """
        hundred thousand million billion trillion dozen half third quarter or and more less
        fewer least most about approximately roughly around not if when where for all any with
        is are was base mod times plus minus over infinity undefined none to from by than
        between either a.m am p.m pm remainder squared cubed pi root
        """,
    )
)
_POWERS = {"": "", "2": "^2", "3": "^3"}
_TEXT = re.compile(
    r"\\(?:text|mbox|textrm|textbf|textit|mathrm|operatorname|hbox|rm)\s*"
    r"\{([^{}]*)\}(?:\^\{?([23])\}?)?$"
)
_DEGREE = re.compile(
    r"(?:\^\{?\s*(?:\\circ|\\degree|°)\s*\}?|\\degree|\\circ|°)\s*(?:\\(?:text|mathrm)\{)?([CFK]?)\}?$"
)
_PERCENT = re.compile(r"\\?%$|\\text\{\s*\\?%\s*\}$")
_CURRENCY = {
    "\\$": "dollar",
    "$": "dollar",
    "\\pounds": "pound sterling",
    "£": "pound sterling",
    "€": "euro",
    "\\euro": "euro",
}
#: Bare words count as a unit only right behind a number.
_BARE = re.compile(r"(?<=[0-9.}])\s?([a-zA-Z][a-zA-Z/]*(?:\s[a-zA-Z]+){0,2})(?:\^\{?([23])\}?)?$")
_LONGEST = 60


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
                rest, again = _trailing(value)
                return (rest, name) if again in (None, name) else (latex, None)
    return _trailing(latex)


def _trailing(latex: str) -> tuple[str, str | None]:
    tail = latex[-_LONGEST:]
    for read in (_percent, _degree, _text_unit, _bare_unit):
        found = read(tail)
        if found is not None:
            start, unit = found
            value = latex[: len(latex) - len(tail) + start].strip()
            if value and not value.endswith(("\\", "^", "_")):
                return value.removesuffix("\\"), unit
    return latex, None


def _percent(tail: str) -> tuple[int, str] | None:
    found = _PERCENT.search(tail)
    return (found.start(), "percent") if found else None


def _degree(tail: str) -> tuple[int, str] | None:
    found = _DEGREE.search(tail)
    if not found:
        return None
    scale = found.group(1)
    return found.start(), f"degree {scale}" if scale else "degree"


def _text_unit(tail: str) -> tuple[int, str | None] | None:
    found = _TEXT.search(tail)
    if not found:
        return None
    words = found.group(1).replace("~", " ").replace("\\", " ").strip(" .,")
    known, unit = unit_name(words, found.group(2) or "")
    return (found.start(), unit) if known else None


def _bare_unit(tail: str) -> tuple[int, str | None] | None:
    found = _BARE.search(tail)
    if not found:
        return None
    words = found.group(1)
    # Few letters are variables unless they are a unit that everybody knows.
    if words.split()[0] not in BARE and len(words.split()[0]) < 4:
        return None
    known, unit = unit_name(words, found.group(2) or "")
    return (found.start(), unit) if known else None


def unit_name(words: str, power: str = "") -> tuple[bool, str | None]:
    """Return whether words can be a unit, and its name (None for one that says nothing).

    >>> unit_name("square centimeters"), unit_name("apples"), unit_name("or more")
    ((True, 'cm^2'), (True, 'apple'), (False, None))
    """
    words = re.sub(r"\s+", " ", words.replace("^", "").replace("²", "2").replace("³", "3"))
    if words.endswith(("2", "3")) and not power:
        words, power = words[:-1].strip(), words[-1]
    parts = words.replace("/", " per ").split()
    if not 1 <= len(parts) <= 5 or any(part.lower() in _NO_UNIT for part in parts):
        return False, None
    if not all(re.fullmatch(r"[A-Za-z.'\-]+", part) for part in parts):
        return False, None
    if words.lower() in _GENERIC:
        return True, None
    if words in KNOWN:
        return True, KNOWN[words] + _POWERS[power]
    for lead, exponent in (("square", "2"), ("sq", "2"), ("sq.", "2"), ("cubic", "3"), ("cu", "3")):
        if parts[0].lower() == lead and len(parts) > 1:
            known, unit = unit_name(" ".join(parts[1:]), exponent)
            return known, unit
    named = [KNOWN.get(part, _singular(part)) for part in parts]
    return True, " ".join(named) + _POWERS[power]


def _singular(word: str) -> str:
    lower = word.lower()
    return (
        lower[:-1] if len(lower) > 3 and lower.endswith("s") and not lower.endswith("ss") else lower
    )
