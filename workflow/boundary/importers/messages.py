"""Texts of the messages of a chat, as several tools write them."""

from __future__ import annotations


def text_of(content: object) -> str | None:
    """Return the text of a message's content: itself, or its parts that are text, a line each.

    Reasoning and images are no parts that are text.  None where there is no text.
    """
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    parts = [part for part in content if isinstance(part, dict) and part.get("type") == "text"]
    texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
    return "\n".join(texts) if texts else None


def spoken_by(messages: object, role: str) -> list[str]:
    """Return the texts of the messages of a role; none where there are no messages."""
    if not isinstance(messages, list):
        return []
    of_role = [each for each in messages if isinstance(each, dict) and each.get("role") == role]
    return [text for each in of_role if (text := text_of(each.get("content"))) is not None]
