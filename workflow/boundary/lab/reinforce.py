"""Reinforcement learning with verifiable rewards: the loop that all algorithms share."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from transformers import Qwen3ForCausalLM

from boundary.digests import seed_of
from boundary.lab.advantages import ADVANTAGES, ppo
from boundary.lab.curve import Curve
from boundary.lab.material import material
from boundary.lab.model import response_logprobs
from boundary.lab.rollout import Rollouts, curve_point, respond
from boundary.lab.surrogate import Batch, Objective, objective
from boundary.lab.value import ValueNet, value_loss
from boundary.lab_task import VALUE_WARMUP, Reinforcement

BETAS = (0.9, 0.95)
MOST_DRAWS = 10  # batches that DAPO draws for one step


def reinforce(
    run: Reinforcement,
    policy: Qwen3ForCausalLM,
    curve: Curve,
    keep: Callable[[int, Qwen3ForCausalLM], None],
) -> None:
    """Improve a policy on the verifier's reward.

    Every step samples a group of responses a problem, says what each is worth
    (`boundary.lab.advantages`) and takes one optimiser step or several, each on its
    share of the problems (`boundary.lab.surrogate`).

    Parameters
    ----------
    run : Reinforcement
        The recipe.
    policy : transformers.Qwen3ForCausalLM
        The base; changed in place.
    curve : Curve
        Receives a point a step.
    keep : callable
        Called with step and policy for every checkpoint to keep.
    """
    policy.eval()  # there is no dropout; sampling and learning see one network
    rng = np.random.default_rng(seed_of("lab", "rollouts", run.seed))
    optimiser = _adamw(policy, run.learning_rate)
    start = copy.deepcopy(policy) if run.kl else None
    values = ValueNet(policy).eval() if run.algorithm == "ppo" else None
    of_values = _adamw(values, run.value_learning_rate) if values else None
    kept = set(run.steps_kept())
    for step in range(1, run.steps + 1):
        warm = min(1.0, step / max(1, run.warmup))
        drawn = draw(policy, rng, run)
        batches = to_learn(run, drawn, start, values)
        seen: list[Objective] = []
        errors: list[float] = []
        for batch in minibatches(run, batches):
            if values and of_values:
                loss = value_loss(values, batch)
                _descend(loss, of_values, run.value_learning_rate, run.gradient_clip)
                errors.append(float(loss.detach()))
            learnt = None if values and step <= VALUE_WARMUP else objective(policy, batch, run)
            if learnt is not None:
                _descend(learnt.loss, optimiser, run.learning_rate * warm, run.gradient_clip)
                seen.append(learnt)
        curve.add(
            curve_point(
                step,
                _mean([float(each.loss.detach()) for each in seen]),
                drawn,
                kl=_mean([each.kl for each in seen if each.kl is not None]),
                clip_share=_mean([s.clip_share for s in seen if s.clip_share is not None]),
                value_loss=_mean(errors),
                rollouts=_counted(run, drawn),
            )
        )
        if step in kept:
            keep(step, policy)


def draw(policy: Qwen3ForCausalLM, rng: np.random.Generator, run: Reinforcement) -> list[Rollouts]:
    """Sample what a step learns from.

    One batch; DAPO (Yu et al. 2025, section 3.2, "dynamic sampling") draws until as many
    problems as a batch has are solved by some responses and not by others, at most
    `MOST_DRAWS` batches.
    """
    task, drawn, varied = material(run.task), [], 0
    while True:
        prompts, longest = task.prompts(run, rng, run.prompts)
        rollouts = respond(policy, rng, task, prompts, longest, run.group, reward=run.reward)
        if run.algorithm == "remax":
            greedy = respond(policy, rng, task, prompts, longest, 1, reward=run.reward, greedy=True)
            rollouts = rollouts.against(greedy.rewards)
        drawn.append(rollouts)
        rewards = rollouts.rewards.view(-1, run.group)
        varied += int((rewards != rewards[:, :1]).any(dim=1).sum())
        if run.algorithm != "dapo" or varied >= run.prompts or len(drawn) == MOST_DRAWS:
            return drawn


def to_learn(
    run: Reinforcement,
    drawn: Sequence[Rollouts],
    start: Qwen3ForCausalLM | None,
    values: ValueNet | None,
) -> list[Batch]:
    """Say what each response is worth; of more problems than a step has those drawn first."""
    batches, left = [], run.prompts
    for rollouts in drawn:
        ids, width, mask = rollouts.ids, rollouts.width, rollouts.mask
        with torch.no_grad():
            if values is None:
                worth = ADVANTAGES[run.algorithm](run, rollouts)[:, None]
            else:
                worth = ppo(rollouts.rewards, values(ids, width), mask)
            reference = None if start is None else response_logprobs(start, ids, width)
        sampled = rollouts.decoded.logprobs
        batch = Batch(ids, width, mask, worth, sampled, rollouts.rewards, reference)
        if len(drawn) > 1:
            groups = (worth != 0).view(-1, run.group).any(dim=1).nonzero()[:left, 0]
            batch, left = batch.taught(_rows(groups, run.group)), left - len(groups)
        batches.append(batch)
    return [batch for batch in batches if len(batch.ids)]


def minibatches(run: Reinforcement, batches: Sequence[Batch]) -> Iterator[list[Batch]]:
    """Yield what each update sees: every n-th problem of each batch."""
    for first in range(run.minibatches):
        share = []
        for batch in batches:
            groups = torch.arange(len(batch.ids) // run.group)[first :: run.minibatches]
            if len(groups):
                share.append(batch.taught(_rows(groups, run.group)))
        if share:
            yield share


def _rows(groups: torch.Tensor, group: int) -> torch.Tensor:
    """Return the rows of groups, ascending."""
    return (groups[:, None] * group + torch.arange(group)).flatten()


def _adamw(network: torch.nn.Module, rate: float) -> torch.optim.AdamW:
    return torch.optim.AdamW(network.parameters(), lr=rate, betas=BETAS, weight_decay=0.0)


def _descend(
    loss: torch.Tensor, optimiser: torch.optim.Optimizer, rate: float, largest: float
) -> None:
    """Take one step."""
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(optimiser.param_groups[0]["params"], largest)
    optimiser.param_groups[0]["lr"] = rate
    optimiser.step()


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _counted(run: Reinforcement, drawn: Sequence[Rollouts]) -> int | None:
    """Return the responses sampled, where they are more than problems times group."""
    if run.algorithm not in ("dapo", "remax"):
        return None
    rows = sum(len(rollouts.ids) for rollouts in drawn)
    return rows + (run.prompts if run.algorithm == "remax" else 0)
