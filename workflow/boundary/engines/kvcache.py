"""Keys and values in place: a cache layer that never concatenates.

The library's dynamic layer copies everything it holds at each token; this one
writes into room that it took in advance, which grows by doubling when a
response turns out long.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

FIRST_ROOM = 128  # tokens of room taken at first beyond the prompt


class PreallocatedLayer(DynamicLayer):  # type: ignore[misc]
    """A full-attention layer of keys and values, ``[rows, heads, tokens, head_dim]``.

    Parameters
    ----------
    capacity : int
        The most tokens that it will ever hold; more is an error of the caller.
    """

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self.is_initialized: bool = False
        self.capacity = capacity
        self.length = 0
        self.room: list[torch.Tensor] = []

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write new states behind the old ones and return views of all of them."""
        if not self.is_initialized:
            self.dtype, self.device = key_states.dtype, key_states.device
            self.is_initialized = True
            self.room = [
                states.new_empty((*states.shape[:2], 0, states.shape[-1]))
                for states in (key_states, value_states)
            ]
        end = self.length + key_states.shape[-2]
        if end > self.room[0].shape[-2]:
            self._take(min(self.capacity, max(end + FIRST_ROOM, 2 * self.length)))
        for room, states in zip(self.room, (key_states, value_states), strict=True):
            room[:, :, self.length : end] = states
        self._show(end)
        return self.keys, self.values

    def get_seq_length(self) -> int:
        """Return how many tokens are held."""
        return self.length

    def reorder_cache(self, beam_idx: torch.Tensor) -> None:
        """Select rows by index: repeats those named twice, drops those not named."""
        self._take(self.room[0].shape[-2], beam_idx)
        self._show(self.length)

    def _take(self, tokens: int, rows: torch.Tensor | None = None) -> None:
        """Move what is held, or some rows of it, into new room for so many tokens."""
        for place, old in enumerate(self.room):
            held = old[:, :, : self.length]
            held = held if rows is None else held.index_select(0, rows)
            new = old.new_empty((held.shape[0], old.shape[1], tokens, old.shape[-1]))
            new[:, :, : self.length] = held
            self.room[place] = new

    def _show(self, length: int) -> None:
        self.length = length
        self.keys, self.values = (room[:, :, :length] for room in self.room)


def preallocated_cache(model: PreTrainedModel, capacity: int) -> DynamicCache:
    """Make an empty cache for a model, with room for ``capacity`` tokens a row.

    Layers that are not plain full attention (sliding windows, linear attention)
    stay as the library makes them: their state is bounded.
    """
    cache = DynamicCache(config=model.config)
    cache.layers = [
        PreallocatedLayer(capacity) if type(layer) is DynamicLayer else layer
        for layer in cache.layers
    ]
    return cache
