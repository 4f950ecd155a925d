"""Whether two texts ask the same, whatever template each stands in."""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile

#: Least share of the words of the shorter text that the longer one holds where both ask the same.
ALIKE = 0.8
_WORDS = re.compile(r"\w+|[^\w\s]")


def alike(one: str, other: str) -> bool:
    """Return whether nearly all words and marks of the shorter text stand in the longer one."""
    return one == other or alikeness(one, other) >= ALIKE


def alikeness(one: str, other: str) -> float:
    """Return which share of the words and marks of the shorter text the longer one holds."""
    fewer, more = sorted(
        (Counter(_WORDS.findall(text)) for text in (one, other)), key=Counter.total
    )
    return (fewer & more).total() / max(fewer.total(), 1)


def alike_where_they_differ(one: str, other: str) -> bool:
    """Return whether what is left of both without a common beginning and end is alike.

    Examples in front of a question make all prompts alike; options in another order
    are still the same words.
    """
    for _ in range(2):  # the beginning, then the end of both turned round
        common = common_beginning(one, other)
        one, other = one[common:][::-1], other[common:][::-1]
    return not one or not other or alike(one, other)


def common_beginning(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
