"""Values of JSON of the type that they should be, and files of which two would count twice."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from boundary.errors import InputError
from boundary.importers.columns import brief

Key = TypeVar("Key", bound=Hashable)


def text(value: object, what: str, where: str, *, blank: bool = False) -> str:
    """Return a text, which says something unless it may be blank.

    Raises
    ------
    InputError
        When it is none; says ``what`` it is of, and where that stands.
    """
    if not isinstance(value, str) or not (blank or value.strip()):
        raise InputError(f"{where}: {what} is {brief(value)}, and should be text.")
    return value


def part(whole: object, *keys: str) -> Mapping[str, Any]:
    """Return an object within another, under a key in a key; an empty one where there is none."""
    for key in keys:
        whole = whole.get(key) if isinstance(whole, dict) else None
    return whole if isinstance(whole, dict) else {}


def refuse_run(first: dict[Key, str], key: Key, where: str, run: str, noun: str = "run") -> None:
    """Refuse a file of a run that another file is of; keep the first of each.

    Raises
    ------
    InputError
        Naming both files, and the ``run``, such as ``aime24 by org/m``.
    """
    if (twin := first.setdefault(key, where)) != where:
        raise InputError(
            f"{where}: is another {noun} of {run} than {twin}. Runs are not joined, nor the newest "
            f"taken, unasked: give one of the two, or move the other out of the folder."
        )
