"""Score token sequences: each distinct one once, each prompt once for its responses.

A prompt's keys and values are computed once and repeated over its responses
layer by layer, so that what is repeated never stands for more than one layer.
Responses are padded on the right, where under a causal mask no token that
counts sees the padding; so no mask is passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

from boundary.allowed import BATCH_TOKENS
from boundary.engines.token_scores import PLAIN, ROUNDING, Extras, Row, TokenScores, nothing
from boundary.engines.transformers.head import TRIAL, Head, close
from boundary.engines.transformers.statistics import ENTROPY

#: Bytes of a chunk's logits, by device.
CHUNK_BYTES = {"cpu": 16 * 2**20}
GPU_CHUNK_BYTES = 512 * 2**20
#: Tokens that sharing prompts must save to be worth a pass of its own.
WORTH = 64

Key = tuple[tuple[int, ...], tuple[int, ...]]


class Scorer:
    """A model that scores rows.

    Parameters
    ----------
    model : transformers.PreTrainedModel
        Any causal language model, in evaluation mode, on its device.
    tokens : int
        Budget of a batch: rows times the tokens of prompt and longest response.
    chunk_bytes : int, optional
        Bytes of a chunk's logits; by default `CHUNK_BYTES`.

    Attributes
    ----------
    shares : bool
        Whether prompts are shared: for models of full attention alone.
    """

    def __init__(
        self, model: PreTrainedModel, tokens: int = BATCH_TOKENS, chunk_bytes: int | None = None
    ) -> None:
        self.model, self.tokens = model, tokens
        kind = model.device.type
        self.head = Head(model, chunk_bytes or CHUNK_BYTES.get(kind, GPU_CHUNK_BYTES))
        self.shares = self._can_share()

    def score(self, rows: Sequence[Row], extras: Extras = PLAIN) -> list[TokenScores]:
        """Score responses after their prompts.

        Parameters
        ----------
        rows : sequence of (prompt, response)
            Token ids; no prompt is empty. Equal rows share one result.
        extras : Extras
            What beside log-probabilities.

        Returns
        -------
        list of TokenScores
            One a row, in order.
        """
        keys: list[Key] = [(tuple(head), tuple(tail)) for head, tail in rows]
        scored: dict[Key, NDArray[np.float64]] = {}
        by_prompt: dict[tuple[int, ...], list[Key]] = {}
        for key in dict.fromkeys(keys):
            if key[1]:
                by_prompt.setdefault(key[0], []).append(key)
        alone: list[Key] = []
        with torch.inference_mode():
            for block in self._blocks(by_prompt):
                of_block = [key for prompt in block for key in by_prompt[prompt]]
                saved = (len(of_block) - len(block)) * len(block[0])
                if self.shares and saved >= WORTH:
                    scored.update(self._shared(block, of_block, extras))
                else:
                    alone += of_block
            for batch in self._batches(alone):
                scored.update(self._plain(batch, extras))
        results = {key: nothing(extras) for key in keys if not key[1]}
        results |= {key: _unpacked(stats, extras) for key, stats in scored.items()}
        return [results[key] for key in keys]

    def _blocks(
        self, by_prompt: dict[tuple[int, ...], list[Key]]
    ) -> Iterator[list[tuple[int, ...]]]:
        """Group prompts of one length, as many as the budget holds."""
        block: list[tuple[int, ...]] = []
        for prompt in sorted(by_prompt, key=len):
            full = (len(block) + 1) * len(prompt) > self.tokens
            if block and (full or len(prompt) != len(block[0])):
                yield block
                block = []
            block.append(prompt)
        if block:
            yield block

    def _batches(self, keys: Sequence[Key]) -> Iterator[list[Key]]:
        """Group rows of similar length within the budget, padding included."""
        batch: list[Key] = []
        for key in sorted(keys, key=lambda key: len(key[0]) + len(key[1])):
            # Rows come with rising length, so that this one is the longest.
            if batch and (len(batch) + 1) * (len(key[0]) + len(key[1])) > self.tokens:
                yield batch
                batch = []
            batch.append(key)
        if batch:
            yield batch

    def _plain(self, batch: Sequence[Key], extras: Extras) -> dict[Key, NDArray[np.float64]]:
        """Score rows whole."""
        ids, _ = self._padded([(*head, *tail)[:-1] for head, tail in batch])
        hidden = self.head.hidden(ids, use_cache=False)
        places = [range(len(head) - 1, len(head) + len(tail) - 1) for head, tail in batch]
        return self._tallied(hidden, batch, places, extras)

    def _shared(
        self, prompts: Sequence[tuple[int, ...]], keys: Sequence[Key], extras: Extras
    ) -> dict[Key, NDArray[np.float64]]:
        """Score the responses to prompts of one length, each prompt computed once."""
        cache = _PrefixCache(len(self._layers()))
        ids, _ = self._padded(prompts)
        last = self.head.hidden(ids, past_key_values=cache.cache, use_cache=True)[:, -1:]
        number = {prompt: i for i, prompt in enumerate(prompts)}
        scored: dict[Key, NDArray[np.float64]] = {}
        for batch in self._batches(keys):
            chosen = torch.tensor([number[head] for head, _ in batch], device=last.device)
            hidden = last[chosen]
            ids, width = self._padded([tail[:-1] for _, tail in batch])
            if width:
                cache.choose(chosen)
                after = self.head.hidden(ids, past_key_values=cache.cache, use_cache=True)
                hidden = torch.cat([hidden, after], dim=1)
            places = [range(len(tail)) for _, tail in batch]
            scored.update(self._tallied(hidden, batch, places, extras))
        return scored

    def _tallied(
        self,
        hidden: torch.Tensor,
        batch: Sequence[Key],
        places: Sequence[range],
        extras: Extras,
    ) -> dict[Key, NDArray[np.float64]]:
        """Return the statistics of the tokens that hidden states at some places predict."""
        width = hidden.shape[1]
        flat = [row * width + place for row, at in enumerate(places) for place in at]
        targets = [token for _, tail in batch for token in tail]
        picked = hidden.flatten(0, 1)[torch.tensor(flat, device=hidden.device)]
        stats = self.head.statistics(picked, torch.tensor(targets, device=hidden.device), extras)
        cuts = np.cumsum([len(tail) for _, tail in batch])[:-1]
        return dict(zip(batch, np.split(stats.cpu().numpy(), cuts), strict=True))

    def _padded(self, rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, int]:
        """Return token ids padded on the right, int64 ``[rows, width]``, and the width."""
        width = max(map(len, rows))
        ids = [[*row, *([0] * (width - len(row)))] for row in rows]
        return torch.tensor(ids, dtype=torch.long, device=self.model.device), width

    def _layers(self) -> list[Any]:
        return list(DynamicCache(config=self.model.config).layers)

    def _can_share(self) -> bool:
        """Whether responses after a shared prompt get the logits of a plain forward."""
        layers = self._layers()
        if not layers or any(type(layer) is not DynamicLayer for layer in layers):
            return False  # windows and recurrent states need a cache of their own
        row = [i % self.head.vocabulary for i in range(TRIAL)]
        half = TRIAL // 2
        with torch.inference_mode():
            cache = _PrefixCache(len(layers))
            ids, _ = self._padded([row[:half]])
            self.head.hidden(ids, past_key_values=cache.cache, use_cache=True)
            cache.choose(torch.zeros(1, dtype=torch.long, device=self.model.device))
            ids, _ = self._padded([row[half:]])
            after = self.head.hidden(ids, past_key_values=cache.cache, use_cache=True)[0]
            ids, _ = self._padded([row])
            return close(after, self.head.hidden(ids, use_cache=False)[0, half:])


class _PrefixLayer(DynamicLayer):  # type: ignore[misc]
    """Keys and values of prompts; what comes after them is shown and not kept."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen: torch.Tensor | None = None

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Keep the first states; put later ones behind the prompts that were chosen."""
        if self.chosen is None:
            kept: tuple[torch.Tensor, torch.Tensor] = super().update(key_states, value_states)
            return kept
        return (
            torch.cat([self.keys[self.chosen], key_states], dim=-2),
            torch.cat([self.values[self.chosen], value_states], dim=-2),
        )


class _PrefixCache:
    """The prompts of a block, computed once."""

    def __init__(self, layers: int) -> None:
        self.cache = DynamicCache()
        self.cache.layers = [_PrefixLayer() for _ in range(layers)]

    def choose(self, rows: torch.Tensor) -> None:
        """Name the prompt of each row that follows, int64 ``[rows]``."""
        for layer in self.cache.layers:
            layer.chosen = rows


def _unpacked(stats: NDArray[np.float64], extras: Extras) -> TokenScores:
    """Give names to the columns of a response's statistics."""
    rank, top, entropy, varentropy = (
        stats[:, 1 : 1 + len(ENTROPY)].T if extras.entropy else (None, None, None, None)
    )
    before = stats[:, stats.shape[1] - len(extras.nuclei) :]
    return TokenScores(
        logprob=stats[:, 0],
        rank=None if rank is None else rank.astype(np.int64),
        top_logprob=top,
        entropy=entropy,
        varentropy=varentropy,
        before_low=before - ROUNDING,
        before_high=before + ROUNDING,
    )
