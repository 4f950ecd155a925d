"""Which tokens a sampler can emit, from bounds of the mass before each."""

from __future__ import annotations

import numpy as np
import pytest

from boundary.engines.token_scores import ROUNDING, Extras, Nucleus, TokenScores, nothing
from boundary.engines.vllm.scores import mass_before

P = (0.5, 0.25, 0.15, 0.07, 0.03)
NUCLEI = (Nucleus(1.0, 0.95), Nucleus(0.6, 0.95), Nucleus(0.6, 1.0))


def scores(low: list[list[float]], high: list[list[float]]) -> TokenScores:
    """Return scores of tokens with bounds of the mass before them, ``[tokens, nuclei]``."""
    none = np.zeros(len(low))
    return TokenScores(none, None, None, None, None, np.array(low), np.array(high))


def test_the_token_that_crosses_is_inside() -> None:
    """Mass before each of five tokens at T = 1 and .6."""
    before = np.array(
        [
            [0, 0.5, 0.75, 0.9, 0.97],
            [0, 0.668286, 0.878783, 0.968629, 0.993855],
            [0, 0.668286, 0.878783, 0.968629, 0.993855],
        ]
    ).T
    exact = scores(before.tolist(), before.tolist())
    assert exact.outside(NUCLEI).T.tolist() == [
        [False, False, False, False, True],
        [False, False, False, True, True],
        [False] * 5,
    ]
    assert not exact.undecided(NUCLEI).any()


def test_bounds_on_both_sides_leave_a_token_undecided() -> None:
    one = (Nucleus(1.0, 0.9),)
    made = scores([[0.8], [0.89], [0.9], [0.95]], [[0.89], [0.91], [0.92], [1.0]])
    assert made.outside(one)[:, 0].tolist() == [False, False, True, True]
    assert made.undecided(one)[:, 0].tolist() == [False, True, False, False]


def test_what_is_no_number_is_not_within() -> None:
    made = scores([[np.nan] * 3], [[np.nan] * 3])
    assert made.undecided(NUCLEI).all()
    assert not made.outside(NUCLEI).any()


def test_a_response_without_tokens() -> None:
    empty = nothing(Extras(nuclei=NUCLEI))
    assert empty.total == 0
    assert empty.outside(NUCLEI).shape == empty.undecided(NUCLEI).shape == (0, 3)


def exact_before(logprobs: np.ndarray, token: int, temperature: float) -> float:
    """Return the mass of likelier tokens from the whole distribution."""
    weights = np.exp((logprobs - logprobs.max()) / temperature)
    return float(weights[logprobs > logprobs[token]].sum() / weights.sum())


@pytest.mark.parametrize("temperature", [1e-6, 0.3, 0.6, 1.0, 1.7, 1e6])
@pytest.mark.parametrize("listed", [3, 20])
def test_bounds_from_the_likeliest_hold_the_exact_mass(temperature: float, listed: int) -> None:
    draw = np.random.default_rng(5)
    exact_ones = 0
    for _ in range(200):
        logits = draw.normal(scale=draw.choice([0.5, 2, 6]), size=60)
        logprobs = logits - np.log(np.exp(logits).sum())
        token = int(draw.integers(60))
        likeliest = np.sort(logprobs)[::-1][None, :listed]
        low, high = mass_before(
            logprobs[[token]], likeliest, Nucleus(temperature, 0.95), vocabulary=60
        )
        exact = exact_before(logprobs, token, temperature)
        assert low[0] <= exact <= high[0]
        if logprobs[token] >= likeliest.min() and temperature == 1:
            exact_ones += 1
            assert high[0] - low[0] <= 2 * ROUNDING + 1e-12 + (1 - np.exp(likeliest).sum())
    assert temperature != 1 or exact_ones > 5


def test_bounds_of_a_whole_vocabulary_are_exact() -> None:
    logprobs = np.log(np.array(P))
    for token in range(5):
        low, high = mass_before(
            logprobs[[token]], logprobs[None, :], Nucleus(0.6, 0.95), vocabulary=5
        )
        exact = exact_before(logprobs, token, 0.6)
        assert (low[0], high[0]) == pytest.approx((exact - ROUNDING, exact + ROUNDING), abs=1e-12)
