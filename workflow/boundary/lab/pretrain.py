"""Pre-training on a corpus of traces: a base, or a teacher, from scratch or on from a run."""

from __future__ import annotations

import math

import numpy as np
import torch
from transformers import Qwen3ForCausalLM

from boundary.digests import seed_of
from boundary.lab.curve import Curve, CurvePoint
from boundary.lab.material import material
from boundary.lab.model import build_model, response_logprobs
from boundary.lab.muon import Muon
from boundary.lab_task import Pretraining

WEIGHT_DECAY = 0.01
BETAS = (0.9, 0.98)
FINAL_RATE = 0.01  # of the peak learning rate


def pretrain(
    run: Pretraining, curve: Curve, start: Qwen3ForCausalLM | None = None
) -> Qwen3ForCausalLM:
    """Train a model on the corpus that the run describes.

    The loss is the mean over the tokens of the trace; the prompt is not
    learnt. Muon moves the matrices of the layers, AdamW the rest: with AdamW
    alone, copying the right operation takes several times as many steps.
    Without any step the random weights stay.

    Parameters
    ----------
    run : Pretraining
        The recipe.
    curve : Curve
        Receives a point a step.
    start : transformers.Qwen3ForCausalLM, optional
        Changed in place; by default a new model. The batches of a run that goes on are
        others than those from scratch under the same seed.

    Returns
    -------
    transformers.Qwen3ForCausalLM
        In evaluation mode.
    """
    batch = material(run.task).batch
    model = (build_model(run) if start is None else start).train()
    stream = "corpus" if start is None else "corpus goes on"
    rng = np.random.default_rng(seed_of("lab", stream, run.seed))
    optimisers = _optimisers(model, run)
    schedules = [
        torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: learning_rate(step, run))
        for optimiser in optimisers
    ]
    for step in range(run.steps):
        ids, width = batch(run, step, rng)
        logprobs = response_logprobs(model, torch.from_numpy(ids), width)
        loss = -logprobs.mean()
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), run.gradient_clip)
        for optimiser, schedule in zip(optimisers, schedules, strict=True):
            optimiser.step()
            schedule.step()
        curve.add(CurvePoint(step + 1, float(loss.detach()), logprobs.numel()))
    return model.eval()


def learning_rate(step: int, run: Pretraining) -> float:
    """Return the factor of the peak rate at a step: linear warm-up, cosine to 1 %."""
    warm = min(1.0, (step + 1) / max(1, run.warmup))
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, step / max(1, run.steps))))
    return warm * (FINAL_RATE + (1 - FINAL_RATE) * cosine)


def _optimisers(model: Qwen3ForCausalLM, run: Pretraining) -> list[torch.optim.Optimizer]:
    inner = [p for p in model.model.layers.parameters() if p.ndim == 2]
    chosen = {id(p) for p in inner}
    others = [p for p in model.parameters() if id(p) not in chosen]
    return [
        Muon(inner, lr=run.muon_learning_rate, weight_decay=WEIGHT_DECAY),
        torch.optim.AdamW(others, lr=run.learning_rate, betas=BETAS, weight_decay=WEIGHT_DECAY),
    ]
