"""What the charts say: safe labels, rounded numbers, verdicts in words."""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from collections.abc import Mapping
from typing import Any

#: Controls, format characters (bidi overrides, zero width), surrogates, private
#: use, line and paragraph separators: all that can hide or reorder a label.
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")

#: Where a line may not break: within ``[9, 31]`` and after ``=`` or ``≈``.
_INTERVAL = re.compile(r"([\[(][^\s,()\[\]]{1,9},|[=≈]) ")


def clean(text: str, limit: int = 60) -> str:
    """Return a label on which nothing is invisible, cut in the middle to ``limit``.

    Names of checkpoints differ at their ends, so both ends stay.  NUL and its
    like are not allowed in SVG at all, and a bidi override would reorder the
    text after it; both appear as ``⟨U+202E⟩``.
    """
    shown = "".join(
        f"⟨U+{ord(char):04X}⟩" if unicodedata.category(char) in _INVISIBLE else char
        for char in text
    )
    if len(shown) <= limit:
        return shown
    head = (limit - 1) // 2
    return f"{shown[:head]}…{shown[len(shown) - (limit - 1 - head) :]}"


def number(value: float | None) -> str:
    """Three significant digits, thousands separated, ∞ for infinity, – for none."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:.3g}".replace("-", "−")


def points(value: float | None) -> str:
    """Return a difference of probabilities in percentage points, always signed."""
    if value is None or math.isnan(value):
        return "–"
    return f"{100 * value:+.1f}".replace("-", "−")


def p_value(value: float) -> str:
    """Return a p-value as ``p = 0.012`` or ``p < 0.001``."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"


def k_interval(low: float | None, high: float | None) -> str:
    """Return the interval of k×; an end at 0 or ∞ is open and written so."""
    if low is None or high is None:
        return "no interval"
    left = "(0" if low <= 0 else f"[{number(low)}"
    right = "∞)" if math.isinf(high) else f"{number(high)}]"
    return f"{left}, {right}"


def span(values: list[int]) -> str:
    """Return one number, or lowest–highest where they differ."""
    low, high = min(values), max(values)
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def percent(confidence: float) -> str:
    """Return a confidence level as ``95 %``."""
    return f"{100 * confidence:.3g} %"


def verdict(row: Mapping[str, Any], *, short: bool = False) -> str:
    """Say the verdict of one crossovers row in a few words.

    Parameters
    ----------
    row : mapping
        A row of the crossovers table.
    short : bool
        Leave out how far it reaches and what could have been detected.
    """
    k_max = number(row["k_max"])
    reach = "" if short else f" up to k = {k_max}"
    crossing = f"k ≈ {number(row['k_cross'])} {k_interval(row['ci_low'], row['ci_high'])}"
    words = {
        "crossover": f"crossover at {crossing}" if row["k_cross"] is not None else "crossover",
        "base-dominates": f"base dominates{reach}",
        "rl-ahead-to-K": f"other ahead, k× > {k_max}",
        "reverse": "reverse" if short else "reverse: base ahead first, other ahead later",
        "undetermined": "undetermined",
    }[row["verdict"]]
    note = row.get("note")
    if row["verdict"] == "undetermined" and note != "saturated" and not short:
        if row["k_cross"] is not None:
            words += f"; the curves meet at {crossing}"
        detectable = f"{100 * row['min_detectable_diff']:.1f}"
        words += f"; detectable at k = {k_max}: {detectable} points"
    return f"{words} ({clean(note, 400)})" if note else words


def wrap(text: str, width: int) -> list[str]:
    """Break a line so that it fits ``width`` pixels at the caption's size."""
    glued = _INTERVAL.sub("\\1\u00a0", text)
    lines = textwrap.wrap(glued, max(30, int(width / 5.6))) or [""]
    return [line.replace("\u00a0", " ") for line in lines]
