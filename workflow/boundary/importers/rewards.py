"""Rewards of training, and when one of them is a verdict."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from boundary.errors import InputError
from boundary.importers.columns import brief
from boundary.importers.record import Tally

#: The values of a reward that says right or wrong; 1 is right.
_DECIDES = (frozenset((0, 1)), frozenset((-1, 1)))
#: Values of a column that are kept: more are no verdict, whatever they are.
_MOST = 3


class Rewards:
    """Which values each column takes in all files of a side."""

    def __init__(self) -> None:
        self._values: dict[str, dict[object, None]] = defaultdict(dict)

    def note(self, row: Mapping[str, object], columns: Sequence[str]) -> None:
        """Take the rewards of one row."""
        for column in columns:
            values = self._values[column]
            value = row.get(column)
            if len(values) < _MOST and not _is_null(value):
                values[value if isinstance(value, bool | int | float) else brief(value)] = None

    def verdict(self, usual: Sequence[str], asked: str | None, tally: Tally) -> str | None:
        """Return the column that is the verdict; None where none is.

        Parameters
        ----------
        usual : sequence of str
            Columns of which the first that decides is taken.
        asked : str, optional
            The column that the user names; empty for none.
        tally : Tally
            Is told by what rule responses are right.

        Raises
        ------
        InputError
            When the column that is named is not there or takes other values.
        """
        if asked == "":
            return None
        if asked is not None and not self._values.get(asked):
            raise InputError(f"--field verdict={asked}: no row has such a column.")
        for column in usual if asked is None else (asked,):
            values = frozenset(self._values[column])
            if values and any(values <= pair for pair in _DECIDES):
                shown = " and ".join(sorted(f"{float(each):g}" for each in values))  # type: ignore[arg-type]
                tally.say(
                    f"{column} is only ever {shown} in these files, so it is their verdict, of "
                    f"which 1 is right (--field verdict= takes none)"
                )
                tally.judge(None, None, f"reward {column}")
                return column
        if asked is not None:
            raise InputError(
                f"--field verdict={asked}: takes the values {self._shown(asked)}; a verdict is "
                f"only ever 0 and 1, or -1 and 1."
            )
        there = "; ".join(f"{each}: {self._shown(each)}" for each in usual if self._values[each])
        tally.say(
            f"no reward is only ever 0 and 1, or -1 and 1 ({there}), so the files have no verdict "
            f"(--field verdict=COLUMN names one)"
        )
        return None

    def _shown(self, column: str) -> str:
        return ", ".join(map(str, self._values[column])) + ", …" * (
            len(self._values[column]) == _MOST
        )


def reward(value: object, what: str, place: str) -> float | None:
    """Return a reward as a number; None where there is none.

    Raises
    ------
    InputError
        When it is something else; names what it should be.
    """
    if _is_null(value):
        return None
    if not isinstance(value, int | float) or math.isinf(value):
        raise InputError(f"{place}: {what} is {brief(value)}, and should be a number.")
    return float(value)


def is_right(value: object) -> bool | None:
    """Return what a reward that is a verdict says; None where it says nothing."""
    return None if _is_null(value) else value == 1


def _is_null(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
