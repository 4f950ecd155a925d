"""Supervised fine-tuning on the right responses that a solver writes."""

from __future__ import annotations

import numpy as np
import torch
from transformers import Qwen3ForCausalLM

from boundary.digests import seed_of
from boundary.errors import InputError
from boundary.lab.curve import Curve, CurvePoint
from boundary.lab.material import Material, material
from boundary.lab.model import response_logprobs
from boundary.lab.supervised import Learner
from boundary.lab.teacher_forcing import Scripts, scripts
from boundary.lab_task import Finetuning

#: Draws a distinct problem before the space of problems counts as exhausted.
DRAWS = 200


def finetune(run: Finetuning, model: Qwen3ForCausalLM, curve: Curve) -> None:
    """Teach a model the right responses to training problems.

    Each step is on the mean token loss of ``run.traces`` right responses: to fresh
    problems, or to some of ``run.demonstrations`` that are drawn once, in rounds
    through all of them in random order.

    Parameters
    ----------
    run : Finetuning
        The recipe.
    model : transformers.Qwen3ForCausalLM
        Changed in place.
    curve : Curve
        Receives a point a step.

    Raises
    ------
    InputError
        When the task has fewer distinct problems than demonstrations.
    """
    model.eval()
    task = material(run.task)
    rng = np.random.default_rng(seed_of("lab", "demonstrations", run.seed))
    learner = Learner(run, model)
    shown = None if run.demonstrations is None else _distinct(run, task, rng)
    waiting: list[str] = []
    for step in range(1, run.steps + 1):
        if shown is None:
            ids, _ = task.prompts(run, rng, run.traces)
            batch = [task.text(row) for row in ids]
        else:
            while len(waiting) < run.traces:
                waiting += [shown[i] for i in rng.permutation(len(shown))]
            batch, waiting = waiting[: run.traces], waiting[run.traces :]
        loss, tokens = token_loss(model, scripts(task, batch))
        learner.step(step, loss)
        curve.add(CurvePoint(step, float(loss.detach()), tokens))


def token_loss(model: Qwen3ForCausalLM, shown: Scripts) -> tuple[torch.Tensor, int]:
    """Return the mean loss over tokens of right responses, in nats, and their number."""
    logprobs = response_logprobs(model, shown.ids, 1)
    tokens = int(shown.mask.sum())
    return -(logprobs * shown.mask).sum() / tokens, tokens


def _distinct(run: Finetuning, task: Material, rng: np.random.Generator) -> list[str]:
    """Draw distinct training problems, each of a length of its turn."""
    drawn: dict[str, None] = {}
    asked = run.demonstrations or 0
    for _ in range(DRAWS * asked):
        drawn.setdefault(task.text(task.prompts(run, rng, 1)[0][0]))
        if len(drawn) == asked:
            return list(drawn)
    raise InputError(
        f"demonstrations: {asked} distinct training problems of {run.task} are asked for, and "
        f"{DRAWS * asked} draws gave {len(drawn)}. Ask for fewer, or for longer problems."
    )
