"""JSON as its readers agree on it: no key twice, no text that UTF-8 cannot hold."""

from __future__ import annotations

import json
from typing import Any

SHOWN = 80


def loads(text: str) -> Any:
    """Parse JSON.

    Raises
    ------
    ValueError
        When it is none, when a key stands twice in an object (of which other
        readers take the first, the last, or neither), or when a text holds half
        of a surrogate pair, which no file can hold.
    """
    found = json.loads(text, object_pairs_hook=no_key_twice)
    # Only an escape brings one in, so that few texts need this look.
    if "\\ud" in text.lower():
        _encodable(found)
    return found


def no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON, for ``object_pairs_hook``; ValueError where a key stands twice."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:SHOWN]!r} stands twice in one object")
    return made


def _encodable(part: Any) -> None:
    for text in _texts(part):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"a text holds {text[error.start]!a}, half of a pair of surrogates, which UTF-8 "
                f"cannot hold"
            ) from None


def _texts(part: Any) -> list[str]:
    if isinstance(part, str):
        return [part]
    if isinstance(part, dict):
        return [text for pair in part.items() for each in pair for text in _texts(each)]
    return [text for each in part for text in _texts(each)] if isinstance(part, list) else []
