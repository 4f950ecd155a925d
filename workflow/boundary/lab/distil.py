"""Distillation: fine-tuning on the correct traces that a teacher samples."""

from __future__ import annotations

import numpy as np
import torch
from transformers import Qwen3ForCausalLM

from boundary.digests import seed_of
from boundary.lab.curve import Curve
from boundary.lab.model import response_logprobs
from boundary.lab.rollout import roll_out
from boundary.lab_task import Distillation

BETAS = (0.9, 0.98)


def distil(
    run: Distillation, student: Qwen3ForCausalLM, teacher: Qwen3ForCausalLM, curve: Curve
) -> None:
    """Teach a student by rejection-sampled traces of a teacher.

    Each step samples one trace for each of ``run.traces`` fresh problems at
    temperature 1, keeps those that the verifier finds correct, and takes one
    step on their mean token loss.

    Parameters
    ----------
    run : Distillation
        The recipe.
    student : transformers.Qwen3ForCausalLM
        Changed in place.
    teacher : transformers.Qwen3ForCausalLM
        Writes the traces.
    curve : Curve
        Receives a point a step.
    """
    student.eval()
    teacher.eval()
    rng = np.random.default_rng(seed_of("lab", "traces", run.seed))
    optimiser = torch.optim.AdamW(
        student.parameters(), lr=run.learning_rate, betas=BETAS, weight_decay=0.0
    )
    for step in range(1, run.steps + 1):
        traces = roll_out(teacher, rng, run, problems=run.traces, samples=1)
        rows = traces.rewards > 0
        loss = None
        if bool(rows.any()):
            mask = traces.mask[rows]
            logprobs = response_logprobs(student, traces.ids[rows], traces.width)
            loss = -(logprobs * mask).sum() / mask.sum()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(student.parameters(), run.gradient_clip)
            optimiser.param_groups[0]["lr"] = run.learning_rate * rate(step, run)
            optimiser.step()
        curve.add(traces.point(step, loss))


def rate(step: int, run: Distillation) -> float:
    """Return the factor of the peak rate at a step, from 1: warm-up, then linear to 0."""
    return min(1.0, step / max(1, run.warmup)) * (1 - (step - 1) / run.steps)
