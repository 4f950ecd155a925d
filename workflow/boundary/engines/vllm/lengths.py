"""Whether prompts and responses fit: asked before vLLM starts, and never cut short."""

from __future__ import annotations

from boundary.errors import InputError


def room_for(prompt: int, max_tokens: int, max_model_len: int | None) -> int:
    """Return the tokens for which vLLM is to make room.

    Parameters
    ----------
    prompt : int
        Tokens of the longest prompt.
    max_tokens : int
        Tokens of the longest response.
    max_model_len : int, optional
        What the protocol says; by default what is needed.

    Raises
    ------
    InputError
        When the protocol's ``max_model_len`` cannot hold both.
    """
    needed = prompt + max_tokens
    if max_model_len is not None and max_model_len < needed:
        raise InputError(
            f"the longest prompt has {prompt:,} tokens and max_tokens is {max_tokens:,}, which "
            f"makes {needed:,}, but max_model_len is {max_model_len:,}. Raise max_model_len to "
            f"{needed:,}, leave it out, or lower max_tokens."
        )
    return needed if max_model_len is None else max_model_len


def check_context(
    context: int, prompt: int, response: int, room: int, *, response_is: str = "max_tokens"
) -> None:
    """Refuse what is longer than the model: beyond it, some fail and some talk nonsense.

    Parameters
    ----------
    context : int
        Tokens that the model can take, as vLLM derives it from ``config.json``.
    prompt, response : int
        Tokens of the longest prompt, and of a response.
    room : int
        What `room_for` returned.
    response_is : str
        How to name the response.

    Raises
    ------
    InputError
        When the prompt and the response, or max_model_len, exceed the context.
    """
    if prompt + response > context:
        raise InputError(
            f"a prompt of {prompt:,} tokens and {response_is} of {response:,} exceed the "
            f"{context:,} tokens of the model's context; lower max_tokens to at most "
            f"{max(0, context - prompt):,} or leave the problem out."
        )
    if room > context:
        raise InputError(
            f"max_model_len is {room:,}, and the model's context holds {context:,} tokens; lower "
            f"max_model_len or leave it out."
        )
