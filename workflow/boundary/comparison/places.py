"""What a user names as a side of a comparison: a path, and the model to take of it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from boundary.comparison.side import Side, refuse_equal_labels
from boundary.errors import InputError
from boundary.importers.sides import Imported, Reading, import_side
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
        two are called alike, or there are more labels than sides; before any is graded.
    """
    if len(labels) > len(places):
        raise InputError(f"--label: {len(labels)} names for {len(places)} sides.")
    named = [*labels, *[None] * (len(places) - len(labels))]
    if blank := [name for name in named if name is not None and not name.strip()]:
        raise InputError(f"--label {blank[0]!r}: shows nothing; give a name that can be read.")
    with tempfile.TemporaryDirectory(prefix="boundary-") as folder:
        read = [
            import_side(
                place.path,
                reading,
                Path(folder) / str(i),
                model=place.model,
                label=label,
                alone=True,
            )
            for i, (place, label) in enumerate(zip(places, named, strict=True))
        ]
        # Before the responses of any are graded, which may take hours.
        _refuse_twins(places, read)
        refuse_equal_labels([(each.path, each.models[0]) for each in read])
        return [side for each in read for side in each.graded(reading)]


def _refuse_twins(places: Sequence[Place], read: Sequence[Imported]) -> None:
    for i, side in enumerate(read):
        for j in range(i):
            chosen = {place.model for place in (places[i], places[j])}
            if side.sha256 == read[j].sha256 and (None in chosen or len(chosen) == 1):
                raise InputError(
                    f"{read[j].path} and {side.path}: are one and the same model of files with "
                    f"the same content, and nothing is ahead of itself. Give two models."
                )
