r"""Which words behind a number are a unit, and which change its value.

A unit is known by name, or it is a plain noun in the plural: *apples*, *red
balls*.  What is neither may change the value (*hundredths*, *doubled*, *choose*),
and then it is none.
"""

from __future__ import annotations

import re
from typing import Final

_words = re.compile(r"\S+").findall
_NAMES: Final = {
    "m": "m meter metre", "g": "g gram gramme", "s": "s sec second", "A": "A amp ampere",
    "K": "K kelvin", "mol": "mol mole", "Hz": "Hz hertz", "N": "N newton", "Pa": "Pa pascal",
    "J": "J joule", "W": "W watt", "C": "C coulomb", "V": "V volt Volt", "F": "F farad",
    "\u03a9": "\u03a9 ohm", "l": "l L liter litre", "eV": "eV electronvolt", "cal": "cal calorie",
    "bar": "bar", "pc": "pc parsec", "bit": "bit", "byte": "byte", "Wb": "Wb weber",
    "in": "in inch", "ft": "ft foot", "yd": "yd yard", "mi": "mi mile", "lb": "lb pound",
    "oz": "oz ounce", "acre": "acre", "hectare": "hectare ha", "gallon": "gallon gal",
    "min": "min minute", "h": "h hr hour", "day": "day", "week": "week wk", "month": "month",
    "year": "year yr", "century": "century", "decade": "decade", "dollar": "dollar USD usd buck",
    "cent": "cent", "euro": "euro EUR", "pound sterling": "GBP", "yuan": "yuan RMB", "yen": "yen",
    "rupee": "rupee Rs", "degree": "degree deg", "percent": "percent pct percentage",
    "radian": "radian rad", "steradian": "sr", "erg": "erg", "AU": "AU", "ly": "ly lightyear",
    "\u212b": "\u212b angstrom Angstrom", "amu": "amu", "atm": "atm", "dyne": "dyn dyne",
    "arcsec": "arcsec arcsecond", "arcmin": "arcmin arcminute", "mag": "mag magnitude",
    "mph": "mph", "kph": "kph kmph", "rpm": "rpm",
    "tesla": "tesla", "gauss": "gauss", "knot": "knot", "tonne": "tonne", "cc": "cc",
    "dB": "dB decibel", "pulse": "pulse", "rev": "rev",
}  # fmt: skip
_PREFIXES: Final = {
    "n": "nano", "\u03bc": "micro", "m": "milli", "c": "centi", "d": "deci", "k": "kilo",
    "M": "mega", "G": "giga", "T": "tera", "p": "pico", "f": "femto",
}  # fmt: skip
_PREFIXED: Final = _words("m g s A K mol Hz N Pa J W C V F \u03a9 l eV cal bar pc bit byte Wb")
#: Units that are others, taken together.
_SUMS: Final = {
    "mph": {"mi": 1, "h": -1}, "kph": {"km": 1, "h": -1}, "cc": {"cm": 3},
    "rpm": {"rev": 1, "min": -1},
}  # fmt: skip
_PLURALS: Final = {"foot": "feet", "inch": "inches", "century": "centuries", "henry": "henries"}


def _forms() -> dict[str, str]:
    """Return every way to write a unit, and its name."""
    found: dict[str, str] = {}
    for name, words in _NAMES.items():
        for word in words.split():
            long = len(word) > 2
            plurals = [_PLURALS.get(word, word + "s")] if long or word in ("yd", "lb", "hr") else []
            for form in (word, *plurals):
                found[form] = name
                if long and form.islower():
                    found[form.capitalize()] = name
    for name in _PREFIXED:
        symbol, *long_forms = _NAMES[name].split()
        for sign, prefix in _PREFIXES.items():
            found.setdefault(sign + symbol, sign + name)
            for word in long_forms:
                if len(word) > 2:
                    for form in (prefix + word, prefix + word + "s"):
                        found[form] = found[form.capitalize()] = sign + name
    more = {"mL": "ml", "kWh": "kW h", "Kg": "kg", "KM": "km", "CM": "cm"}
    return found | more | {f"{unit}s": unit for unit in ("cm", "mm", "km", "kg", "ml")}


