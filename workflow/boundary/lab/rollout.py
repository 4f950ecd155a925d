"""Rollouts: draw training problems, sample responses, verify them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from transformers import Qwen3ForCausalLM

from boundary.engines.decode import Decoded, decode
from boundary.errors import InputError
from boundary.lab.curve import CurvePoint
from boundary.lab.material import EOS, PAD, Ints, Material, material
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
        float32 ``[rows]``: 1 when the verifier finds the response correct, else 0.
    decoded : Decoded
        What the sampler said.
    watched : int, optional
        The first token whose share the training curve shows.
    right : torch.Tensor, optional
        float32 ``[rows]``: the verifier's word, where rewards are for something else.
    greedy : torch.Tensor
        float32 ``[problems]``: the rewards of greedy responses; empty where not sampled.
    """

    ids: torch.Tensor
    width: int
    mask: torch.Tensor
    rewards: torch.Tensor
    decoded: Decoded
    watched: int | None = None
    right: torch.Tensor | None = None
    greedy: torch.Tensor = field(default_factory=lambda: torch.empty(0))

    @property
    def tokens(self) -> int:
        """Response tokens sampled."""
        return int(self.mask.sum())

    def point(self, step: int, loss: torch.Tensor | None) -> CurvePoint:
        """Return the point of the training curve that a step on these rollouts makes."""
        return curve_point(step, None if loss is None else float(loss.detach()), [self])

    def against(self, greedy: torch.Tensor) -> Rollouts:
        """Return these rollouts, with the rewards of the greedy responses."""
        return replace(self, greedy=greedy)


def curve_point(
    step: int, loss: float | None, drawn: Sequence[Rollouts], **more: float | None
) -> CurvePoint:
    """Return the point of the training curve that a step on rollouts makes.

    Parameters
    ----------
    more : float or None
        Further fields of the point.
    """
    tokens = sum(each.tokens for each in drawn)
    first = torch.cat([each.decoded.tokens[:, 0] for each in drawn])
    rewards = torch.cat([each.rewards for each in drawn])
    right = [each.right for each in drawn if each.right is not None]
    watched = drawn[0].watched
    return CurvePoint(
        step,
        loss,
        tokens,
        reward=float((torch.cat(right) if right else rewards).mean()),
        token_entropy=-sum(float(each.decoded.logprobs.sum()) for each in drawn) / tokens,
        backward_share=None if watched is None else float((first == watched).float().mean()),
        trained_reward=float(rewards.mean()) if right else None,
        **more,  # type: ignore[arg-type]
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
    return respond(model, rng, task, prompts, longest, samples)


def respond(
    model: Qwen3ForCausalLM,
    rng: np.random.Generator,
    task: Material,
    prompts: Ints,
    longest: int,
    samples: int,
    *,
    reward: str = "answer",
    greedy: bool = False,
) -> Rollouts:
    """Sample responses to prompts at temperature 1, or take the likeliest tokens; pay them.

    Parameters
    ----------
    model : transformers.Qwen3ForCausalLM
        Who responds.
    rng : numpy.random.Generator
        Draws the samples, and random rewards.
    task : Material
        Whose prompts they are.
    prompts : numpy.ndarray
        int64 ``[problems, width]``.
    longest, samples : int
        Most tokens of a response, and responses to each prompt.
    reward : str
        What is paid for, as `boundary.lab_task.Reinforcement` has it.
    greedy : bool
        Take the likeliest token everywhere.

    Raises
    ------
    InputError
        When the task cannot judge what is paid for.
    """
    rows = torch.from_numpy(prompts).repeat_interleave(samples, dim=0)
    decoded = decode(
        model,
        prompts.tolist(),
        samples=samples,
        uniforms=torch.from_numpy(rng.random((len(rows), longest))),
        temperature=0.0 if greedy else 1.0,
        top_p=1.0,
        max_tokens=longest,
        stop_ids=[task.ids[EOS]],
        pad_id=task.ids[PAD],
    )
    right = _judged(task, rows, decoded, task.correct)
    paid = right if reward == "answer" else _paid(reward, rng, task, rows, decoded)
    return Rollouts(
        ids=torch.cat([rows, decoded.tokens], dim=1),
        width=prompts.shape[1],
        mask=torch.arange(decoded.tokens.shape[1]) < decoded.lengths[:, None],
        rewards=paid,
        decoded=decoded,
        watched=None if task.watched is None else task.ids[task.watched],
        right=None if reward == "answer" else right,
    )


def _paid(
    reward: str, rng: np.random.Generator, task: Material, prompts: torch.Tensor, decoded: Decoded
) -> torch.Tensor:
    """Pay for something else than the answer."""
    if reward == "random":
        return torch.from_numpy((rng.random(len(prompts)) < 0.5).astype(np.float32))
    if reward == "chain" and (chain_correct := task.chain_correct):
        return _judged(task, prompts, decoded, chain_correct)
    if reward == "format" and (formatted := task.formatted):
        return _judged(task, prompts, decoded, lambda _, response: formatted(response))
    raise InputError(
        f"reward: {reward} cannot be paid, since the task judges no such thing; use answer."
    )


def _judged(
    task: Material, prompts: torch.Tensor, decoded: Decoded, good: Callable[[str, str], bool]
) -> torch.Tensor:
    """Ask of each response whether it is good; one that never ended is not."""
    rewards = []
    ends = (decoded.lengths - decoded.finished.long()).tolist()
    finished = decoded.finished.tolist()
    rows = zip(prompts.tolist(), decoded.tokens.tolist(), ends, finished, strict=True)
    for prompt, tokens, end, whole in rows:
        rewards.append(float(whole and good(task.text(prompt), task.text(tokens[:end]))))
    return torch.tensor(rewards)
