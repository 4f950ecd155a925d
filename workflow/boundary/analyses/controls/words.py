"""What rows of CONTROLS say, for the page and the figure alike."""

from __future__ import annotations

from collections.abc import Sequence

from boundary.rows import PairRow, Row
from boundary.wording import number, with_interval

#: What explains, by kind of control.
EXPLAINS = {
    "temperature": "temperature alone",
    "sharpened": "sharpening alone",
    "format": "the format alone",
    "truncation": "the limit of tokens alone",
}
_NO_SHARE = "whether {} explains a gain at k = {} is undetermined, as no gain is sure"


def ratio(value: float) -> str:
    """Return a share of a gain, which may lie beyond 0 and 1, to two decimals."""
    return f"{value:.2f}".replace("-", "−")


def of_arms(row: Row) -> tuple[tuple[str, str], tuple[str, str], tuple[str, str]]:
    """Return model and protocol of the start, of what was trained from it, and of the control."""
    base, other = PairRow.of(row).arms
    start, trained = (base, other) if row["start"] == "base" else (other, base)
    return start, trained, (start[0], row["control_protocol"])


def at_setting(start: str, setting: str, kind: str) -> str:
    """Return what a control is called, as ``base at T = 0.5`` or ``base with prompt raw``."""
    return f"{start} {'with' if kind == 'format' else 'at'} {setting}"


def shown(rows: Sequence[Row]) -> list[Row]:
    """Return the rows at k = 1 and at K of what is told first: the chosen setting, or the only one.

    Parameters
    ----------
    rows : sequence of mapping
        Those of one comparison and kind; none are returned where several settings had too few
        problems to choose by.
    """
    rows_of_one = [row for row in rows if row["chosen"]]
    if not rows_of_one and len({row["control"] for row in rows}) == 1:
        rows_of_one = list(rows)
    rows_of_one = sorted(rows_of_one, key=lambda row: int(row["k"]))
    inside = [row for row in rows_of_one if not row["flagged"]]
    return [*rows_of_one[:1], *(inside[-1:] if len(inside) > 1 else ())]


def explains(row: Row) -> str:
    """Say which share of the gain a control has, as ``… explains 0.92 [0.85, 1.0] of the gain``."""
    what = EXPLAINS[row["kind"]]
    if row["explained"] is None:
        return _NO_SHARE.format(what, number(row["k"]))
    return f"{what} {explained(row)} of the gain at k = {number(row['k'])}"


def explained(row: Row) -> str:
    """Say the share alone, as ``explains 0.92 [0.85, 1.0]``."""
    if row["explained"] is None:
        return "explains an undetermined share"
    return f"explains {with_interval(row, 'explained', ratio)}"


def leads(row: Row, control: str, trained: str) -> str:
    """Say at k whether a control is ahead of the trained model, with the difference in points."""
    how = {
        "ahead": f"{control} is ahead of {trained}",
        "behind": f"{control} is behind {trained}",
        "open": f"neither {control} nor {trained} is surely ahead",
    }[row["outcome"]]
    return f"at k = {number(row['k'])} {how}: {with_interval(row, 'lead')} points"
