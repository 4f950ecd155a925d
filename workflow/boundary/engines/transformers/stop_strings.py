"""Strings that end a response, met in the text of tokens while these are sampled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

#: What decoders write for bytes that are no whole character.
_PART = "\ufffd"


class StopStrings:
    """What ends a response whose text holds one of some strings, as vLLM does.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
    strings : sequence of str
        Not empty, none of them a special token, which texts leave out.
    """

    def __init__(self, tokenizer: Any, strings: Sequence[str]) -> None:
        self._tokenizer, self._strings = tokenizer, strings
        self._last = {_PART, *(string[-1] for string in strings)}
        self._may_end: dict[int, bool] = {}

    def __call__(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return whether the text of each row of tokens holds a string, bool ``[rows]``.

        Rows are asked of after each token, so that only a token with the last character of
        a string can complete one; texts of other rows are not made.
        """
        newest = [self._ends_one(token) for token in tokens[:, -1].tolist()]
        met = torch.tensor(newest, device=tokens.device)
        if any(newest):
            texts = self._tokenizer.batch_decode(tokens[met].tolist(), skip_special_tokens=True)
            holds = [any(string in text for string in self._strings) for text in texts]
            met[met.clone()] = torch.tensor(holds, device=tokens.device)
        return met

    def _ends_one(self, token: int) -> bool:
        if token not in self._may_end:
            # Decoders drop a space before the first token, not before the second.
            text = self._tokenizer.decode([token, token], skip_special_tokens=True)
            self._may_end[token] = not self._last.isdisjoint(text)
        return self._may_end[token]

    def cut(self, text: str) -> str:
        """Return a text up to the string that is complete first; the whole text without one."""
        places = [(at + len(each), at) for each in self._strings if (at := text.find(each)) >= 0]
        return text[: min(places)[1]] if places else text
