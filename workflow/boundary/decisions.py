"""What the decision rule may answer: verdicts, the k that they rest on, and guards beside them.

Light, as analyses write these words and figures and report read them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CROSSOVER_VERDICTS = (
    "crossover",
    "reverse",
    "base-ahead-to-K",
    "other-ahead-to-K",
    "base-ahead-early",
    "other-ahead-early",
    "undetermined",
)
#: Whose verdict a study leans on: of the population that its problems come from, or of the
#: problems themselves, with their responses sampled anew.
DECIDES = ("population", "benchmark")
#: Verdicts of earlier versions, and which of today's may stand in their place.  The rule
#: has changed with the names, so that only the curves tell which.
RETIRED_VERDICTS = {
    "base-dominates": "base-ahead-to-K or base-ahead-early",
    "rl-ahead-to-K": "other-ahead-to-K",
}

#: Why size or sets of a comparison forbid to lean on its verdict, in the order of writing.
GUARDS = ("small-set", "few-discordant", "saturated-high", "saturated-low", "duplicates")
#: Fewer independent problems are a small set.
SMALL_SET = 100
#: Fewer problems solved by exactly one model are too few: 5 against 0 gives an exact p of
#: 0.0625, 6 against 0 of 0.031.
FEWEST_DISCORDANT = 6
#: Fewer problems left unsolved, or solved, by each arm leave nothing to tell them apart.
FEWEST_LEFT = 6
#: From so many problems on to which both arms have the same responses, they are copies.
FEWEST_COPIED = 5
#: Expected number of problems, or of clusters, below which no ratio is given.
FEWEST_IN_RATIO = 5

_BETWEEN = ";"


@dataclass(frozen=True)
class Region:
    """Neighbouring k of the grid at which the band excludes 0 on one side.

    Attributes
    ----------
    side : str
        Which arm is ahead: base or other.
    first, last : int
        Smallest and largest k.
    """

    side: str
    first: int
    last: int


def regions_text(regions: Iterable[Region]) -> str | None:
    """Return regions as tables hold them, such as ``other:1-9;base:31-64``; None without any."""
    parts = (f"{region.side}:{region.first}-{region.last}" for region in regions)
    return _BETWEEN.join(parts) or None


def read_regions(text: str | None) -> list[Region]:
    """Return the regions of a cell, ascending in k."""
    regions = []
    for part in text.split(_BETWEEN) if text else ():
        side, _, ks = part.partition(":")
        first, _, last = ks.partition("-")
        regions.append(Region(side, int(first), int(last)))
    return regions


def guard_text(guards: Iterable[str]) -> str | None:
    """Return guards as tables hold them, in the order of `GUARDS`; None without any."""
    fired = set(guards)
    return _BETWEEN.join(guard for guard in GUARDS if guard in fired) or None


def read_guards(text: str | None) -> list[str]:
    """Return the guards of a cell."""
    return text.split(_BETWEEN) if text else []
