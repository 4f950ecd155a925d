"""Forms that versions of a tool write, by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import brief

#: What each version writes at least.
Forms = Mapping[str, frozenset[str]]
LETTERS = 200


def of_a_form(row: object, forms: Forms, tool: str, where: str) -> dict[str, Any]:
    """Return an object that has the keys of a version of a tool.

    Parameters
    ----------
    row : object
        Of JSON or YAML.
    forms : mapping of str to frozenset of str
        Keys by the version that writes them.
    tool, where : str
        What messages call the tool, and file and line.

    Raises
    ------
    InputError
        When it is no object, or has the keys of no version; names its keys and theirs.
    """
    if not isinstance(row, dict):
        raise InputError(f"{where}: should be an object of {tool}, and is {brief(row)}.")
    if not any(keys <= row.keys() for keys in forms.values()):
        known = "; ".join(f"{name}: {', '.join(sorted(keys))}" for name, keys in forms.items())
        raise InputError(
            f"{where}: has the keys {brief(sorted(map(str, row)), LETTERS)}, so that no version of "
            f"{tool} known here wrote it ({known})."
        )
    return row
