"""What the charts say: safe labels, rounded numbers, verdicts in words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Container
from itertools import count

from boundary.decisions import read_guards
from boundary.rows import VerdictRow
from boundary.verdict_words import crossing, detectable, estimate, short_verdict, stretches
from boundary.wording import number, reveal
from boundary.wording import span as spread

#: Where a line may not break: within ``[9, 31]`` and ``k = 4``.
_INTERVAL = re.compile(r"([\[(][^\s,()\[\]]{1,9},|[=≈]|\b[kK](?= [=≈])) ")


def clean(text: str, limit: int = 60) -> str:
    """Return a label on which nothing is invisible, cut in the middle to ``limit``.

    Names of checkpoints differ at their ends, so both ends stay.
    """
    shown = reveal(text)
    if len(shown) <= limit:
        return shown
    head = (limit - 1) // 2
    return f"{shown[:head]}…{shown[len(shown) - (limit - 1 - head) :]}"


def apart(name: str, taken: Container[str]) -> str:
    """Return a label, numbered where it is taken: two that read the same would be one."""
    numbered = (f"{name} #{number}" for number in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def span(values: list[int]) -> str:
    """Return one number, or lowest–highest where they differ."""
    return spread(min(values), max(values))


def percent(confidence: float) -> str:
    """Return a confidence level as ``95 %``."""
    return f"{100 * confidence:.3g} %"


def verdict(row: VerdictRow, *, short: bool = False) -> str:
    """Say the guards and the verdict of one crossovers row in a few words.

    Parameters
    ----------
    row : VerdictRow
    short : bool
        Leave out at which k, and what could have been detected.
    """
    k_max, name = number(row.k_max), row.verdict
    words = short_verdict(name, row.k_max)
    if name == "crossover":
        words += f" {crossing(row, 'k')}"
    if not short and name != "undetermined":
        ahead = [f"{side} ahead at k = {ks}" for side, ks in stretches(row.regions)]
        words += f": {', '.join(ahead)}"
    if not short and name == "undetermined":
        if row.k_cross is not None:
            words += f"; the curves meet at {estimate(row, 'k')}"
        if least := detectable(row):
            words += f"; detectable at k = {k_max}: {least} points"
    if guards := read_guards(row.guard):
        words = f"no claim ({', '.join(guards)}); band: {words}"
    return f"{words} ({clean(row.note, 400)})" if row.note else words


def by_permission(permitted: str | None) -> list[str]:
    """Say in what the two sides of a comparison differ, on a line of its own, if in anything."""
    return [f"differs by permission: {clean(permitted, 300)}"] if permitted else []


def wrap(text: str, width: int) -> list[str]:
    """Break a line so that it fits ``width`` pixels at the caption's size.

    All lines but the first begin with a blank, which no picture shows and `unwrapped` reads.
    """
    glued = _INTERVAL.sub("\\1\u00a0", text)
    lines = textwrap.wrap(glued, max(30, int(width / 5.6))) or [""]
    return [f"{' ' * bool(i)}{line}".replace("\u00a0", " ") for i, line in enumerate(lines)]


def unwrapped(lines: str | list[str]) -> list[str]:
    """Return what stood before `wrap` broke it."""
    return "\n".join([lines] if isinstance(lines, str) else lines).replace("\n ", " ").split("\n")
