"""What the record of looks says beside a verdict: at which other n it was looked at before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from boundary.looks import Look
from boundary.wording import listed, number

#: Beside a verdict of which there is more to say than the grid holds.
LOOKED = "‡"
#: What the level of a verdict is when n followed from an earlier one.
_SINGLE = "the error level is that of a single look"


def with_looks(crossovers: pl.DataFrame, looks: Sequence[Look]) -> pl.DataFrame:
    """Add to crossovers a column ``looked``, where other n were looked at before.

    Parameters
    ----------
    crossovers : polars.DataFrame
    looks : sequence of Look
        Of the study, in the order of the record; the last of a comparison on a benchmark is
        the verdict in the table.
    """
    texts = []
    for key in crossovers.select("comparison", "benchmark").iter_rows():
        history = [look for look in looks if look.key == key]
        texts.append(looked(history) if history else None)
    if not any(texts):
        return crossovers
    return crossovers.with_columns(looked=pl.Series(texts, dtype=pl.String))


def looked(history: Sequence[Look]) -> str | None:
    """Say at which other n verdicts of a comparison on a benchmark were seen; None if at none.

    Parameters
    ----------
    history : sequence of Look
        In the order in which they were seen, that of the page last.
    """
    now = history[-1]
    same = [look for look in history if look.arms == now.arms]
    loose = {look.n for look in same if look.plan is None or look.plan != now.plan}
    last = {look.n: look for look in same}
    free = [look for n, look in last.items() if n in loose and (n != now.n or now.plan)]
    planned = [look for n, look in last.items() if n not in loose and n < now.n]
    others = {look.n: look for look in history if look.arms != now.arms and look.n < now.n}
    texts = []
    if free and now.plan:
        texts.append(
            f"Verdicts had been seen without this plan of looks (at n = {_sizes(free)}) when it "
            f"was written, so that it does not bound the error."
        )
    elif free:
        less, more = ([look for look in free if (look.n < now.n) is less] for less in (True, False))
        for word, seen in (("raised", less), ("lowered", more)):
            if seen:
                texts.append(
                    f"n was {word} from {_sizes(seen)} to {number(now.n)} after a verdict had been "
                    f"seen ({_verdicts(seen, now)}); {_SINGLE}."
                )
    elif others:
        texts.append(
            f"A verdict at a smaller n was seen of other files or settings under these names "
            f"({_verdicts(others.values(), now)}); if this one holds their samples, {_SINGLE}."
        )
    if planned:
        texts.append(f"Earlier looks of the plan: {_verdicts(planned, now)}.")
        decided = [look.n for look in planned if look.verdict != "undetermined"]
        if decided:
            texts.append(f"The verdict at n = {number(min(decided))} stands, whatever this one is.")
    return " ".join(texts) or None


def _sizes(looks: Sequence[Look]) -> str:
    return listed([number(n) for n in sorted(look.n for look in looks)])


def _verdicts(looks: Iterable[Look], now: Look) -> str:
    """List verdicts with their n, and that another grader judged where one did."""
    return ", ".join(
        f"{look.verdict} at {number(look.n)}"
        f"{', by another grader' if look.graders != now.graders else ''}"
        for look in sorted(looks, key=lambda look: look.n)
    )
