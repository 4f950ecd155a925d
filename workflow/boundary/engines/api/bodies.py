"""What is sent of a protocol: every setting, as servers have defaults of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from boundary.jobs.endpoint import Served
from boundary.jobs.sampling import Sampling, filters_of
from boundary.prompts import stops


def longest_key(served: Served) -> str:
    """Return the name of the limit of tokens: newer models of OpenAI's take no other."""
    strict_chat = served.interface == "chat" and not served.extensions
    return "max_completion_tokens" if strict_chat else "max_tokens"


def plain(served: Served, max_tokens: int) -> dict[str, object]:
    """Return all settings, of a sampler that takes the model's distribution as it is."""
    settings: dict[str, object] = {
        "model": served.model,
        "n": 1,
        "stream": False,
        "temperature": 1.0,
        "top_p": 1.0,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        longest_key(served): max_tokens,
    }
    if not served.extensions:
        return settings
    return settings | {
        "top_k": 0,
        "min_p": 0.0,
        "repetition_penalty": 1.0,
        "min_tokens": 0,
        "ignore_eos": False,
        "skip_special_tokens": True,
        "include_stop_str_in_output": False,
        "return_token_ids": True,
    }


def settings_of(served: Served, sampling: Sampling, tokenizer: Any) -> dict[str, object]:
    """Return what all requests of a protocol share.

    Parameters
    ----------
    served : Served
        What is asked.
    sampling : Sampling
        The protocol.
    tokenizer : transformers.PreTrainedTokenizerBase or None
        The model's; special tokens among the stop strings are met by their ids.
    """
    prompt = sampling.prompt
    ends, strings = stops(tokenizer, prompt) if tokenizer else ([], [*prompt.stop])
    asked: dict[str, object] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        **filters_of(sampling.model_dump()),
    }
    if strings:
        asked["stop"] = strings
    if ends:
        asked["stop_token_ids"] = ends
    if served.extensions and prompt.special_tokens is not None:
        asked["add_special_tokens"] = prompt.special_tokens
    return plain(served, sampling.max_tokens) | asked


def with_prompt(
    served: Served, prompt: Sequence[int], settings: Mapping[str, object]
) -> dict[str, object]:
    """Return one request; a prompt is token ids, or the bytes of text or of messages."""
    if served.tokenizer:
        return {**settings, "prompt": list(prompt)}
    text = bytes(prompt).decode()
    if served.interface == "chat":
        return {**settings, "messages": json.loads(text)}
    return {**settings, "prompt": text}


def most_tokens(served: Served, body: Mapping[str, Any]) -> tuple[int, int]:
    """Return the tokens that prompt and response of a request have at most.

    A token of text is a byte at least.
    """
    prompt = body.get("prompt", body.get("messages"))
    room = len(prompt) if served.tokenizer else len(json.dumps(prompt))
    return room, int(body[longest_key(served)])
