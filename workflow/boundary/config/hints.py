"""What YAML made of a value that a study cannot take, and how to write what was meant.

YAML 1.1 reads ``no`` as false, ``2024-05-01`` as a date and ``1e4`` as text.
"""

from __future__ import annotations

import contextlib
import difflib
import math
import re
from datetime import date
from typing import Any

_NUMBERS = ("int_type", "float_type", "int_from_float", "finite_number")
_MAPPINGS = ("dict_type", "model_type", "model_attributes_type")
_BOUNDS = ("less_than", "less_than_equal")
#: What YAML reads as a number where no quotes stand.
_BARE = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")
_THOUSANDS = re.compile(r"[0-9]{1,3}([, ][0-9]{3})+")
_POINTS = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+")
_DECIMAL = re.compile(r"[0-9]+(,[0-9]+)?")
_SUFFIX = re.compile(r"([0-9]+(?:[.,][0-9]+)?) ?([kKmM%])")
_SCALES = {"k": 1e3, "m": 1e6, "%": 0.01}


def written_hint(item: Any, text: str | None) -> str:
    """Return how to write what was meant, beginning with a space; nothing when that is unclear.

    Parameters
    ----------
    item : mapping
        An error of pydantic.
    text : str, optional
        How the value is spelled in the file, where YAML reads it as no text.
    """
    kind, value = item["type"], item["input"]
    if kind == "string_type":
        return _quote(value, text)
    if kind in _NUMBERS:
        return _number(value, text, whole=kind.startswith("int"))
    if kind in _BOUNDS and _is_share(item) and 1 < value <= 100:
        return f" For {value:g} % write {value / 100:g}."
    if kind == "literal_error":
        return _nearest(value, re.findall(r"'([^']+)'", item["ctx"]["expected"]))
    return _form(item, value)


def _form(item: Any, value: Any) -> str:
    """Return how a truth value, a list, an empty mapping or a name is written."""
    kind = item["type"]
    if kind == "bool_type" and isinstance(value, str):
        return " Write true or false, without quotes."
    if kind == "list_type" and isinstance(value, str | dict):
        return f" Write a list: {f'[{value}]' if isinstance(value, str) else 'a - for each entry'}."
    if kind in _MAPPINGS and value is None:
        return " Write {} where there is nothing to set."
    if kind in _MAPPINGS and isinstance(value, list):
        return " Write a mapping: a name and a colon before each entry, no list."
    if kind == "string_pattern_mismatch" and r"A-Za-z0-9._-" in item["ctx"]["pattern"]:
        return " A name has letters, digits, '.', '_' and '-', and begins with a letter or digit."
    return ""


def _is_share(item: Any) -> bool:
    """Whether a bound is 1, so that what lies above it may be a percentage."""
    return 1 in (item["ctx"].get("lt"), item["ctx"].get("le"))


def _taken(value: Any) -> str:
    """Return what YAML took a value for."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    return "a date" if isinstance(value, date) else "no value"


def _quote(value: Any, text: str | None) -> str:
    if value is None and text in (None, "", "~"):
        return " Nothing stands there."
    if not isinstance(value, bool | int | float | date | None):
        return ""
    spelled = str(value) if text is None else text
    what = f"{spelled} is {_taken(value)} to YAML" if text is not None else "it is no text to YAML"
    return f" Unquoted, {what}: put it in quotes: '{spelled}'."


def _number(value: Any, text: str | None, *, whole: bool) -> str:
    if isinstance(value, str):
        meant = _meant(value.strip())
        if meant is None:
            return ""
        quoted = _BARE.fullmatch(value.strip())
        return (
            f" Take away the quotes: {meant}." if quoted else f" To YAML it is text; write {meant}."
        )
    if isinstance(value, bool) and text is not None:
        return f" To YAML, {text} is {_taken(value)}."
    if value is None:
        return " Nothing stands there."
    return _whole(value, text) if whole and isinstance(value, float) else ""


def _whole(value: float, text: str | None) -> str:
    if text is not None and _POINTS.fullmatch(text):
        return f" A point is no separator of thousands: write {text.replace('.', '')}."
    return f" Write {value:.0f}." if value.is_integer() else ""


def _meant(text: str) -> str | None:
    """Return the number that a text spells, in plain digits; None when it spells none."""
    scale = 1.0
    if suffix := _SUFFIX.fullmatch(text):
        text, scale = suffix[1], _SCALES[suffix[2].lower()]
    if _THOUSANDS.fullmatch(text):
        text = re.sub("[, ]", "", text)
    text = text.replace(",", ".").lstrip("0") or "0" if _DECIMAL.fullmatch(text) else text
    for kind in (lambda: int(text, 0), lambda: float(text)):
        with contextlib.suppress(ValueError, OverflowError):
            return _plain(kind() * scale)
    return None


def _plain(value: float) -> str | None:
    if not math.isfinite(value) or abs(value) > 1e15:
        return None
    return str(int(value)) if value == int(value) else f"{value:.10g}"


def _nearest(value: Any, choices: list[str]) -> str:
    if not isinstance(value, str):
        return ""
    by_case = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(value.casefold().strip(), list(by_case), n=1)
    return f" Did you mean '{by_case[close[0]]}'?" if close else ""
