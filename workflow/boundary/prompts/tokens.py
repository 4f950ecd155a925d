"""Text and token ids of a filled prompt, and the tokens that end a response to it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from boundary.errors import InputError
from boundary.prompts.template import ChatPrompt, Prompt

#: The day on which every chat takes place: some chat templates write today's
#: date into the prompt.  It is the one that Llama's templates fall back on.
#: Another day is another prompt: bump SAMPLER_REVISION with it.
DATE = "26 Jul 2024"
_DAY = {
    "%d": "26",
    "%-d": "26",
    "%m": "07",
    "%-m": "7",
    "%b": "Jul",
    "%B": "July",
    "%Y": "2024",
    "%y": "24",
    "%a": "Fri",
    "%A": "Friday",
    "%H": "00",
    "%I": "12",
    "%M": "00",
    "%S": "00",
    "%p": "AM",
}


def as_text(tokenizer: Any, filled: str | Sequence[Mapping[str, str]], prompt: Prompt) -> str:
    """Return the text of a prompt as the model sees it.

    Messages are laid out by the model's own chat template, and every chat takes
    place on the same day (`DATE`).  Text stays what it is; special tokens that
    the tokenizer adds of itself are not shown.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
        The model's tokenizer.
    filled : str or list of dict
        What `boundary.prompts.fill` returned.
    prompt : Prompt
        Its template, which may have keys for the model's.

    Raises
    ------
    InputError
        When the model has no chat template, or its template refuses or changes
        the messages.
    """
    if isinstance(filled, str):
        return filled
    messages = [dict(message) for message in filled]
    prefill = messages[-1]["content"] if messages[-1]["role"] == "assistant" else ""
    text = _render(
        tokenizer,
        messages,
        prompt,
        add_generation_prompt=not prefill,
        continue_final_message=bool(prefill),
    )
    if not text.endswith(prefill):
        # Templates that trim messages take the last line break of a prefill with them.
        trimmed = prefill.rstrip()
        if not text.endswith(trimmed):
            raise InputError(
                f"{_folder(tokenizer)}: the model's chat template does not keep the beginning of "
                f"the answer, {prefill!r}, that the prompt gives; choose another prompt."
            )
        text += prefill[len(trimmed) :]
    return text


def as_tokens(
    tokenizer: Any, filled: str | Sequence[Mapping[str, str]], prompt: Prompt
) -> list[int]:
    """Return the token ids of a prompt.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
        The model's tokenizer.
    filled : str or list of dict
        What `boundary.prompts.fill` returned.
    prompt : Prompt
        Its template; ``special_tokens`` says whether the tokenizer adds its own, by
        default to text alone, as chat templates hold them.

    Raises
    ------
    InputError
        As `as_text`.
    """
    add = isinstance(filled, str) if prompt.special_tokens is None else prompt.special_tokens
    encoded = tokenizer(as_text(tokenizer, filled, prompt), add_special_tokens=add)
    return [int(token) for token in encoded["input_ids"]]


def encode(tokenizer: Any, filled: str | Sequence[Mapping[str, str]], prompt: Prompt) -> list[int]:
    """Return the token ids of a prompt that begins as the model expects.

    Where it lacks the token that begins a text, a warning says so.

    Raises
    ------
    InputError
        As `as_text`, and when the prompt begins with two such tokens.
    """
    ids = as_tokens(tokenizer, filled, prompt)
    if warning := check_beginning(tokenizer, ids):
        warnings.warn(warning, stacklevel=2)
    return ids


def check_beginning(tokenizer: Any, ids: Sequence[int]) -> str | None:
    """Hold the beginning of a prompt against what the model's tokenizer puts there.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
        The model's tokenizer.
    ids : sequence of int
        What `as_tokens` returned.

    Returns
    -------
    str or None
        What to say where the tokenizer begins a text with a token that the
        prompt lacks.

    Raises
    ------
    InputError
        When the prompt begins with that token twice.
    """
    first = tokenizer.bos_token_id
    if first is None:
        return None
    named = f"{_folder(tokenizer)}: the prompt"
    if first in ids[:1]:
        again = next((i for i in range(1, len(ids)) if ids[i] == first), None)
        if again is not None and not tokenizer.decode(ids[1:again]).strip():
            raise InputError(
                f"{named} begins twice with {tokenizer.bos_token!r}, the token that begins a text: "
                f"the template writes it and the tokenizer adds it, or the template writes two. "
                f"Set `special_tokens: false` in the prompt's file, or write one less there."
            )
    elif first in tokenizer("a")["input_ids"] or getattr(tokenizer, "add_bos_token", False):
        return (
            f"{named} does not begin with {tokenizer.bos_token!r}, which the model's tokenizer "
            f"puts before every text. If the model was trained with it, set `special_tokens: true` "
            f"in the prompt's file."
        )
    return None


def stops(tokenizer: Any, prompt: Prompt) -> tuple[list[int], list[str]]:
    """Split what ends a response into token ids and strings.

    A stop string that is a special token of the model is met by its id: decoded
    responses leave special tokens out, so that as a string it would never be
    seen.  A response to a chat also ends with the token that closes the
    assistant's turn in the model's chat template, which the generation settings
    of base models often lack.  Both are beside the model's own end tokens.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
        The model's tokenizer.
    prompt : Prompt
        The template.

    Returns
    -------
    tuple of list
        Token ids, sorted, and the strings that are left, in the template's
        order.

    Raises
    ------
    InputError
        When the prompt is a chat and the model has no chat template.
    """
    special = {
        token.content: int(index)
        for index, token in tokenizer.added_tokens_decoder.items()
        if token.special
    }
    strings = [text for text in prompt.stop if text not in special]
    ids = {special[text] for text in prompt.stop if text in special}
    if isinstance(prompt, ChatPrompt):
        ids |= _end_of_turn(tokenizer, special, prompt)
    return sorted(ids), strings


def scored_rows(
    tokenizer: Any,
    end_ids: Sequence[int],
    prompts: Sequence[str | list[dict[str, str]]],
    responses: Sequence[str],
    stopped: Sequence[bool],
    template: Prompt,
) -> list[tuple[list[int], list[int]]]:
    """Return the tokens of prompts and of the responses that are scored after them.

    A response is tokenised anew, on its own.  One that stopped ends in the
    token that ends a response under this prompt: that of the template or of the
    chat, else the model's first end token.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
        The scorer's tokenizer.
    end_ids : sequence of int
        The model's own end tokens.
    prompts, responses, stopped : sequence
        Filled prompts, texts, and whether each text came to an end.
    template : Prompt
        The template of the prompts.

    Raises
    ------
    InputError
        When a prompt has no token, after which nothing has a probability, or the tokenizer
        has no tokens for a response.
    """
    end = [*stops(tokenizer, template)[0], *end_ids][0]
    texts = list(dict.fromkeys(responses))
    encoded = _tokens_of(tokenizer, texts) if texts else []
    tails = dict(zip(texts, encoded, strict=True))
    rows: list[tuple[list[int], list[int]]] = []
    head: list[int] = []
    before: str | list[dict[str, str]] | None = None
    for prompt, response, ended in zip(prompts, responses, stopped, strict=True):
        if prompt != before:  # responses to one prompt mostly follow each other
            head, before = encode(tokenizer, prompt, template), prompt
        if not head:
            raise InputError(f"the prompt {prompt!r} has no token; nothing can follow it.")
        rows.append((head, [*tails[response], *([end] if ended else [])]))
    return rows


def _tokens_of(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    """Tokenise responses; refuse what has no tokens, or only one that stands for anything."""
    try:
        encoded: list[list[int]] = tokenizer(texts, add_special_tokens=False)["input_ids"]
        why = f"it takes {tokenizer.unk_token!r} in their place"
    except Exception as error:  # the library raises no class of its own
        encoded, why = [], " ".join(str(error).split()).removesuffix(".")
    unknown = tokenizer.unk_token_id
    lost = [text for text, ids in zip(texts, encoded, strict=False) if unknown in ids]
    if not encoded or any(tokenizer.unk_token not in text for text in lost):
        raise InputError(
            f"{_folder(tokenizer)}: the tokenizer cannot write some of the responses ({why}), so "
            f"that this model cannot score them. Leave it out of those that score, or their model "
            f"out of those that are scored."
        )
    return encoded


def _end_of_turn(tokenizer: Any, special: Mapping[str, int], prompt: Prompt) -> set[int]:
    """Return the special token that directly follows an assistant's message, if any."""
    answer = "Forty-two."
    messages = [{"role": "user", "content": "?"}, {"role": "assistant", "content": answer}]
    after = _render(tokenizer, messages, prompt).rpartition(answer)[2].lstrip()
    ends = [text for text in special if text and after.startswith(text)]
    return {special[max(ends, key=len)]} if ends else set()


