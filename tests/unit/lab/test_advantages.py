"""What a response is worth, against batches worked by hand."""

from __future__ import annotations

import math
from itertools import combinations
from types import SimpleNamespace

import pytest
import torch

from boundary.config.lab import Reinforce
from boundary.lab import advantages as module
from boundary.lab.advantages import ADVANTAGES
from boundary.lab_algorithms import ALGORITHMS

#: Two problems of four responses: one of four right, then all.
REWARDS = torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0])
SEQUENCES = torch.tensor([-1.0, -2.0, -3.0, -4.0, -2.0, -1.0, -1.0001, -3.0])
SD = math.sqrt(3 / 16) + 1e-4
BY_HAND = {
    "grpo": [0.75 / SD, *[-0.25 / SD] * 3, 0, 0, 0, 0],
    "dapo": [0.75 / SD, *[-0.25 / SD] * 3, 0, 0, 0, 0],
    "dr_grpo": [0.75, -0.25, -0.25, -0.25, 0, 0, 0, 0],
    "rloo": [1, -1 / 3, -1 / 3, -1 / 3, 0, 0, 0, 0],
    # The greedy response of the first is wrong, of the second right.
    "remax": [1, 0, 0, 0, 0, 0, 0, 0],
    # Mean 5/8, variance 15/64.
    "reinforce_pp": [
        value / (math.sqrt(15) / 8 + 1e-4)
        for value in (0.375, -0.625, -0.625, -0.625, 0.375, 0.375, 0.375, 0.375)
    ],
    # k = 2: 3 of 6 pairs lack the right one; those of a wrong response, 2 of 3.
    "passk": [1, -1 / 3, -1 / 3, -1 / 3, 0, 0, 0, 0],
    "positives": [1, 0, 0, 0, 1, 1, 1, 1],
    "negatives": [0, -1, -1, -1, 0, 0, 0, 0],
    # Bonus 0.4: the likeliest earns 1 - 0.4·3/4 = 0.7; in the second 0.9, 0.8, 0.8, 1.
    "unlikeliness": [
        *(value / (0.7 * math.sqrt(3 / 16) + 1e-4) for value in (0.525, -0.175, -0.175, -0.175)),
        *(value / (math.sqrt(0.0275 / 4) + 1e-4) for value in (0.025, -0.075, -0.075, 0.125)),
    ],
}


def run_of(algorithm: str, **more: object) -> Reinforce:
    options = {"passk": {"k": 2}, "unlikeliness": {"bonus": 0.4}}.get(algorithm, {})
    return Reinforce(
        recipe="reinforce", start="a", group=4, algorithm=algorithm, **(options | more)
    )


@pytest.mark.parametrize("algorithm", BY_HAND)
def test_advantages_by_hand(algorithm: str) -> None:
    decoded = SimpleNamespace(logprobs=torch.stack([SEQUENCES / 2, SEQUENCES / 2], dim=1))
    drawn = SimpleNamespace(rewards=REWARDS, greedy=torch.tensor([0.0, 1.0]), decoded=decoded)
    worth = ADVANTAGES[algorithm](run_of(algorithm), drawn)
    assert worth.tolist() == pytest.approx(BY_HAND[algorithm], abs=1e-6)


def test_every_algorithm_has_an_advantage_and_a_batch_by_hand() -> None:
    assert {*ADVANTAGES, "ppo"} == {*BY_HAND, "ppo"} == set(ALGORITHMS)


@pytest.mark.parametrize(("right", "k"), [(1, 8), (3, 4), (9, 8), (0, 4), (16, 1), (10, 7)])
def test_pass_at_k_is_the_mean_over_subsets(right: int, k: int) -> None:
    """The definition: standardised rewards of all subsets of k, averaged over those of a row."""
    rewards = torch.tensor([1.0] * right + [0.0] * (16 - right))
    subsets = [(s, float(any(i < right for i in s))) for s in combinations(range(16), k)]
    mean = sum(reward for _, reward in subsets) / len(subsets)
    sd = math.sqrt(mean * (1 - mean))
    worth = module.passk(rewards, 16, k)
    for row in (0, 15):
        earned = [(reward - mean) / (sd or 1) for s, reward in subsets if row in s]
        assert worth[row].item() == pytest.approx(sum(earned) / len(earned), abs=1e-6)
    assert worth.sum().item() == pytest.approx(0, abs=1e-5)


def test_values_are_subtracted_and_tokens_whitened() -> None:
    values = torch.tensor([[0.5, 0.75, 9.0], [0.5, 0.25, 0.0]])
    mask = torch.tensor([[True, True, False], [True, True, True]])
    worth = module.ppo(torch.tensor([1.0, 0.0]), values, mask)
    # r - V: 0.5, 0.25 | -0.5, -0.25, 0; mean 0, variance 0.625 / 5.
    scale = math.sqrt(0.125) + 1e-4
    by_hand = [0.5 / scale, 0.25 / scale, 0, -0.5 / scale, -0.25 / scale, 0]
    assert worth.flatten().tolist() == pytest.approx(by_hand, abs=1e-6)