KNOWN: Final = _forms()
#: Those that stand behind a number without ``\text``: no variables, and no product of some.
BARE: Final = frozenset(
    _words("""
    mm cm dm km kg mg mL ml lb lbs oz ft yd mi inch inches foot feet mph kmph kph sec min hr hrs
    Hz kHz MHz GHz eV keV MeV kJ kW Pa kPa USD EUR RMB deg rad pct AU erg ergs amu atm rpm nm dB
    """)
) | frozenset(form for form in KNOWN if len(form) > 3)
CURRENCIES: Final = frozenset(
    ["dollar", "cent", "euro", "pound sterling", "yuan", "yen", "rupee", "peso"]
)
#: Say nothing: the same as none.
_SCALE = re.compile(r"(?:deg|degrees?) ?(C|F|Celsius|Fahrenheit|celsius|fahrenheit)")
_GENERIC = re.compile(r"(?:(?:square|sq\.?|cubic|cu\.?) )?units?(?:\^-?\d)?(?: squared| cubed)?")
#: Words that change the value, hedge it or go on with the sentence.
_NO_UNIT: Final = frozenset(
    _words("""
    hundred thousand million billion trillion hundreds thousands millions billions trillions
    dozen dozens score scores pair pairs couple couples half halves third thirds quarter
    quarters double doubles triple ones twos threes fours fives sixes sevens eights nines tens
    elevens twelves twenties imaginary complement complements supplement supplements or and nor
    but more less fewer least most about approximately roughly around not no non if when where
    for all any with without is are was be base bases mod modulo remainder remainders times plus
    minus over under infinity undefined none to from by than between either neither at in on as
    per a.m am p.m pm squared cubed pi root choose factorial factorials negative negatives
    positive-only reciprocal reciprocals inverse inverses opposite opposites conjugate
    conjugates multiple multiples power powers logs logarithms exponent exponents decimal
    decimals binary octal hex hexadecimal repeating recurring doubled halved tripled squares-of
    incorrect wrong false excluded except others others' zeros infinitely many thousandfold us
    its this always plus-minus plusminus
    """)
)
_ORDINAL_PART = re.compile(r"(?:ths|rds|fths|ieths)$")
_NO_ORDINAL = frozenset(
    _words("months paths lengths widths births deaths booths myths moths mouths")
)
_SINGULAR_END = ("ss", "us", "is", "ous", "as", "ys's")
_IRREGULAR = frozenset(
    _words("people children men women teeth geese mice fish sheep deer dice oxen cattle feet")
)
_WORD = re.compile(r"[A-Za-z][A-Za-z.'\-]*")
MOST_WORDS = 5


def unit_name(
    words: str, *, sole: bool = False, only_known: bool = False
) -> tuple[bool, str | None]:
    """Return whether words can be a unit, and its name (None for one that says nothing).

    Parameters
    ----------
    words : str
        Plain words, ``/`` and ``per``, powers as ``cm^2`` or ``s^-1``.
    sole : bool
        Whether there is one of it: then a noun in the singular is a unit too.
    only_known : bool
        Whether nouns are none.

    Examples
    --------
    >>> unit_name("square centimeters"), unit_name("apples"), unit_name("or more")
    ((True, 'cm^2'), (True, 'apple'), (False, None))
    """
    text = re.sub(r"\s+", " ", words.strip(" ,()").replace("\u00b7", " "))
    text = (
        re.sub(r"(?<=[A-Za-z])\.(?=$|[\s^])", "", text)
        .removesuffix(" old")
        .replace("per cent", "percent")
    )
    text = re.sub(r"(?<=[A-Za-z])\.(?=[A-Za-z])", " ", text)
    if _GENERIC.fullmatch(text):
        return True, None
    scale = _SCALE.fullmatch(text)
    if scale:
        return True, f"degree {scale[1][0].upper()}"
    powers = _powers(text)
    if powers is not None:
        shown = sorted(powers.items(), key=lambda item: (-item[1], item[0]))
        return True, " ".join(name if n == 1 else f"{name}^{n}" for name, n in shown if n)
    return (False, None) if only_known else _noun(text, sole)


