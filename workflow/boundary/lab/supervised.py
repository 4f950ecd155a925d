"""One optimiser step of recipes whose loss is supervised: distillation and fine-tuning."""

from __future__ import annotations

import torch
from transformers import Qwen3ForCausalLM

from boundary.lab_task import Distillation, Finetuning

BETAS = (0.9, 0.98)


class Learner:
    """AdamW without weight decay, whose rate falls to 0.

    Parameters
    ----------
    run : Distillation or Finetuning
        Learning rate, warm-up, steps and the largest norm of the gradient.
    model : transformers.Qwen3ForCausalLM
        Changed in place.
    """

    def __init__(self, run: Distillation | Finetuning, model: Qwen3ForCausalLM) -> None:
        self._run, self._model = run, model
        self._optimiser = torch.optim.AdamW(
            model.parameters(), lr=run.learning_rate, betas=BETAS, weight_decay=0.0
        )

    def step(self, step: int, loss: torch.Tensor) -> None:
        """Take a step, from 1, down the gradient of a loss."""
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._run.gradient_clip)
        self._optimiser.param_groups[0]["lr"] = self._run.learning_rate * rate(step, self._run)
        self._optimiser.step()


def rate(step: int, run: Distillation | Finetuning) -> float:
    """Return the factor of the peak rate at a step, from 1: warm-up, then linear to 0."""
    return min(1.0, step / max(1, run.warmup)) * (1 - (step - 1) / run.steps)
