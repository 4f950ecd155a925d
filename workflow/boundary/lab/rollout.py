"""Rollouts: draw training problems, sample responses, verify them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from transformers import Qwen3ForCausalLM

from boundary.engines.decode import Decoded, decode
from boundary.lab.curve import CurvePoint
from boundary.lab.material import EOS, PAD, Material, material
from boundary.lab_task import Distillation, Reinforcement


@dataclass(frozen=True)
class Rollouts:
    """Verified samples of one training step, all of one problem length.

    Attributes
    ----------
    ids : torch.Tensor
        int64 ``[rows, width + T]``, prompts and responses, problem-major.
    width : int
        Tokens of the prompt.
    mask : torch.Tensor
        bool ``[rows, T]``, the tokens of the responses.
    rewards : torch.Tensor
        float32 ``[rows]``: 1 when the verifier finds the response correct.
    decoded : Decoded
        What the sampler said.
    watched : int, optional
        The first token whose share the training curve shows.
    """

    ids: torch.Tensor
    width: int
    mask: torch.Tensor
    rewards: torch.Tensor
    decoded: Decoded
    watched: int | None = None

    @property
    def tokens(self) -> int:
        """Response tokens sampled."""
        return int(self.mask.sum())

    @property
    def entropy(self) -> float:
        """Mean negative log-probability of the sampled tokens, in nats."""
        return -float(self.decoded.logprobs.sum()) / self.tokens

    @property
    def backward_share(self) -> float | None:
        """Share of responses that begin with the watched token: strategy ``<``."""
        if self.watched is None:
            return None
        return float((self.decoded.tokens[:, 0] == self.watched).float().mean())

    def point(self, step: int, loss: torch.Tensor | None) -> CurvePoint:
        """Return the point of the training curve that a step on these rollouts makes."""
        return CurvePoint(
            step,
            None if loss is None else float(loss.detach()),
            self.tokens,
            reward=float(self.rewards.mean()),
            token_entropy=self.entropy,
            backward_share=self.backward_share,
        )


def roll_out(
    model: Qwen3ForCausalLM,
    rng: np.random.Generator,
    run: Reinforcement | Distillation,
    *,
    problems: int,
    samples: int,
) -> Rollouts:
    """Sample verified responses to fresh training problems at temperature 1.

    Parameters
    ----------
    model : transformers.Qwen3ForCausalLM
        Who responds.
    rng : numpy.random.Generator
        Draws the problems and the samples.
    run : Reinforcement or Distillation
        The task, and which of its problems.
    problems, samples : int
        Problems of the step, and responses to each.
    """
    task = material(run.task)
    prompts, longest = task.prompts(run, rng, problems)
    decoded = decode(
        model,
        prompts.tolist(),
        samples=samples,
        uniforms=torch.from_numpy(rng.random((problems * samples, longest))),
        temperature=1.0,
        top_p=1.0,
        max_tokens=longest,
        stop_ids=[task.ids[EOS]],
        pad_id=task.ids[PAD],
    )
    rows = torch.from_numpy(prompts).repeat_interleave(samples, dim=0)
    return Rollouts(
        ids=torch.cat([rows, decoded.tokens], dim=1),
        width=prompts.shape[1],
        mask=torch.arange(decoded.tokens.shape[1]) < decoded.lengths[:, None],
        rewards=_verify(task, rows, decoded),
        decoded=decoded,
        watched=None if task.watched is None else task.ids[task.watched],
    )


def _verify(task: Material, prompts: torch.Tensor, decoded: Decoded) -> torch.Tensor:
    """Ask the verifier of the evaluation; a response that never ended earns nothing."""
    rewards = []
    ends = (decoded.lengths - decoded.finished.long()).tolist()
    finished = decoded.finished.tolist()
    rows = zip(prompts.tolist(), decoded.tokens.tolist(), ends, finished, strict=True)
    for prompt, tokens, end, whole in rows:
        response = task.text(tokens[:end])
        rewards.append(float(whole and task.correct(task.text(prompt), response)))
    return torch.tensor(rewards)
