"""Guards: whether size and sets of a comparison let anyone lean on its verdict.

They stand beside the verdict and never change it.  Each is symmetric in base
and other, and counts over all n samples of a problem, not at K.
"""

from __future__ import annotations

from dataclasses import dataclass

from boundary.analysis.pairs import Pair
from boundary.decisions import (
    FEWEST_COPIED,
    FEWEST_DISCORDANT,
    FEWEST_LEFT,
    SMALL_SET,
    guard_text,
)


@dataclass(frozen=True)
class Reliance:
    """What the guards count, and which of them fired; the fields are columns of CROSSOVERS.

    Attributes
    ----------
    guard : str or None
        Names of `boundary.decisions.GUARDS`, joined by ``;``; None where none fired.
    n_independent : int
        Independent problems.
    n_discordant : int
        Problems that exactly one model solves (c > 0).
    base_solved, other_solved : int
        Problems that each model solves (c > 0).
    n_copied : int
        Problem ids to which both arms have the same responses, most of them unlike.
    """

    guard: str | None
    n_independent: int
    n_discordant: int
    base_solved: int
    other_solved: int
    n_copied: int


def reliance(pair: Pair, independent: int) -> Reliance:
    """Return which guards fire, and on what counts.

    Parameters
    ----------
    pair : Pair
    independent : int
        How many of its problems are independent of each other.
    """
    solved = [int(side.sum()) for side in pair.solved]
    mostly = [2 * count > pair.m for count in solved]
    fired = {
        "small-set": independent < SMALL_SET,
        "few-discordant": pair.discordant < FEWEST_DISCORDANT,
        "saturated-high": all(mostly) and all(pair.m - count < FEWEST_LEFT for count in solved),
        "saturated-low": not any(mostly) and all(count < FEWEST_LEFT for count in solved),
        "duplicates": pair.copied >= FEWEST_COPIED,
    }
    return Reliance(
        guard=guard_text(name for name, fires in fired.items() if fires),
        n_independent=independent,
        n_discordant=pair.discordant,
        base_solved=solved[0],
        other_solved=solved[1],
        n_copied=pair.copied,
    )
