"""Fill a template with a problem."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from boundary.errors import TableError
from boundary.prompts.template import QUESTION, AnyPrompt, Message, Shot, TextPrompt

_PLACEHOLDER = re.compile(r"\{(question|answer|shots|starter_code)\}")


def fill(
    prompt: AnyPrompt, question: str, metadata: str | None = None
) -> str | list[dict[str, str]]:
    """Put a question into a template; nothing in the question is interpreted.

    Parameters
    ----------
    prompt : TextPrompt or ChatPrompt
        The template.
    question : str
        The question of the problem.
    metadata : str, optional
        The problem's metadata, a JSON object; its ``starter_code``, where it is
        not empty, selects the template's ``starter``.

    Returns
    -------
    str or list of dict
        The text of the prompt, or the messages of a chat, each with ``role``
        and ``content``.

    Raises
    ------
    TableError
        When metadata that the template needs is no JSON object, or the starter
        code in it no text.
    """
    code = "" if prompt.starter is None else _starter_code(metadata)
    values = {"question": question, "starter_code": code} if code else {"question": question}
    shots = prompt.shots or []
    if isinstance(prompt, TextPrompt):
        if prompt.shot is not None:
            values["shots"] = "".join(_put(prompt.shot, shot.model_dump()) for shot in shots)
        return _put(prompt.starter if code and prompt.starter else prompt.template, values)
    messages: list[dict[str, str]] = []
    for message in prompt.starter if code and prompt.starter else prompt.chat:
        if QUESTION in message.content:
            messages += [turn for shot in shots for turn in _turns(prompt.chat, shot)]
        messages.append({"role": message.role, "content": _put(message.content, values)})
    return messages


def _turns(chat: Sequence[Message], shot: Shot) -> list[dict[str, str]]:
    """Return a shot as two turns: the message that asks, and its answer."""
    asking = next(message for message in chat if QUESTION in message.content)
    return [
        {"role": asking.role, "content": _put(asking.content, shot.model_dump())},
        {"role": "assistant", "content": shot.answer},
    ]


def _put(text: str, values: Mapping[str, str]) -> str:
    """Replace placeholders in one pass, so that none in a value is replaced in turn."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def _starter_code(metadata: str | None) -> str:
    """Return the starter code of a problem, empty where it has none."""
    try:
        content = json.loads(metadata) if metadata else None
    except json.JSONDecodeError as error:
        raise TableError(
            f"the metadata {metadata!r:.80} of a problem is no JSON: {error}."
        ) from None
    if content is None:
        return ""
    code = content.get("starter_code") if isinstance(content, dict) else content
    if code is None:
        return ""
    if not isinstance(content, dict) or not isinstance(code, str):
        raise TableError(
            f"the metadata {metadata!r:.80} of a problem should be a JSON object whose "
            f"starter_code is text."
        )
    return code
