"""Whole responses moved towards the model's probability to a power.

A response is drawn at T = 1/alpha; each move cuts it at a uniform place, draws the rest anew
at that temperature, up to the limit of the block, and takes it with the probability of
Metropolis and Hastings, min(1, r):

    ln r = Σ ln Z(new tail) − Σ ln Z(old tail) + ln(|old| / |new|),    Z_t = Σ_v p_t(v)^alpha.

As q(y) = Π p(y_t)^alpha / Z_t is what proposals are drawn from, Z is all that is left of
p^alpha / q; the last term is there because a response of n tokens is cut at each of its
places with the chance 1/n. Without it, or with tails no longer than the old ones, as in the
code of Karan and Du 2025 (arXiv 2510.14901), moves lead elsewhere.

One block leads to p^alpha as moves go on. With several, what has come to an end when the
moves of a block are over stays, as published: that is cheaper, and no number of moves makes
it exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch

from boundary.digests import seed_of
from boundary.engines.decode import Decoded
from boundary.engines.transformers.uniforms import uniform_steps
from boundary.jobs.sampling import Power


def moved(
    draw: Callable[..., Decoded],
    seeds: Sequence[int],
    samples: int,
    power: Power,
    max_tokens: int,
    end: int,
) -> tuple[Decoded, torch.Tensor]:
    """Draw responses and move them.

    Proposal i of sample j of a prompt draws from H(seed, j, i), its cut from H(…, "cut") and
    whether it is taken from H(…, "accept"), whatever else is in the batch.

    Parameters
    ----------
    draw : callable
        `boundary.engines.decode.decode`, given the model, the prompts and what ends a row.
    seeds : sequence of int
        One a prompt.
    samples : int
        Responses a prompt; row = prompt · samples + sample.
    power : Power
    max_tokens : int
        Longest response.
    end : int
        A token that ends a row.

    Returns
    -------
    decoded : Decoded
        The responses; log-probabilities are the model's own.
    counts : torch.Tensor
        int64 ``[rows, 3]``: tokens drawn, moves, and those taken. Tokens before a cut are
        read again, and not drawn.
    """
    chains = _Chains([(seed, j) for seed in seeds for j in range(samples)], max_tokens, end)
    block = min(power.block or max_tokens, max_tokens)
    propose = partial(draw, temperature=1 / power.alpha, top_p=1.0, alpha=power.alpha)
    i = 0
    for limit in (*range(block, max_tokens, block), max_tokens):
        going = ~chains.finished
        if not going.any():
            break
        chains.extend(propose, going, limit, i)
        for number in range(i + 1, i + 1 + power.steps):
            chains.move(propose, going, limit, number)
        i += 1 + power.steps
    return chains.decoded(), chains.counts


class _Chains:
    """Where the chains of some rows stand, on the CPU."""

    def __init__(self, rows: Sequence[tuple[int, int]], max_tokens: int, end: int) -> None:
        self.rows, self.end = rows, end
        shape = (len(rows), max_tokens)
        self.tokens = torch.zeros(shape, dtype=torch.long)
        self.logprobs, self.log_mass = torch.zeros(shape), torch.zeros(shape)
        self.lengths = torch.zeros(len(rows), dtype=torch.long)
        self.finished = torch.zeros(len(rows), dtype=torch.bool)
        self.counts = torch.zeros((len(rows), 3), dtype=torch.long)

    def extend(
        self, propose: Callable[..., Decoded], going: torch.Tensor, limit: int, i: int
    ) -> None:
        """Draw the next block of rows behind what they have."""
        cut = self.lengths.clone()
        self._take(self._proposed(propose, cut, going, limit, i), going)

    def move(
        self, propose: Callable[..., Decoded], going: torch.Tensor, limit: int, i: int
    ) -> None:
        """Draw rows anew from a place on, and take what Metropolis and Hastings take."""
        cut = (self._uniforms(i, "cut") * self.lengths).long()
        new = self._proposed(propose, cut, going, limit, i)
        ratio = _behind(new.log_mass, cut) - _behind(self.log_mass, cut)
        ratio += self.lengths.double().log() - new.lengths.double().log()
        taken = going & (self._uniforms(i, "accept").log() < ratio)
        self.counts[:, 1] += going
        self.counts[:, 2] += taken
        self._take(new, taken)

    def _proposed(
        self,
        propose: Callable[..., Decoded],
        cut: torch.Tensor,
        going: torch.Tensor,
        limit: int,
        i: int,
    ) -> Decoded:
        """Draw what follows the cut of each row, up to the limit."""
        kept = torch.where(torch.arange(limit) < cut[:, None], self.tokens[:, :limit], -1)
        # Rows that are done end at once, so that the batch is soon without them.
        kept[~going, 0] = self.end
        seeds = [seed_of(*row, i) for row in self.rows]
        new = propose(uniforms=uniform_steps(seeds, 1), max_tokens=limit, kept=kept)
        new = Decoded(**{name: value.cpu() for name, value in vars(new).items()})
        self.counts[:, 0] += torch.where(going, new.lengths - cut, 0)
        return new

    def _take(self, new: Decoded, taken: torch.Tensor) -> None:
        width = new.tokens.shape[1]
        for name in ("tokens", "logprobs", "log_mass"):
            held = getattr(self, name)
            held[taken] = 0
            held[taken, :width] = getattr(new, name)[taken]
        self.lengths[taken], self.finished[taken] = new.lengths[taken], new.finished[taken]

    def _uniforms(self, i: int, what: str) -> torch.Tensor:
        """Return a number in [0, 1) of each row, float64, of 53 bits of a hash."""
        hashes = [seed_of(*row, i, what) >> 10 for row in self.rows]
        return torch.tensor(hashes, dtype=torch.float64) * 2.0**-53

    def decoded(self) -> Decoded:
        """Return the responses."""
        return Decoded(self.tokens, self.lengths, self.logprobs, self.finished, self.log_mass)


def _behind(log_mass: torch.Tensor, cut: torch.Tensor) -> torch.Tensor:
    """Return the sum of each row from its cut on, float64."""
    before = torch.arange(log_mass.shape[1]) < cut[:, None]
    return log_mass.double().masked_fill(before, 0.0).sum(dim=1)
