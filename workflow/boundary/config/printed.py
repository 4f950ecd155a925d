"""Checks of the printed numbers that a study names: the file, and models on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from boundary.config.raw import Raw, entries, hint, names, reference
from boundary.errors import InputError
from boundary.published.points import read_published


def printed(raw: Raw) -> Iterator[str]:
    """Yield files of printed numbers that cannot be read, and models that are on no side."""
    for path, models in entries(raw, "published").items():
        where = f"published.{path}"
        try:
            there = read_published(Path(path)).models
        except InputError as error:
            yield f"{where}: {error}"
            continue
        for published, model in models.items():
            if published not in there:
                near = hint(str(published), there)
                yield f"{where}: prints nothing of a model {published!r}.{near}"
            yield from reference(f"{where}.{published}", model, names(raw, "models"), "model")