def _powers(text: str) -> dict[str, int] | None:
    """Return each known unit's power, None where one is not known."""
    found: dict[str, int] = {}
    for place, part in enumerate(re.split(r" ?/ ?| per ", text)):
        if not part:
            if place == 0:
                continue
            return None
        read = _product(part)
        if read is None:
            return None
        for name, power in read.items():
            found[name] = found.get(name, 0) + (power if place == 0 else -power)
    return found or None


def _product(text: str) -> dict[str, int] | None:
    found: dict[str, int] = {}
    raised = 1
    words = text.split()
    for i, word in enumerate(words):
        lower = word.lower()
        if lower in ("square", "sq") and i + 1 < len(words):
            raised = 2
            continue
        if lower in ("cubic", "cu") and i + 1 < len(words):
            raised = 3
            continue
        if lower in ("squared", "cubed") and len(found) == 1 and i == len(words) - 1:
            (only,) = found
            found[only] *= 2 if lower == "squared" else 3
            continue
        name, power = _single(word)
        if not name:
            return None
        for each, times in _SUMS.get(name, {name: 1}).items():
            found[each] = found.get(each, 0) + times * power * raised
        raised = 1
    return found or None


def _single(word: str) -> tuple[str, int]:
    """Return the name and the power of ``s^-1``, ``cm2``, ``meters``; no name of what is none."""
    found = re.fullmatch(r"(.*?[^\d^\-])\^?(-?\d)?", word)
    return (KNOWN.get(found[1], ""), int(found[2] or 1)) if found else ("", 1)


def _noun(text: str, sole: bool) -> tuple[bool, str | None]:
    """Read a plain noun with words before it, and what it is counted by: ``apples per day``."""
    head, *rates = re.split(r" ?/ ?| per ", text)
    words = head.split()
    everything = [*words, *(word for rate in rates for word in rate.split())]
    if not everything or len(everything) > MOST_WORDS or any(not rate.strip() for rate in rates):
        return False, None
    if any(word.lower() in _NO_UNIT or not _WORD.fullmatch(word) for word in everything):
        return False, None
    if not words or not (_plural(words[-1]) or words[-1] in KNOWN or sole):
        return False, None
    if sole and not _plural(words[-1]) and (len(words[-1]) < 3 or not words[-1].islower()):
        return False, None
    names = [_singular(word) for word in words]
    return True, " per ".join([" ".join(names), *(rate.lower() for rate in rates)])


def _plural(word: str) -> bool:
    lower = word.lower()
    if lower in _IRREGULAR:
        return True
    if len(lower) < 4 or not lower.endswith("s") or lower.endswith(_SINGULAR_END):
        return False
    return lower in _NO_ORDINAL or not _ORDINAL_PART.search(lower)


def _singular(word: str) -> str:
    lower = word.lower()
    return KNOWN.get(word) or (lower[:-1] if _plural(lower) and lower.endswith("s") else lower)


def same_unit(one: str | None, other: str | None) -> bool:
    """Say whether two units may be one: the same, one missing, or money once without its rate."""
    if one is None or other is None or one == other:
        return True
    heads = one.split(" per ")[0].split(" ")[0], other.split(" per ")[0].split(" ")[0]
    rates = [" per " in unit or "^-" in unit for unit in (one, other)]
    return heads[0] == heads[1] and heads[0] in CURRENCIES and rates[0] != rates[1]
