"""What both forms share: messages of a conversation, and how many the agent wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import brief

Row = dict[str, object]


def messages_of(value: object, place: str) -> list[Mapping[str, Any]]:
    """Return the messages of a conversation; none where the file keeps none.

    Raises
    ------
    InputError
        When they are no list of objects.
    """
    messages = [] if value is None else value
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        raise InputError(f"{place}: its messages are {brief(value)}, and should be objects.")
    return messages


def rounds_of(messages: list[Mapping[str, Any]]) -> int | None:
    """Return how many messages the agent wrote; None where the file keeps none."""
    return sum(each.get("role") == "assistant" for each in messages) if messages else None
