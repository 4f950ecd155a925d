"""What scoring says of each token of a response, whichever engine did it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundary.errors import InputError

#: A mass before a token is known up to this, as float32 rounds.
ROUNDING = 1e-5
#: Token ids of a prompt and of the response after it.
Row = tuple[Sequence[int], Sequence[int]]


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
    """What to work out beside log-probabilities.

    Attributes
    ----------
    entropy : bool
        Rank and likeliest token, and from engines that see the whole distribution
        entropy and its variance.
    nuclei : tuple of Nucleus
        Samplers for which the mass before each token is asked for.
    """

    entropy: bool = True
    nuclei: tuple[Nucleus, ...] = ()

    @property
    def any(self) -> bool:
        """Whether more than log-probabilities is asked for."""
        return self.entropy or bool(self.nuclei)


#: Log-probabilities alone.
PLAIN = Extras(entropy=False)


@dataclass(frozen=True)
class TokenScores:
    """Statistics of the tokens of one response; arrays are ``[tokens]``.

    Attributes
    ----------
    logprob : numpy.ndarray
        float64, nats, under the model's raw distribution.
    rank : numpy.ndarray, optional
        int64 from 1; tied tokens share the best rank.
    top_logprob, entropy, varentropy : numpy.ndarray, optional
        float64: of the likeliest token in nats, H in nats and V in nats².
    before_low, before_high : numpy.ndarray
        float64 ``[tokens, nuclei]``: bounds of the mass of likelier tokens at each
        temperature.
    """

    logprob: NDArray[np.float64]
    rank: NDArray[np.int64] | None
    top_logprob: NDArray[np.float64] | None
    entropy: NDArray[np.float64] | None
    varentropy: NDArray[np.float64] | None
    before_low: NDArray[np.float64]
    before_high: NDArray[np.float64]

    @property
    def total(self) -> float:
        """Summed log-probability; 0 for a response without tokens."""
        return math.fsum(self.logprob)

    def outside(self, nuclei: Sequence[Nucleus]) -> NDArray[np.bool_]:
        """Return which tokens no sampler can emit, bool ``[tokens, nuclei]``.

        The token that crosses top_p is kept, as samplers do.
        """
        return self.before_low >= _limits(nuclei)

    def undecided(self, nuclei: Sequence[Nucleus]) -> NDArray[np.bool_]:
        """Return of which tokens the bounds do not tell, bool ``[tokens, nuclei]``."""
        # What is no number, as at a temperature of 1e-320, is not within.
        return ~(self.before_high < _limits(nuclei)) & ~self.outside(nuclei)


def nothing(extras: Extras) -> TokenScores:
    """Return the scores of a response without tokens."""
    none = np.zeros(0)
    return TokenScores(
        none,
        *([none.astype(np.int64), none, none, none] if extras.entropy else [None] * 4),
        *[np.zeros((0, len(extras.nuclei)))] * 2,
    )


def _limits(nuclei: Sequence[Nucleus]) -> NDArray[np.float64]:
    """Return the top_p of each nucleus; at 1 nothing is cut off."""
    return np.array([each.top_p if each.top_p < 1 else np.inf for each in nuclei])
