"""Where the other model gains on the base and where it loses, over all k up to K.

Light: both follow from the ``regions`` of a verdict, which the simultaneous band decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from boundary.decisions import read_regions
from boundary.rows import VerdictRow

What = Literal["gain", "loss", "undecided"]
#: A gain is the other model ahead.
_WHAT: dict[str, What] = {"other": "gain", "base": "loss"}


@dataclass(frozen=True)
class Stretch:
    """Neighbouring k of which the band says the same."""

    first: int
    last: int
    what: What


@dataclass(frozen=True)
class FirstLoss:
    """A confidence set of the first k at which the base is ahead.

    Attributes
    ----------
    first : int or None
        The first k whose band reaches above zero; None where it lies below at every k up
        to K.
    last : int or None
        The first k whose band lies above zero; None where none does: the set is open.
    """

    first: int | None
    last: int | None


def stretches(row: VerdictRow) -> list[Stretch]:
    """Return what the band says of every k from 1 to K, ascending."""
    parts: list[Stretch] = []
    start = 1
    for region in read_regions(row.regions):
        if region.first > start:
            parts.append(Stretch(start, region.first - 1, "undecided"))
        parts.append(Stretch(region.first, region.last, _WHAT[region.side]))
        start = region.last + 1
    if start <= row.k_max:
        parts.append(Stretch(start, row.k_max, "undecided"))
    return parts


def first_loss(row: VerdictRow) -> FirstLoss:
    """Return the confidence set of the first k at which the base is ahead.

    At the level of the band: D = base − other is above zero at no k before the first end,
    and is at the last.  As the other model may fall back at a k that the band leaves open,
    k× may lie outside.
    """
    parts = stretches(row)
    losses = (part.first for part in parts if part.what == "loss")
    return FirstLoss(
        next((part.first for part in parts if part.what != "gain"), None), next(losses, None)
    )
