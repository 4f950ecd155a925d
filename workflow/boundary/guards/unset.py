"""Refuse an arm of which too many responses have no outcome, and say which files hold them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from boundary.columns import ARM_KEY, FAULT
from boundary.errors import TableError

SHOWN = 3


def check_unset(rows: pl.DataFrame, shards: Sequence[Path | str], most: float) -> str | None:
    """Refuse an arm of which a larger share of responses than ``most`` has no outcome.

    Parameters
    ----------
    rows : polars.DataFrame
        All samples of an arm, as of `boundary.guards.reduce_samples`.
    shards : sequence of Path or str
        Files by the number in column ``shard``.
    most : float
        Largest share of the arm's responses, 0 to 1.

    Returns
    -------
    str or None
        The note on those that are allowed; None where there are none.

    Raises
    ------
    TableError
        Naming problems and shards, and what to do.
    """
    unset = rows.filter(pl.col("finish_reason") == FAULT)
    if unset.is_empty():
        return None
    arm = "model {}, benchmark {}, protocol {}".format(*rows.select(ARM_KEY).row(0))
    files = {str(shards[number]): count for number, count in _counts(unset, "shard")}
    share = unset.height / rows.height
    facts = (
        f"{arm}: {unset.height} of {rows.height} responses have no outcome (finish_reason "
        f"{FAULT}), to {_listed(dict(_counts(unset, 'problem_id')), 'problems')}, in "
        f"{_listed(files, 'shards')}"
    )
    if share <= most:
        return f"{facts}. They count as failures, and in n_unset."
    raise TableError(
        f"{facts}: {share:.2%}, and at most {most:.2%} are allowed. A fault of the machine is no "
        f"wrong answer: sample these anew with the tool that made them. Or, to count them as "
        f"failures, allow a larger share: verification.max_unset in the study, --max-unset of "
        f"score."
    )


def _counts(frame: pl.DataFrame, column: str) -> list[tuple[Any, int]]:
    """Return the values of a column with their numbers, the most frequent first."""
    counted = frame.group_by(column).len().sort("len", column, descending=[True, False])
    return list(counted.iter_rows())


def _listed(counts: dict[str, int], what: str) -> str:
    shown = ", ".join(f"{name}: {count}" for name, count in list(counts.items())[:SHOWN])
    more = f" and {len(counts) - SHOWN} more" if len(counts) > SHOWN else ""
    return f"{len(counts)} {what} ({shown}{more})"
