"""What a user names as a side of a comparison: a path, and the model to take of it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from boundary.comparison.side import Side
from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from boundary.importers.source import split_model


class Place(NamedTuple):
    """A file or folder, and the only model to take of it."""

    path: Path
    model: str | None = None


def place_of(text: str) -> Place:
    """Return the place of ``PATH`` or ``PATH#MODEL``; a path may hold a ``#``.

    Raises
    ------
    InputError
        When no model stands after the ``#``.
    """
    path, model = split_model(text)
    if model == "":
        raise InputError(f"{text}: names no model after the #; write PATH#MODEL, or PATH alone.")
    return Place(Path(path), model)


def read_sides(
    places: Sequence[Place], reading: Reading, labels: Sequence[str | None] = ()
) -> list[Side]:
    """Return one side for each place.

    Parameters
    ----------
    places : sequence of Place
    reading : Reading
    labels : sequence of str or None
        Names of sides, in their order; those of the files where there are none.

    Raises
    ------
    InputError
        When a file holds several models of which none was chosen, one side stands twice,
        or there are more labels than sides.
    """
    if len(labels) > len(places):
        raise InputError(f"--label: {len(labels)} names for {len(places)} sides.")
    named = [*labels, *[None] * (len(places) - len(labels))]
    sides: list[Side] = []
    with tempfile.TemporaryDirectory(prefix="boundary-") as folder:
        for i, ((path, model), label) in enumerate(zip(places, named, strict=True)):
            work = Path(folder) / str(i)
            sides += read_side(path, reading, work, model=model, label=label, alone=True)
    _refuse_twins(places, sides)
    return sides


def _refuse_twins(places: Sequence[Place], sides: Sequence[Side]) -> None:
    for i, side in enumerate(sides):
        for j in range(i):
            chosen = {place.model for place in (places[i], places[j])}
            if side.sha256 == sides[j].sha256 and (None in chosen or len(chosen) == 1):
                raise InputError(
                    f"{sides[j].path} and {side.path}: are one and the same model of files with "
                    f"the same content, and nothing is ahead of itself. Give two models."
                )
