"""A model whose next token hangs on the last one alone, so that all responses can be listed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LlamaConfig

#: p(next | last) of four tokens, of which the first ends a response.
CHAIN = torch.tensor(
    [
        [0.30, 0.40, 0.20, 0.10],
        [0.25, 0.25, 0.25, 0.25],
        [0.05, 0.05, 0.05, 0.85],
        [0.70, 0.10, 0.10, 0.10],
    ],
    dtype=torch.float64,
)
START, END = 0, 0
LONGEST = 6

Sequence = tuple[int, ...]


class Markov(torch.nn.Module):
    """Enough of a causal language model for the sampling loop."""

    config = LlamaConfig(num_hidden_layers=1)
    device = torch.device("cpu")

    def __init__(self, chain: torch.Tensor = CHAIN) -> None:
        super().__init__()
        self.logits = chain.log().float()

    def forward(self, input_ids: torch.Tensor, past_key_values: Any, use_cache: bool) -> Any:
        """Return logits, and let the cache know how many tokens were read."""
        nothing = torch.zeros(input_ids.shape[0], 1, input_ids.shape[1], 1)
        past_key_values.update(nothing, nothing, 0)
        return SimpleNamespace(logits=self.logits[input_ids])


def responses() -> dict[Sequence, float]:
    """List every response, up to its end or the limit, with its probability."""
    every: dict[Sequence, float] = {}
    for length in range(1, LONGEST + 1):
        for head in itertools.product(range(1, len(CHAIN)), repeat=length - 1):
            for last in range(len(CHAIN)):
                if last == END or length == LONGEST:
                    tokens = (*head, last)
                    every[tokens] = _product(CHAIN.tolist(), (START, *tokens))
    return every


def _product(chain: list[list[float]], tokens: Sequence) -> float:
    return math.prod(chain[a][b] for a, b in itertools.pairwise(tokens))


def to_power(alpha: float) -> dict[Sequence, float]:
    """Return p^alpha over all responses, normed."""
    raised = {tokens: p**alpha for tokens, p in responses().items()}
    return {tokens: p / sum(raised.values()) for tokens, p in raised.items()}


def after_moves(
    alpha: float, moves: int, *, factor: bool = True
) -> tuple[list[Sequence], NDArray[np.float64]]:
    """Return all responses and their law after moves in one block, by the whole kernel.

    Written from the definition: target and proposal alone, and none of their ratio's algebra.

    Parameters
    ----------
    factor : bool
        Whether the chance of the cut, 1/n, stands in the ratio.
    """
    law_of = responses()
    every = list(law_of)
    raised = CHAIN.numpy() ** alpha
    cold = (raised / raised.sum(axis=1, keepdims=True)).tolist()
    target = np.array([*law_of.values()]) ** alpha
    lengths = np.array([len(tokens) for tokens in every])
    kernel = np.zeros((len(every), len(every)))
    for cut in range(LONGEST):
        groups: dict[Sequence, list[int]] = {}
        for i, tokens in enumerate(every):
            if len(tokens) > cut:
                groups.setdefault(tokens[:cut], []).append(i)
        for group in groups.values():
            of = np.array(group)
            tail = np.array([_product(cold, (START, *every[i])[cut:]) for i in group])
            size = lengths[of] if factor else np.ones(len(of))
            forward = tail[None] / size[:, None]  # from a row to a column
            ratio = (target[of][None] * forward.T) / (target[of][:, None] * forward)
            kernel[np.ix_(of, of)] += tail[None] / lengths[of][:, None] * np.minimum(1, ratio)
    kernel[np.diag_indices(len(every))] += 1 - kernel.sum(axis=1)
    law = np.array([_product(cold, (START, *tokens)) for tokens in every])
    for _ in range(moves):
        law = law @ kernel
    return every, law


def variation(drawn: list[Sequence], law: Mapping[Sequence, float]) -> float:
    """Return the total variation between draws and a law; what it lacks counts whole."""
    share = {tokens: drawn.count(tokens) / len(drawn) for tokens in {*drawn}}
    every = share.keys() | law.keys()
    return sum(abs(share.get(one, 0.0) - law.get(one, 0.0)) for one in every) / 2
