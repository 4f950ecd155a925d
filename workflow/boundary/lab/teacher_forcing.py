"""How likely a model is to write the right response, without sampling: by teacher-forcing it.

One forward pass tells rates that no number of samples resolves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from transformers import Qwen3ForCausalLM

from boundary.errors import InputError
from boundary.lab.material import EOS, PAD, Material
from boundary.lab.model import response_logits

#: Rows of one forward pass.
ROWS = 256


class Scripts(NamedTuple):
    """Prompts with their right responses, of any lengths.

    Attributes
    ----------
    ids : torch.Tensor
        int64 ``[rows, T]``, padded on the right.
    mask : torch.Tensor
        bool ``[rows, T - 1]``: the tokens of responses, `EOS` included, from the second on.
    """

    ids: torch.Tensor
    mask: torch.Tensor


def scripts(task: Material, prompts: Sequence[str]) -> Scripts:
    """Write the right response behind each prompt.

    Parameters
    ----------
    task : Material
    prompts : sequence of str [rows]

    Raises
    ------
    InputError
        When the task has no solver.
    """
    if task.gold is None:
        raise InputError("this task has no solver that writes right responses (Material.gold).")
    rows = [
        ([task.ids[word] for word in prompt.split()], [*task.gold(prompt).split(), EOS])
        for prompt in prompts
    ]
    longest = max(len(prompt) + len(response) for prompt, response in rows)
    ids = torch.full((len(rows), longest), task.ids[PAD])
    mask = torch.zeros((len(rows), longest - 1), dtype=torch.bool)
    for i, (prompt, response) in enumerate(rows):
        end = len(prompt) + len(response)
        ids[i, :end] = torch.tensor([*prompt, *(task.ids[word] for word in response)])
        mask[i, len(prompt) - 1 : end - 1] = True
    return Scripts(ids, mask)


@torch.no_grad()
def gold_log10(
    model: Qwen3ForCausalLM, task: Material, prompts: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Return log10 of the probability of the right response, at temperature 1.

    Parameters
    ----------
    model : transformers.Qwen3ForCausalLM
        In evaluation mode.
    task : Material
    prompts : sequence of str [M]

    Returns
    -------
    numpy.ndarray
        float64 ``[M]``; as logarithms, 1e-400 is told from 1e-500 too.

    Raises
    ------
    InputError
        When the task has no solver.
    """
    parts = []
    for first in range(0, len(prompts), ROWS):
        batch = scripts(task, prompts[first : first + ROWS])
        logits = response_logits(model, batch.ids, 1).double()
        chosen = logits.log_softmax(-1).gather(-1, batch.ids[:, 1:, None])[..., 0]
        parts.append(torch.where(batch.mask, chosen, 0.0).sum(1).numpy() / np.log(10))
    return np.concatenate(parts)
