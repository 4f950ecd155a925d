"""Per-token statistics of the scored tokens, from a chunk of logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from boundary.errors import InputError

#: A token whose mass before it is this close to top_p may fall on either side in float32.
BORDERLINE = 1e-5
#: Below this distance from the largest logit a float32 probability is zero.
FLOOR = -1e4


@dataclass(frozen=True)
class Nucleus:
    """A sampler's cut: temperature, then the smallest likeliest set that reaches top_p."""

    temperature: float
    top_p: float

    def __post_init__(self) -> None:
        """Refuse what no nucleus has; at temperature 0 only the likeliest token remains."""
        if not (0 < self.temperature < float("inf") and 0 < self.top_p <= 1):
            raise InputError(
                f"a nucleus has a finite temperature above 0 and a top_p in (0, 1]; this one has "
                f"temperature {self.temperature} and top_p {self.top_p}."
            )


@dataclass(frozen=True)
class Extras:
    """What to compute beside log-probabilities.

    Attributes
    ----------
    entropy : bool
        Rank, likeliest token, entropy and its variance.
    nuclei : tuple of Nucleus
        Samplers for which the mass before each token is wanted.
    """

    entropy: bool = True
    nuclei: tuple[Nucleus, ...] = ()

    @property
    def buffers(self) -> int:
        """Float32 arrays of a chunk's logits that live at once, the logits included."""
        return 4 if self.entropy or self.nuclei else 2


#: Log-probabilities alone.
PLAIN = Extras(entropy=False)

#: Columns of `token_statistics` between the log-probability and the masses.
ENTROPY = ("rank", "top_logprob", "entropy", "varentropy")


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
    if not (extras.entropy or extras.nuclei):
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


def inside(before: Sequence[float] | torch.Tensor, top_p: float) -> torch.Tensor:
    """Return whether a token is in the nucleus: the one that crosses top_p is kept."""
    return torch.as_tensor(before, dtype=torch.float64) < top_p


def borderline(before: Sequence[float] | torch.Tensor, top_p: float) -> torch.Tensor:
    """Return whether rounding could put a token on the other side of top_p."""
    return (torch.as_tensor(before, dtype=torch.float64) - top_p).abs() < BORDERLINE
