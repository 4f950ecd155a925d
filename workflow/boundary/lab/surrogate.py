"""The objective of a batch: what its tokens are worth, clipped, with what is taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import Qwen3ForCausalLM

from boundary.lab.model import response_logits, response_logprobs
from boundary.lab_task import Reinforcement

#: By how many tokens a response is divided where its own number shall not matter.  AdamW
#: does not see the constant; this one leaves gradients below the largest norm, as a mean does.
BUDGET = 32
#: Algorithms that add up the tokens of a response: their gradient is that of its probability.
SUMMED = frozenset({"dr_grpo", "rloo", "remax"})


@dataclass(frozen=True)
class Batch:
    """Responses of one prompt width, and what is known of each before an update.

    Attributes
    ----------
    ids : torch.Tensor
        int64 ``[rows, width + T]``, prompts and responses, problem-major.
    width : int
        Tokens of the prompt.
    mask : torch.Tensor
        bool ``[rows, T]``, the tokens of the responses.
    advantages : torch.Tensor
        float32 ``[rows, T]``, or ``[rows, 1]`` where those of a response are equal.
    sampled : torch.Tensor
        float32 ``[rows, T]``, log-probabilities under the policy that sampled.
    returns : torch.Tensor
        float32 ``[rows]``, the rewards.
    reference : torch.Tensor, optional
        float32 ``[rows, T]``, log-probabilities under the start, for the KL penalty.
    """

    ids: torch.Tensor
    width: int
    mask: torch.Tensor
    advantages: torch.Tensor
    sampled: torch.Tensor
    returns: torch.Tensor
    reference: torch.Tensor | None = None

    def taught(self, rows: torch.Tensor) -> Batch:
        """Return the rows, which an index or a mask names."""
        return Batch(
            self.ids[rows],
            self.width,
            self.mask[rows],
            self.advantages[rows],
            self.sampled[rows],
            self.returns[rows],
            None if self.reference is None else self.reference[rows],
        )


@dataclass(frozen=True)
class Objective:
    """A loss, and what is to be seen of it, as means over response tokens.

    Attributes
    ----------
    loss : torch.Tensor
        What to descend.
    kl : float or None
        Estimate k3 of the divergence from the start, in nats; None without a penalty.
    clip_share : float or None
        Share of tokens whose ratio was clipped; None with one update a batch.
    """

    loss: torch.Tensor
    kl: float | None
    clip_share: float | None


def surrogate(
    logprobs: torch.Tensor,
    advantages: torch.Tensor,
    sampled: torch.Tensor | None,
    clip: tuple[float, float],
) -> torch.Tensor:
    """Return what to raise, a token: min(ρA, clip(ρ, 1 - low, 1 + high)A).

    ρ is the ratio of the policy to that which sampled (Schulman et al. 2017, equation 7;
    two bounds: DAPO, Yu et al. 2025, equation 10).  Without `sampled` they are one, and
    A·log π has the same gradient: REINFORCE (Williams 1992).
    """
    if sampled is None:
        return advantages * logprobs
    ratio = (logprobs - sampled).exp()
    low, high = clip
    return torch.minimum(ratio * advantages, ratio.clamp(1 - low, 1 + high) * advantages)


def k3(logprobs: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """Estimate KL(π ‖ π_ref) by sampled tokens: e^d - d - 1, d = log π_ref - log π.

    Unbiased and never negative (Schulman 2020, "Approximating KL divergence"; the
    penalty of GRPO, Shao et al. 2024, equation 4).
    """
    d = reference - logprobs
    return d.exp() - d - 1


def objective(
    policy: Qwen3ForCausalLM, batches: Sequence[Batch], run: Reinforcement
) -> Objective | None:
    """Return the loss of what an update sees, None where nothing there teaches.

    Groups without any advantage are left out, and of the others the rows without one
    are not computed; both are where a KL or entropy term speaks of every token.  The loss
    is the mean over the tokens of all groups that are left (Yu et al. 2025); `SUMMED`
    algorithms add up tokens, over a constant (Liu et al. 2025).
    """
    terms = bool(run.kl or run.entropy)
    total, clipped, divergence, tokens = torch.zeros(()), 0.0, 0.0, 0
    for batch in batches:
        some = (batch.advantages != 0).any(dim=1)
        groups = some.view(-1, run.group).any(dim=1).repeat_interleave(run.group)
        tokens += int(batch.mask[groups | terms].sum())
        part = batch.taught(some | terms)
        if not len(part.ids):
            continue
        logprobs, entropy = _scored(policy, part, bool(run.entropy))
        sampled = part.sampled if run.minibatches > 1 else None
        worth = surrogate(logprobs, part.advantages, sampled, run.clip_range)
        if sampled is not None:
            clipped += float(_clipped(logprobs, part, run.clip_range).sum())
        if part.reference is not None:
            apart = k3(logprobs, part.reference)
            divergence += float((apart.detach() * part.mask).sum())
            worth = worth - run.kl * apart
        if entropy is not None:
            worth = worth + run.entropy * entropy
        total = total - (worth * part.mask).sum()
    if not tokens:
        return None
    summed = run.algorithm in SUMMED
    over = BUDGET * sum(len(batch.ids) for batch in batches) if summed else tokens
    return Objective(
        total / over,
        divergence / tokens if run.kl else None,
        clipped / tokens if run.minibatches > 1 else None,
    )


def _scored(
    policy: Qwen3ForCausalLM, batch: Batch, entropy: bool
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return the log-probability of each token, and the entropy there if it is asked for."""
    if not entropy:
        return response_logprobs(policy, batch.ids, batch.width), None
    scores = response_logits(policy, batch.ids, batch.width).log_softmax(dim=-1)
    chosen = scores.gather(-1, batch.ids[:, batch.width :, None])[..., 0]
    return chosen, -(scores.exp() * scores).sum(dim=-1)


def _clipped(logprobs: torch.Tensor, batch: Batch, clip: tuple[float, float]) -> torch.Tensor:
    """Tell where clipping stops the gradient."""
    ratio, (low, high) = (logprobs.detach() - batch.sampled).exp(), clip
    beyond = torch.where(batch.advantages > 0, ratio > 1 + high, ratio < 1 - low)
    return beyond & batch.mask & (batch.advantages != 0)
