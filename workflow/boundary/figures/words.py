"""What the charts say: safe labels, rounded numbers, verdicts in words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any

from boundary.wording import k_interval, number, reveal
from boundary.wording import span as spread

#: Where a line may not break: within ``[9, 31]`` and after ``=`` or ``≈``.
_INTERVAL = re.compile(r"([\[(][^\s,()\[\]]{1,9},|[=≈]) ")


def clean(text: str, limit: int = 60) -> str:
    """Return a label on which nothing is invisible, cut in the middle to ``limit``.

    Names of checkpoints differ at their ends, so both ends stay.
    """
    shown = reveal(text)
    if len(shown) <= limit:
        return shown
    head = (limit - 1) // 2
    return f"{shown[:head]}…{shown[len(shown) - (limit - 1 - head) :]}"


def span(values: list[int]) -> str:
    """Return one number, or lowest–highest where they differ."""
    return spread(min(values), max(values))


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
        "base-ahead-to-K": f"base ahead{reach}",
        "other-ahead-to-K": f"other ahead{reach}",
        "base-ahead-early": "base ahead at small k",
        "other-ahead-early": "other ahead at small k",
        "reverse": "reverse" if short else "reverse: base ahead first, other ahead later",
        "undetermined": "undetermined",
    }[row["verdict"]]
    note = row.get("note")
    if row["verdict"] == "undetermined" and not short:
        if row["k_cross"] is not None:
            words += f"; the curves meet at {crossing}"
        detectable = f"{100 * row['min_detectable_diff']:.1f}"
        words += f"; detectable at k = {k_max}: {detectable} points"
    return f"{words} ({clean(note, 400)})" if note else words


def by_permission(row: Mapping[str, Any]) -> list[str]:
    """Say in what the two sides of a comparison differ, on a line of its own, if in anything."""
    found = row.get("permitted")
    return [f"differs by permission: {clean(found, 300)}"] if found else []


def wrap(text: str, width: int) -> list[str]:
    """Break a line so that it fits ``width`` pixels at the caption's size."""
    glued = _INTERVAL.sub("\\1\u00a0", text)
    lines = textwrap.wrap(glued, max(30, int(width / 5.6))) or [""]
    return [line.replace("\u00a0", " ") for line in lines]
