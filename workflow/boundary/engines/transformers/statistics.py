"""Per-token statistics of the scored tokens, from a chunk of logits."""

from __future__ import annotations

import torch

from boundary.engines.token_scores import PLAIN, Extras, Nucleus

#: Below this distance from the largest logit a float32 probability is zero.
FLOOR = -1e4


#: Columns of `token_statistics` between the log-probability and the masses.
ENTROPY = ("rank", "top_logprob", "entropy", "varentropy")


def buffers(extras: Extras) -> int:
    """Return how many arrays of a chunk's logits live at once, the logits included."""
    return 4 if extras.any else 2


def columns(extras: Extras) -> int:
    """Return how many numbers a token gets."""
    return 1 + len(ENTROPY) * extras.entropy + len(extras.nuclei)


def token_statistics(
    logits: torch.Tensor, tokens: torch.Tensor, extras: Extras = PLAIN
) -> torch.Tensor:
    """Return the statistics of one token a position.

    With m the largest logit, e = exp(logit − m) and S = Σe: log-probability
    ``logit_y − m − ln S``; rank 1 + the number of larger logits; top log-probability
    ``−ln S``; entropy ``H = ln S − Σ e(logit − m)/S``; varentropy, the variance of
    −ln p under p; mass before the token: the probability, at the temperature, of
    all tokens with a larger logit.

    Parameters
    ----------
    logits : torch.Tensor
        float32 or float64 ``[positions, vocabulary]``; overwritten where there are extras.
    tokens : torch.Tensor
        int64 ``[positions]``.
    extras : Extras
        What beside the log-probability.

    Returns
    -------
    torch.Tensor
        float64 ``[positions, columns]``: log-probability in nats, then rank, top
        log-probability, entropy in nats and varentropy in nats² if asked for,
        then the mass before the token for each nucleus.
    """
    chosen = logits.gather(-1, tokens[:, None])
    total = logits.logsumexp(-1, keepdim=True)
    stats = [(chosen - total).double()]
    if not extras.any:
        return stats[0]
    larger = logits > chosen
    top = logits.amax(-1, keepdim=True)
    # Masked words are -inf, and 0 · -inf is no number.
    below = logits.sub_(top).clamp_(min=FLOOR)
    if extras.nuclei:
        stats += [_mass_before(below, larger, nucleus) for nucleus in extras.nuclei]
    if extras.entropy:
        rank = larger.sum(-1, keepdim=True).double() + 1
        mass = below.exp()
        weight = mass.sum(-1, keepdim=True, dtype=torch.float64)
        mean = _dot(mass, below) / weight
        spread = below.sub_(mean.to(below.dtype)).square_()
        varentropy = _dot(mass, spread) / weight
        stats[1:1] = [rank, (top - total).double(), weight.log() - mean, varentropy]
    return torch.cat(stats, dim=-1)


def _dot(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Return the inner products of rows, summed in float64."""
    return (one * other).sum(-1, keepdim=True, dtype=torch.float64)


def _mass_before(below: torch.Tensor, larger: torch.Tensor, nucleus: Nucleus) -> torch.Tensor:
    """Return the share of all tokens that are likelier, at a temperature."""
    mass = (below / nucleus.temperature).exp_()
    weight = mass.sum(-1, keepdim=True, dtype=torch.float64)
    return mass.mul_(larger).sum(-1, keepdim=True, dtype=torch.float64) / weight
