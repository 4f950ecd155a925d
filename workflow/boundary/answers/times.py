"""Times of day."""

from __future__ import annotations

import re

_TIME = re.compile(r"(\d{1,2})(?:(?::|{:})(\d{2}))?\s*([ap])\.?\s*m\.?", re.IGNORECASE)
_NAMED = {"noon": 12 * 60, "12 noon": 12 * 60, "midnight": 0, "12 midnight": 0}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_LONGEST = 60


def read_time(words: str) -> int | None:
    """Return the minutes since midnight of a time with a.m. or p.m., or of noon or midnight.

    Parameters
    ----------
    words : str
        Plain text, without LaTeX commands.

    Examples
    --------
    >>> read_time("4:30 p.m."), read_time("12 am"), read_time("4:30")
    (990, 0, None)
    """
    text = " ".join(words[:_LONGEST].split()).lower()
    if len(words) > _LONGEST:
        return None
    if text in _NAMED:
        return _NAMED[text]
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, half = int(found.group(1)), int(found.group(2) or 0), found.group(3)
    if not (1 <= hour <= 12 and minute < 60):
        return None
    return (hour % 12 + (12 if half == "p" else 0)) * 60 + minute


def read_clock(words: str) -> int | None:
    """Return the minutes since midnight of a 24-hour time that can be no other, as 16:30.

    ``4:30`` may be either half of the day, or a ratio, so it is none.
    """
    found = _CLOCK.fullmatch(words.strip())
    if not found:
        return None
    hour, minute = int(found.group(1)), int(found.group(2))
    return hour * 60 + minute if 13 <= hour <= 23 and minute < 60 else None
