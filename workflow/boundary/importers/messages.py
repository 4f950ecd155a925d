"""Texts of the messages of a chat, as several tools write them."""

from __future__ import annotations

from boundary.errors import InputError
from boundary.importers.columns import brief

#: Who tells the model how to answer, and asks nothing.
_SYSTEM = ("system", "developer")


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


def question_of(prompt: object, where: str) -> str:
    """Return a prompt as one text: its messages but for those of the system.

    Parameters
    ----------
    prompt : object
        Text, or a list of messages.
    where : str
        File and line.

    Raises
    ------
    InputError
        When a message is none or holds no text, or nothing is asked.
    """
    messages = prompt if isinstance(prompt, list) else [{"content": prompt}]
    texts = []
    for message in messages:
        text = text_of(message.get("content")) if isinstance(message, dict) else None
        if text is None:
            raise InputError(f"{where}: the prompt holds a message without text: {brief(message)}.")
        if message.get("role") not in _SYSTEM:
            texts.append(text)
    question = "\n\n".join(filter(None, texts))
    if not question.strip():
        raise InputError(f"{where}: the prompt asks nothing: {brief(prompt)}.")
    return question


def spoken_by(messages: object, role: str) -> list[str]:
    """Return the texts of the messages of a role; none where there are no messages."""
    if not isinstance(messages, list):
        return []
    of_role = [each for each in messages if isinstance(each, dict) and each.get("role") == role]
    return [text for each in of_role if (text := text_of(each.get("content"))) is not None]
