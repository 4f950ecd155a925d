"""Distillation: fine-tuning on a teacher's correct traces, or on its distribution of tokens."""

from __future__ import annotations

import numpy as np
import torch
from transformers import Qwen3ForCausalLM

from boundary.digests import seed_of
from boundary.lab.curve import Curve
from boundary.lab.model import response_logits, response_logprobs
from boundary.lab.rollout import Rollouts, roll_out
from boundary.lab.supervised import Learner
from boundary.lab_task import Distillation


def distil(
    run: Distillation, student: Qwen3ForCausalLM, teacher: Qwen3ForCausalLM, curve: Curve
) -> None:
    """Teach a student by the traces of a teacher, or on its own by the teacher's distribution.

    Each step samples one trace for each of ``run.traces`` fresh problems at
    temperature 1. By default the teacher writes, and the step is on the mean
    token loss of those traces that the verifier finds correct; with the student's
    start as teacher that is rejection fine-tuning. With ``run.on_policy`` the
    student writes, and the step is on `reverse_kl` of all traces, right or wrong.

    Parameters
    ----------
    run : Distillation
        The recipe.
    student : transformers.Qwen3ForCausalLM
        Changed in place.
    teacher : transformers.Qwen3ForCausalLM
        Writes the traces, or weighs their tokens.
    curve : Curve
        Receives a point a step.
    """
    student.eval()
    teacher.eval()
    rng = np.random.default_rng(seed_of("lab", "traces", run.seed))
    learner = Learner(run, student)
    for step in range(1, run.steps + 1):
        writer = student if run.on_policy else teacher
        traces = roll_out(writer, rng, run, problems=run.traces, samples=1)
        loss = (
            reverse_kl(student, teacher, traces) if run.on_policy else _token_loss(student, traces)
        )
        if loss is not None:
            learner.step(step, loss)
        curve.add(traces.point(step, loss))


def _token_loss(student: Qwen3ForCausalLM, traces: Rollouts) -> torch.Tensor | None:
    """Return the mean loss over tokens of correct traces; None where there are none."""
    rows = traces.rewards > 0
    if not bool(rows.any()):
        return None
    mask = traces.mask[rows]
    logprobs = response_logprobs(student, traces.ids[rows], traces.width)
    return -(logprobs * mask).sum() / mask.sum()


def reverse_kl(
    student: Qwen3ForCausalLM, teacher: Qwen3ForCausalLM, traces: Rollouts
) -> torch.Tensor:
    """Return KL(student ‖ teacher) of the next token, the mean over tokens of responses.

    Generalised knowledge distillation on the student's responses with the reverse
    divergence (Agarwal et al. 2024, arXiv 2306.13649): at each position the sum over
    the whole vocabulary, Σ_v π_S(v) (log π_S(v) − log π_T(v)). No gradient flows
    through the sampling of the responses, nor into the teacher.

    Returns
    -------
    torch.Tensor
        A scalar, in nats a token.
    """
    of_student = response_logits(student, traces.ids, traces.width).log_softmax(-1)
    with torch.no_grad():
        of_teacher = response_logits(teacher, traces.ids, traces.width).log_softmax(-1)
    each = (of_student.exp() * (of_student - of_teacher)).sum(-1)
    return (each * traces.mask).sum() / traces.mask.sum()
