"""Where the reasoning of a response ends, and the response itself."""

from __future__ import annotations

import re

END_OF_REASONING = "</think>"
_BEGIN_OF_REASONING = "<think>"
#: Tokens that close a turn or open the next one, where a tool decoded them as text.
_TURN = re.compile(
    r"<\|(?:im_start|im_end|endoftext|end_of_text|eot_id|start_header_id|end)\|>|</s>|<end_of_turn>"
)


def after_reasoning(response: str) -> str:
    """Return what follows the last ``</think>``; everything when there is none."""
    _, mark, after = response.rpartition(END_OF_REASONING)
    return after if mark else response


def own_turn(response: str) -> str:
    """Return what stands before the token that closes the response's turn.

    What a model writes behind it is a next question, which is none of this one.
    """
    if "<|" not in response and "</s>" not in response and "<end_of_turn>" not in response:
        return response
    for token in _TURN.finditer(response):
        if response[: token.start()].strip():
            return response[: token.start()]
    return response


def unfinished(text: str) -> bool:
    """Return whether reasoning was opened and not closed in what follows the last close."""
    return _BEGIN_OF_REASONING in text
