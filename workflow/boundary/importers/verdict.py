"""The verdict that a metric of another tool gives, one value a response."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from boundary.errors import InputError
from boundary.importers.columns import brief
from boundary.importers.record import Tally


def verdict_of(value: object, name: str, where: str, tally: Tally) -> bool | None:
    """Return whether a response was right by the value of a metric.

    Parameters
    ----------
    value : object
        True, false or a number from 0 to 1, of which less than 1 counts as wrong; null and
        NaN are no verdict.  What was taken so is counted.
    name : str
        The metric.
    where : str
    tally : Tally

    Raises
    ------
    InputError
        When it is anything else.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        tally.count(f"responses have no {name}, and so no verdict of the file", 1, where)
        return None
    if not isinstance(value, bool | int | float) or not 0 <= value <= 1:
        raise InputError(
            f"{where}: {name} is {brief(value)}, and should be true, false or a number from 0 to "
            f"1. Name another by --field metric=NAME."
        )
    if 0 < value < 1:
        tally.count(f"responses are partly right by {name}, which counts as wrong", 1, where)
    return value == 1


def chosen(
    asked: str | None, known: Sequence[str], there: Mapping[str, object], where: str
) -> str | None:
    """Return the metric whose values are the verdicts.

    Parameters
    ----------
    asked : str, optional
        The user's choice.
    known : sequence of str
        Those of the tool that say whether a response is right, the first before the rest.
    there : mapping of str to object
        What the file has.
    where : str

    Returns
    -------
    str or None
        None where the file has none that is known.

    Raises
    ------
    InputError
        When there is none of the name that is asked for.
    """
    if asked is not None and asked not in there:
        raise InputError(
            f"{where}: has no {asked}; there are: {', '.join(map(str, there)) or 'none'}."
        )
    return asked or next((name for name in known if name in there), None)
