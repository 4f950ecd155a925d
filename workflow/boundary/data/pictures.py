"""Where the images of rows come from: beside a file of rows, from its source, or in the rows.

What a row names is a file within one folder.  Nothing else is read: no absolute path, none
that leaves the folder, no link, and nothing from a network but the pinned source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from boundary.data.fetch import fetch
from boundary.data.problem import Picture, Row, absent
from boundary.errors import InputError
from boundary.images import MOST_BYTES, Kept, keep

#: From the name of an image in a row to its content.
Open = Callable[[str], bytes]

_NAME = re.compile(r"[\w(][\w.()+ -]*(?:/[\w(][\w.()+ -]*)*")


def pictures(row: Row, *names: str) -> list[Picture]:
    """Return the images in the first of some fields that a row has; none where it has none.

    A field holds a name of a file, its content as bytes, both (``{"bytes", "path"}``, as
    the hub's data sets have it), or a list of such.

    Raises
    ------
    InputError
        When it holds something else.
    """
    name = next((name for name in names if not absent(row.get(name)) and row[name] != ""), None)
    if name is None:
        return []
    value = row[name]
    if not isinstance(value, (list, tuple)):
        return [_picture(value, name)]
    return [_picture(one, f"{name}[{i}]") for i, one in enumerate(value)]


def _picture(value: object, where: str) -> Picture:
    if isinstance(value, dict) and set(value) == {"bytes", "path"}:
        value = value["path"] if value["bytes"] is None else value["bytes"]
    if isinstance(value, bytes):
        return Picture(where, value)
    if isinstance(value, str) and value.strip():
        return Picture(value)
    raise InputError(
        f"{where!r} should name an image or hold its bytes, found {type(value).__name__}"
    )


def kept(given: Sequence[Picture], open_named: Open, folder: Path | None) -> list[Kept]:
    """Decode the images of a row and keep their files beside the table.

    Parameters
    ----------
    given : sequence of Picture
        Of one row.
    open_named : callable
        Gives the content of a named one.
    folder : Path or None
        Of the table; None where none is written.

    Raises
    ------
    InputError
        Names the image and what is wrong with it.
    """
    images = []
    for picture in given:
        try:
            data = open_named(picture.name) if picture.data is None else picture.data
            named = picture.data is None and picture.true_name
            images.append(keep(data, folder, picture.name if named else None))
        except InputError as error:
            raise InputError(f"the image {picture.name!r:.200} {error}") from None
    return images


def within(folder: Path | None) -> Open:
    """Return how images that rows name are read of a folder; None: rows may name none."""

    def read(name: str) -> bytes:
        if folder is None:
            raise InputError(
                "is named and no folder is; say where images stand by `images: PATH` of the "
                "benchmark"
            )
        return _read(folder, plain_name(name))

    return read


def of_source(source: str, revision: str) -> Open:
    """Return how images that rows name are fetched from the pinned source of the rows."""

    def read(name: str) -> bytes:
        with fetch(source, revision, plain_name(name)).open("rb") as file:
            return file.read(MOST_BYTES + 1)

    return read


def plain_name(name: str) -> str:
    """Return the name of a file within a folder.

    Raises
    ------
    InputError
        When it is anything else: absolute, a URL, or a way out of the folder.
    """
    if not _NAME.fullmatch(name):
        raise InputError("is no name of a file within the folder of images")
    return name


def _read(folder: Path, name: str) -> bytes:
    """Read a regular file below a folder; no part of its name is a link."""
    path = folder
    for part in name.split("/"):
        path = path / part
        if path.is_symlink():
            raise InputError(f"is reached by the link {path}, and links are not followed")
    if not path.is_file():
        raise InputError(f"is no file at {path}")
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read at {path}: {error.strerror or error}") from None
