"""Numbers and hostile text as a reader should see them, on charts and on the page."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from itertools import islice

from boundary.rows import Row

#: Controls, format characters (bidi overrides, zero width), surrogates, private
#: use, line and paragraph separators: all that can hide or reorder text.
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def reveal(text: str, keep: str = "") -> str:
    """Return text in which every invisible character but those in ``keep`` shows.

    A bidi override or a zero-width character could make text read otherwise
    than it is, and NUL is not allowed in SVG at all; each appears as
    ``⟨U+202E⟩``.  This does not escape HTML.
    """

    def shown(match: re.Match[str]) -> str:
        char = match[0]
        return f"⟨U+{ord(char):04X}⟩" if unicodedata.category(char) in _INVISIBLE else char

    # Nearly all text is of the visible characters of ASCII, at which nobody need look.
    return re.sub(rf"[^ -~{re.escape(keep)}]", shown, text)


def number(value: float | int | None) -> str:
    """Return three significant digits, whole counts in full, ∞, or – for none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:.3g}".replace("-", "−")


def counted(count: int, noun: str, several: str | None = None) -> str:
    """Return a number with its noun, as ``1 problem`` or ``20 problems``."""
    return f"{number(count)} {noun if count == 1 else several or f'{noun}s'}"


def listed(words: Sequence[str]) -> str:
    """Join words with commas and a last "and"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def first_of(names: Collection[str], most: int) -> str:
    """Return the first names, and how many more there are: ``a, b and 3 more``."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(islice(names, most)) + more


def span(low: int, high: int) -> str:
    """Return one number, or lowest–highest where they differ."""
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def points(value: float | None) -> str:
    """Return a difference of probabilities in percentage points, always signed."""
    if value is None or math.isnan(value):
        return "–"
    exact = 0.0 if abs(value) < 1e-12 else value  # sums that cancel, but for rounding
    return f"{100 * exact:+.1f}".replace("-", "−")


def p_value(value: float) -> str:
    """Return a p-value as ``p = 0.012`` or ``p < 0.001``."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"


def percent(share: float) -> str:
    """Return a share as ``12 %``, with one decimal below ten."""
    return f"{100 * share:.{0 if share >= 0.0995 else 1}f} %"


def interval(row: Row, stem: str = "ci", words: Callable[[float], str] = points) -> str:
    """Return an interval from the two columns of one stem."""
    return f"[{words(row[f'{stem}_low'])}, {words(row[f'{stem}_high'])}]"


def with_interval(
    row: Row, column: str, words: Callable[[float], str] = points, stem: str | None = None
) -> str:
    """Return an estimate, as ``14 % [4.8 %, 30 %]``; – where it is not known.

    Parameters
    ----------
    row : mapping
    column : str
        That of the estimate.
    words : callable
        What writes a number.
    stem : str, optional
        That of the columns of the interval, where it is not ``column``.
    """
    if row[column] is None:
        return "–"
    stem = stem or column
    ends = "" if row[f"{stem}_low"] is None else f" {interval(row, stem, words)}"
    return f"{words(row[column])}{ends}"


def regained(row: Row, only: str) -> str:
    """Return which share of the problems of ``base_only`` or ``other_only`` is regained."""
    return with_interval(row, f"{only}_regained", percent)


def k_interval(low: float | None, high: float | None) -> str:
    """Return the interval of k×; an end at 0 or ∞ is open and written so."""
    if low is None or high is None:
        return "no interval"
    left = "(0" if low <= 0 else f"[{number(float(low))}"
    right = "∞)" if math.isinf(high) else f"{number(float(high))}]"
    return f"{left}, {right}"