def _render(tokenizer: Any, messages: list[dict[str, str]], prompt: Prompt, **how: bool) -> str:
    """Lay out messages on a fixed day by the model's own chat template."""
    from jinja2 import TemplateError

    if not tokenizer.chat_template:
        raise InputError(
            f"{_folder(tokenizer)}: the model has no chat template, and the prompt is a chat; "
            f"choose a prompt whose file holds a 'template'."
        )
    keys = prompt.chat_template_kwargs if isinstance(prompt, ChatPrompt) else None
    try:
        text = tokenizer.apply_chat_template(
            messages,
            chat_template=_dated(tokenizer.get_chat_template()),
            tokenize=False,
            date_string=DATE,
            **how,
            **(keys or {}),
        )
    except (TemplateError, TypeError, ValueError) as error:
        raise InputError(
            f"{_folder(tokenizer)}: the model's chat template refuses the prompt: "
            f"{' '.join(str(error).split()).removesuffix('.')}. Choose another prompt."
        ) from None
    return str(text)


def _dated(template: str) -> str:
    """Return a chat template that asks this module for the date and not the clock."""
    if "strftime_now" not in template:
        return template
    day = "".join(f"|replace({code!r}, {text!r})" for code, text in _DAY.items())
    # The line break goes with the block before it, so that the template begins as it did.
    return (
        "{%- macro strftime_now(format) %}{% set text = format" + day + " %}"
        "{{ raise_exception('it asks for a date as ' + format) if '%' in text else text }}"
        "{%- endmacro %}\n" + template
    )


def _folder(tokenizer: Any) -> str:
    return str(tokenizer.name_or_path) or "the tokenizer"
