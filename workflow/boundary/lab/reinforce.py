"""Reinforcement learning with verifiable rewards: GRPO in its plainest form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from transformers import Qwen3ForCausalLM

from boundary.digests import seed_of
from boundary.lab.curve import Curve
from boundary.lab.model import response_logprobs
from boundary.lab.rollout import Rollouts, roll_out
from boundary.lab_task import Reinforcement

BETAS = (0.9, 0.95)
SPREAD = 1e-4  # added to a group's standard deviation


def reinforce(
    run: Reinforcement,
    policy: Qwen3ForCausalLM,
    curve: Curve,
    keep: Callable[[int, Qwen3ForCausalLM], None],
) -> None:
    """Improve a policy on the verifier's reward.

    Group-relative policy optimisation (Shao et al. 2024, arXiv 2402.03300):
    every step samples a group of responses per problem, and a response's
    advantage is its reward, standardised within its group. One update per
    batch, so the importance ratio is 1 and nothing is clipped; no KL penalty
    and no entropy bonus. The loss is the mean over tokens (Yu et al. 2025,
    arXiv 2503.14476); groups whose rewards are all equal teach nothing and are
    left out.

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
    optimiser = torch.optim.AdamW(
        policy.parameters(), lr=run.learning_rate, betas=BETAS, weight_decay=0.0
    )
    kept = set(run.steps_kept())
    for step in range(1, run.steps + 1):
        rollouts = roll_out(policy, rng, run, problems=run.prompts, samples=run.group)
        loss = policy_loss(policy, rollouts, run.group)
        if loss is not None:
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(policy.parameters(), run.gradient_clip)
            optimiser.param_groups[0]["lr"] = run.learning_rate * min(
                1.0, step / max(1, run.warmup)
            )
            optimiser.step()
        curve.add(rollouts.point(step, loss))
        if step in kept:
            keep(step, policy)


def advantages(rewards: torch.Tensor, group: int) -> torch.Tensor:
    """Standardise rewards within each group.

    Parameters
    ----------
    rewards : torch.Tensor
        float32 ``[groups · group]``, problem-major.
    group : int
        Responses per problem.

    Returns
    -------
    torch.Tensor
        float32 ``[groups · group]``; 0 throughout a group of equal rewards.
    """
    grouped = rewards.view(-1, group)
    centred = grouped - grouped.mean(dim=1, keepdim=True)
    spread = grouped.std(dim=1, correction=0, keepdim=True)
    return (centred / (spread + SPREAD)).flatten()


def policy_loss(policy: Qwen3ForCausalLM, rollouts: Rollouts, group: int) -> torch.Tensor | None:
    """Return the token-mean policy-gradient loss, None when no group varies."""
    advantage = advantages(rollouts.rewards, group)
    varied = rollouts.rewards.view(-1, group).std(dim=1, correction=0) > 0
    rows = varied.repeat_interleave(group)
    if not bool(rows.any()):
        return None
    logprobs = response_logprobs(policy, rollouts.ids[rows], rollouts.width)
    mask = rollouts.mask[rows]
    weighted = -advantage[rows, None] * logprobs * mask
    return weighted.sum() / mask.sum()
