"""The value network of PPO: a copy of the policy that says what a prefix will earn."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from transformers import Qwen3ForCausalLM

from boundary.lab.surrogate import Batch


class ValueNet(torch.nn.Module):
    """A copy of a policy's layers with a number for each prefix; at first 0.

    Parameters
    ----------
    policy : transformers.Qwen3ForCausalLM
        Copied, and not changed.
    """

    def __init__(self, policy: Qwen3ForCausalLM) -> None:
        super().__init__()
        self.body = copy.deepcopy(policy.model)
        self.head = torch.nn.Linear(policy.config.hidden_size, 1)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.zeros_(self.head.bias)

    def forward(self, ids: torch.Tensor, width: int) -> torch.Tensor:
        """Return the value before each token of the responses, float32 ``[rows, T]``."""
        hidden = self.body(ids[:, :-1], use_cache=False).last_hidden_state
        values: torch.Tensor = self.head(hidden[:, width - 1 :])[..., 0]
        return values


def value_loss(values: ValueNet, batches: Sequence[Batch]) -> torch.Tensor:
    """Return the mean squared error over tokens of what prefixes earned, of batches as sampled."""
    total, tokens = torch.zeros(()), 0
    for batch in batches:
        errors = (values(batch.ids, batch.width) - batch.returns[:, None]) ** 2
        total = total + (errors * batch.mask).sum()
        tokens += int(batch.mask.sum())
    return total / tokens
