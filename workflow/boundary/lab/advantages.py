"""What a response is worth against others: one advantage function an algorithm.

Rewards are float32 ``[rows]``, problem-major, ``group`` responses a problem; so are the
advantages.  Where an advantage is 0 a response teaches nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import torch

from boundary.lab.rollout import Rollouts
from boundary.lab_task import Reinforcement

SPREAD = 1e-4  # added to a standard deviation
#: Sequences nearer than this, in nats, are equally likely: the same words, rounded otherwise.
EQUAL_DECIMALS = 3


def grpo(rewards: torch.Tensor, group: int) -> torch.Tensor:
    """Standardise rewards within each group (Shao et al. 2024, arXiv 2402.03300, section 4.1.2).

    A = (r - mean) / (sd + 10⁻⁴), sd of the group itself (divided by its size).
    DAPO (Yu et al. 2025, arXiv 2503.14476) has the same.
    """
    grouped = rewards.view(-1, group)
    centred = grouped - grouped.mean(dim=1, keepdim=True)
    spread = grouped.std(dim=1, correction=0, keepdim=True)
    return (centred / (spread + SPREAD)).flatten()


def dr_grpo(rewards: torch.Tensor, group: int) -> torch.Tensor:
    """Centre rewards within each group (Liu et al. 2025, arXiv 2503.20783): A = r - mean."""
    grouped = rewards.view(-1, group)
    return (grouped - grouped.mean(dim=1, keepdim=True)).flatten()


def rloo(rewards: torch.Tensor, group: int) -> torch.Tensor:
    """Subtract the mean of the others (Kool et al. 2019; Ahmadian et al. 2024, arXiv 2402.14740).

    A_i = r_i - Σ_{j≠i} r_j / (G - 1).
    """
    grouped = rewards.view(-1, group)
    others = (grouped.sum(dim=1, keepdim=True) - grouped) / (group - 1)
    return (grouped - others).flatten()


def remax(rewards: torch.Tensor, group: int, greedy: torch.Tensor) -> torch.Tensor:
    """Subtract the reward of the greedy response (Li et al. 2023, arXiv 2310.10505).

    Parameters
    ----------
    greedy : torch.Tensor
        float32 ``[rows / group]``, the reward of each problem's greedy response.
    """
    return rewards - greedy.repeat_interleave(group)


def reinforce_pp(rewards: torch.Tensor) -> torch.Tensor:
    """Standardise rewards over the whole batch (REINFORCE++, Hu 2025, arXiv 2501.03262).

    Its KL penalty is part of the reward; here `kl` is a term of the loss.
    """
    return (rewards - rewards.mean()) / (rewards.std(correction=0) + SPREAD)


def passk(rewards: torch.Tensor, group: int, k: int) -> torch.Tensor:
    """Pay for pass@k (Chen et al. 2025, arXiv 2508.10751, equations 14 and 15).

    Of N responses c are right; R = 1 - C(N-c, k) / C(N, k) is pass@k, the mean reward of
    the subsets of k, σ² = R(1 - R) their variance.  A response has the mean of the
    standardised rewards of the subsets that it is in: right (1 - R) / σ, wrong
    (1 - R - C(N-c-1, k-1) / C(N-1, k-1)) / σ, and 0 where every subset or none has a
    right one.  Walder and Karkhanis 2025, arXiv 2505.15201, estimate the same gradient
    without σ.
    """
    grouped = rewards.view(-1, group)
    worth = torch.zeros_like(grouped)
    for row, right in enumerate((grouped > 0).tolist()):
        wrong = group - sum(right)
        missed = comb(wrong, k) / comb(group, k)
        if not 0 < missed < 1:
            continue
        sd = (missed * (1 - missed)) ** 0.5
        without = comb(wrong - 1, k - 1) / comb(group - 1, k - 1)
        values = [(missed if each else missed - without) / sd for each in right]
        worth[row] = torch.tensor(values)
    return worth.flatten()


def positives(rewards: torch.Tensor) -> torch.Tensor:
    """Reinforce right responses alone (Zhu et al. 2025, arXiv 2506.01347): 1 if right, else 0."""
    return (rewards > 0).float()


def negatives(rewards: torch.Tensor) -> torch.Tensor:
    """Suppress wrong responses alone (Zhu et al. 2025, arXiv 2506.01347): -1 if wrong, else 0."""
    return -(rewards <= 0).float()


def unlikeliness(
    rewards: torch.Tensor, group: int, sequences: torch.Tensor, bonus: float
) -> torch.Tensor:
    """Pay less for what is likely anyhow (He et al. 2025, arXiv 2506.02355), then as GRPO.

    r_i (1 - β m_i / G), m_i the responses of the group that are less likely, as in the
    authors' code; theirs ranks by the mean over tokens, their paper and this by the
    sequence.  Equal responses have equal m here, where a sort would break ties.

    Parameters
    ----------
    sequences : torch.Tensor
        float32 ``[rows]``, log-probability of each response under who sampled it.
    bonus : float
        β.
    """
    likely = sequences.view(-1, group).round(decimals=EQUAL_DECIMALS)
    below = (likely[:, :, None] > likely[:, None, :]).sum(dim=2)
    return grpo(rewards * (1 - bonus * below.flatten() / group), group)


def ppo(rewards: torch.Tensor, values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Subtract the value of each prefix, then whiten over tokens (Schulman et al. 2017).

    Generalised advantage estimation (arXiv 1506.02438) with γ = λ = 1 and one reward at
    the end: A_t = r - V(s_t).  PPO is arXiv 1707.06347.

    Parameters
    ----------
    values : torch.Tensor
        float32 ``[rows, T]``, V before each token.
    mask : torch.Tensor
        bool ``[rows, T]``, the tokens of the responses.

    Returns
    -------
    torch.Tensor
        float32 ``[rows, T]``; 0 where there is no token.
    """
    worth = rewards[:, None] - values
    tokens = worth[mask]
    whitened = (worth - tokens.mean()) / (tokens.std(correction=0) + SPREAD)
    return whitened * mask


#: The advantages of a batch, by the algorithms that need no value network.
ADVANTAGES: dict[str, Callable[[Reinforcement, Rollouts], torch.Tensor]] = {
    "grpo": lambda run, drawn: grpo(drawn.rewards, run.group),
    "dr_grpo": lambda run, drawn: dr_grpo(drawn.rewards, run.group),
    "rloo": lambda run, drawn: rloo(drawn.rewards, run.group),
    "remax": lambda run, drawn: remax(drawn.rewards, run.group, drawn.greedy),
    "reinforce_pp": lambda run, drawn: reinforce_pp(drawn.rewards),
    "dapo": lambda run, drawn: grpo(drawn.rewards, run.group),
    "passk": lambda run, drawn: passk(drawn.rewards, run.group, run.k or 1),
    "positives": lambda run, drawn: positives(drawn.rewards),
    "negatives": lambda run, drawn: negatives(drawn.rewards),
    "unlikeliness": lambda run, drawn: unlikeliness(
        drawn.rewards, run.group, drawn.decoded.logprobs.sum(dim=1), run.bonus
    ),
}
