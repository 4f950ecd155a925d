"""Numbers and hostile text as a reader should see them."""

from __future__ import annotations

import math
import unicodedata

RESPONSE_LIMIT = 1500
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def visible(text: str | None, limit: int | None = None) -> str:
    """Return text in which every control and format character shows.

    A bidi override or a zero-width character could make a response read
    otherwise than it is; each appears as ``⟨U+202E⟩``.  Line feeds and tabs
    stay.  This does not escape HTML: the template does.

    Parameters
    ----------
    text : str or None
        Anything a model or a file said; None gives a dash.
    limit : int, optional
        Characters kept; the rest is counted, not dropped in silence.
    """
    if text is None:
        return "–"
    kept = text if limit is None else text[:limit]
    shown = "".join(
        f"⟨U+{ord(char):04X}⟩"
        if unicodedata.category(char) in _INVISIBLE and char not in "\n\t"
        else char
        for char in kept
    )
    cut = len(text) - len(kept)
    return f"{shown}… [{cut:,} more characters]" if cut else shown


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


def share(value: float | None) -> str:
    """Return a probability as a percentage with one decimal."""
    if value is None or math.isnan(value):
        return "–"
    return f"{100 * value:.1f} %".replace("-", "−")


def points(value: float | None) -> str:
    """Return a difference of probabilities in percentage points, signed."""
    if value is None or math.isnan(value):
        return "–"
    return f"{100 * value:+.1f}".replace("-", "−")


def p_value(value: float) -> str:
    """Return ``p = 0.012`` or ``p < 0.001``."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"


def k_interval(low: float | None, high: float | None) -> str:
    """Return the interval of k×; an end at 0 or ∞ is open."""
    if low is None or high is None:
        return "no interval"
    left = "(0" if low <= 0 else f"[{number(float(low))}"
    right = "∞)" if math.isinf(high) else f"{number(float(high))}]"
    return f"{left}, {right}"
