"""From hidden states to logits a chunk at a time, as the model's own forward does it.

Some families scale or cap logits in ``forward``, behind the output layer.  Whether
this one does is tried once at load, on small and on large hidden states; if so,
hidden states are put into the forward of one token instead.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import PreTrainedModel

from boundary.engines.token_scores import Extras
from boundary.engines.transformers.statistics import buffers, columns, token_statistics

#: Relative difference up to which two ways of computing the same logits agree.
TOLERANCE = {torch.float64: 1e-6, torch.float32: 1e-4}
#: The largest logit of the second trial: beyond any cap.
LARGE = 100.0
#: Words of the row on which the ways are compared.
TRIAL = 6


class Head:
    """Hidden states of a model and what its forward makes of them.

    Parameters
    ----------
    model : transformers.PreTrainedModel
        A causal language model in evaluation mode.
    chunk_bytes : int
        Bytes that arrays of a chunk's logits may take together.

    Attributes
    ----------
    direct : bool
        Whether the output layer alone gives the logits.
    """

    def __init__(self, model: PreTrainedModel, chunk_bytes: int) -> None:
        self.model, self.chunk_bytes = model, chunk_bytes
        self.body = model.base_model
        self.layer = model.get_output_embeddings()
        self.vocabulary = int(model.config.get_text_config().vocab_size)
        self.direct = self.layer is not None and self.body is not model
        if self.body is not model:
            self.direct = self.direct and self._agrees()

    def hidden(self, ids: torch.Tensor, **options: Any) -> torch.Tensor:
        """Return hidden states ``[rows, tokens, width]``, logits where a model has no body."""
        output = (
            self.model(ids, **options) if self.body is self.model else self.body(ids, **options)
        )
        states: torch.Tensor = output[0]
        return states

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return logits ``[positions, vocabulary]`` of hidden states ``[positions, width]``."""
        if self.body is self.model:
            return hidden
        if self.direct:
            logits: torch.Tensor = self.layer(hidden)
            return logits
        return self._forward(hidden)

    def statistics(
        self, hidden: torch.Tensor, tokens: torch.Tensor, extras: Extras
    ) -> torch.Tensor:
        """Return `token_statistics` of all positions, float64 ``[positions, columns]``."""
        size = max(1, self.chunk_bytes // (4 * self.vocabulary * buffers(extras)))
        parts = [hidden.new_empty((0, columns(extras)), dtype=torch.float64)]
        for states, targets in zip(hidden.split(size), tokens.split(size), strict=True):
            logits = self.logits(states)
            wide = logits if logits.dtype == torch.float64 else logits.float()
            parts.append(token_statistics(wide, targets, extras))
        return torch.cat(parts)

    def _forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the logits of the model's forward with its hidden states replaced."""

        def replace(_: object, __: object, output: Any) -> Any:
            if isinstance(output, tuple):
                return (hidden[None], *output[1:])
            output.last_hidden_state = hidden[None]
            return output

        handle = self.body.register_forward_hook(replace)
        try:
            one = torch.zeros((1, 1), dtype=torch.long, device=hidden.device)
            logits: torch.Tensor = self.model(one, use_cache=False).logits[0]
        finally:
            handle.remove()
        return logits

    def _agrees(self) -> bool:
        """Whether the output layer alone gives the logits of the forward."""
        ids = torch.arange(TRIAL, device=self.model.device)[None] % self.vocabulary
        with torch.inference_mode():
            hidden = self.hidden(ids, use_cache=False)[0]
            plain = self.layer(hidden)
            grown = hidden * (LARGE / plain.abs().max().clamp(min=1e-6))
            return close(plain, self.model(ids, use_cache=False).logits[0]) and close(
                self.layer(grown), self._forward(grown)
            )


def close(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two arrays of logits are the same up to rounding in their dtype."""
    tolerance = TOLERANCE.get(one.dtype, 3e-2)
    if one.shape != other.shape:
        return False
    scale = float(other.abs().max().clamp(min=1e-6))
    return bool(torch.allclose(one.float(), other.float(), rtol=0, atol=tolerance * scale))
