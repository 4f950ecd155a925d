"""What vLLM's log-probabilities say of each token of a response.

vLLM lists the likeliest tokens of a place and no more, so that entropy is not to
be had, and the mass of likelier tokens only between bounds: exact where the token
is among those listed and the sampler's temperature is 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundary.engines.token_scores import ROUNDING, Extras, Nucleus, TokenScores
from boundary.errors import MachineError

#: Likeliest tokens that vLLM lists at most unless it is told otherwise at its start.
LISTED = 20

Floats = NDArray[np.float64]


def listed(extras: Extras, vocabulary: int) -> int:
    """Return how many likeliest tokens to ask for at each place."""
    return min(LISTED, vocabulary) if extras.any else 0


def token_scores(
    output: Any, head: Sequence[int], tail: Sequence[int], extras: Extras, vocabulary: int
) -> TokenScores:
    """Return the scores of a response from what vLLM said of its row.

    Parameters
    ----------
    output : vllm.RequestOutput
        Of the row without its last token (`boundary.engines.vllm.run.scored`).
    head, tail : sequence of int
        Tokens of prompt and response.
    extras : Extras
        What beside log-probabilities; entropy and its variance are None all the same.
    vocabulary : int
        Tokens of the model.

    Raises
    ------
    MachineError
        When vLLM did not score every token.
    """
    width = 1 + listed(extras, vocabulary)
    flat = [output.outputs[0].logprobs]
    if len(tail) > 1:
        flat.insert(0, output.prompt_logprobs)
    places = [np.array(each.logprobs, dtype=np.float64).reshape(-1, width) for each in flat]
    # vLLM has nothing for the first token of a row.
    places[0] = places[0][len(head) - 1 :] if len(tail) > 1 else places[0]
    table = np.concatenate(places)
    if len(table) != len(tail):
        raise MachineError(f"vLLM scored {len(table)} of {len(tail)} tokens of a response.")
    logprob, likeliest = table[:, 0], table[:, 1:]
    bounds = [mass_before(logprob, likeliest, nucleus, vocabulary) for nucleus in extras.nuclei]
    low, high = np.array(bounds).reshape(-1, 2, len(tail)).transpose(1, 2, 0)
    if not extras.entropy:
        return TokenScores(logprob, None, None, None, None, low, high)
    ranks = np.concatenate(
        [np.array(each.ranks, dtype=np.int64).reshape(-1, width)[:, 0] for each in flat]
    )[-len(tail) :]
    # vLLM counts ties among the likelier ones.
    ranks = np.where(_among(logprob, likeliest), 1 + _larger(logprob, likeliest).sum(1), ranks)
    return TokenScores(logprob, ranks, likeliest.max(1), None, None, low, high)


def mass_before(
    logprob: Floats, likeliest: Floats, nucleus: Nucleus, vocabulary: int
) -> tuple[Floats, Floats]:
    """Return bounds of the mass of likelier tokens at a temperature.

    With listed probabilities p and r = 1 − Σp left for the others, none of which
    exceeds the smallest listed p_K, the others have at a temperature T ≤ 1 the
    weight Σ q^(1/T) in [0, r · p_K^(1/T − 1)]; at T > 1 at least that much, and at
    most N^(1 − 1/T) · r^(1/T) for N others.

    Parameters
    ----------
    logprob : numpy.ndarray
        float64 ``[tokens]``, of the tokens of the response.
    likeliest : numpy.ndarray
        float64 ``[tokens, listed]``, of the likeliest tokens.
    nucleus : Nucleus
        Whose temperature counts.
    vocabulary : int
        Tokens of the model.

    Returns
    -------
    tuple of numpy.ndarray
        float64 ``[tokens]`` each, the lower and the upper bound.
    """
    power = 1 / nucleus.temperature
    # Relative to the likeliest, so that a low temperature leaves more than zeros.
    top = likeliest.max(1)
    weights = np.exp((likeliest - top[:, None]) * power)
    all_listed = weights.sum(1)
    rest = np.clip(1 - np.exp(likeliest).sum(1), 0, None)
    edge = rest * np.exp(likeliest.min(1) * (power - 1) - top * power)
    others = vocabulary - likeliest.shape[1]
    if power >= 1:
        least, most = 0 * edge, edge
    else:
        least, most = edge, others ** (1 - power) * rest**power * np.exp(-top * power)
    larger = (weights * _larger(logprob, likeliest)).sum(1)
    low = larger / (all_listed + most)
    high = np.where(_among(logprob, likeliest), larger / (all_listed + least), 1.0)
    return low - ROUNDING, high + ROUNDING


def _larger(logprob: Floats, likeliest: Floats) -> NDArray[np.bool_]:
    larger: NDArray[np.bool_] = likeliest > logprob[:, None]
    return larger


def _among(logprob: Floats, likeliest: Floats) -> NDArray[np.bool_]:
    """Return for which tokens every likelier one is listed."""
    among: NDArray[np.bool_] = logprob >= likeliest.min(1)
    return among
