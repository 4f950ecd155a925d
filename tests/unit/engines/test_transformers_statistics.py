"""Per-token statistics against closed forms."""

from __future__ import annotations

import math
from itertools import product

import pytest
import torch

from boundary.engines.token_scores import Extras, Nucleus
from boundary.engines.transformers.statistics import token_statistics
from boundary.errors import InputError

P = (0.5, 0.25, 0.15, 0.07, 0.03)
NUCLEI = (Nucleus(1.0, 0.95), Nucleus(0.6, 0.95))
ALL = Extras(nuclei=NUCLEI)


def logits(*rows: tuple[float, ...], shift: float = 0.0) -> torch.Tensor:
    """Return float64 logits of some distributions, not normalised."""
    return torch.tensor(rows, dtype=torch.float64).log() + shift


@pytest.mark.parametrize("shift", [0.0, 3.0, -1000.0])
def test_statistics_of_five_words(shift: float) -> None:
    got = token_statistics(logits(*[P] * 5, shift=shift), torch.arange(5), ALL)
    assert got[:, 0].tolist() == pytest.approx([math.log(p) for p in P], abs=1e-9)
    assert got[:, 1].tolist() == [1, 2, 3, 4, 5]
    assert got[:, 2].tolist() == pytest.approx([math.log(0.5)] * 5, abs=1e-9)
    assert got[:, 3].tolist() == pytest.approx([1.2690601178] * 5, abs=1e-9)
    assert got[:, 4].tolist() == pytest.approx([0.5139204985] * 5, abs=1e-9)
    assert got[:, 5].tolist() == pytest.approx([0, 0.5, 0.75, 0.9, 0.97], abs=1e-9)
    assert got[:, 6].tolist() == pytest.approx(
        [0, 0.668286, 0.878783, 0.968629, 0.993855], abs=1e-6
    )


def test_float32_keeps_its_digits() -> None:
    torch.manual_seed(1)
    drawn = 4 * torch.randn(20, 5000, dtype=torch.float64)
    tokens = torch.randint(5000, (20,))
    exact = token_statistics(drawn.clone(), tokens, ALL)
    single = token_statistics(drawn.float(), tokens, ALL)
    assert torch.equal(single[:, 1], exact[:, 1])
    assert (single - exact).abs().max() < 2e-5


def test_log_probabilities_alone_leave_the_logits() -> None:
    rows = logits(P)
    before = rows.clone()
    got = token_statistics(rows, torch.tensor([1]))
    assert got.tolist() == [[pytest.approx(math.log(0.25))]]
    assert torch.equal(rows, before)


def test_ties_share_the_best_rank_and_have_no_mass_before() -> None:
    got = token_statistics(logits(*[(0.4, 0.4, 0.2)] * 3), torch.arange(3), ALL)
    assert got[:, 1].tolist() == [1, 1, 3]
    assert got[:, 5].tolist() == pytest.approx([0, 0, 0.8])
    assert torch.equal(got[:2, 0], got[:2, 2])


def test_a_flat_distribution_and_a_sure_one() -> None:
    flat = token_statistics(torch.zeros(1, 8), torch.tensor([3]), ALL)[0]
    assert flat.tolist() == pytest.approx([-math.log(8), 1, -math.log(8), math.log(8), 0, 0, 0])
    sure = token_statistics(torch.tensor([[0.0, 500.0]]), torch.tensor([1]), ALL)[0]
    assert sure.tolist() == [0, 1, 0, 0, 0, 0, 0]


def test_words_that_a_model_masks_count_for_nothing() -> None:
    masked = logits((*P, 0.0))
    got = token_statistics(masked.clone(), torch.tensor([1]), ALL)
    assert torch.allclose(got, token_statistics(logits(P), torch.tensor([1]), ALL))
    impossible = token_statistics(masked, torch.tensor([5]), ALL)[0]
    assert impossible[0] == -math.inf
    assert impossible[1] == 6
    assert impossible[5] == pytest.approx(1)


def test_surprisal_beyond_entropy_is_a_martingale() -> None:
    """A tree of two tokens: mean 0, variance ΣV, and z of three leaves."""
    first = (0.7, 0.2, 0.1)
    second = ((0.9, 0.1, 0.0), (0.4, 0.3, 0.3), (1 / 3, 1 / 3, 1 / 3))
    mean = square = variance = 0.0
    z: dict[tuple[int, int], float] = {}
    for i, j in product(range(3), range(3)):
        p = first[i] * second[i][j]
        if p == 0:
            continue
        got = token_statistics(logits(first, second[i]), torch.tensor([i, j]), Extras())
        excess = float((-got[:, 0] - got[:, 3]).sum())
        spread = float(got[:, 4].sum())
        mean += p * excess
        square += p * excess**2
        variance += p * spread
        z[i, j] = excess / math.sqrt(spread)
    assert mean == pytest.approx(0, abs=1e-12)
    assert square == pytest.approx(0.8025104745, abs=1e-10)
    assert variance == pytest.approx(0.8025104745, abs=1e-10)
    assert z[0, 0] == pytest.approx(-0.6898463803, abs=1e-9)
    assert z[1, 2] == pytest.approx(1.2866781586, abs=1e-9)
    assert z[2, 1] == pytest.approx(2.1344191120, abs=1e-9)


@pytest.mark.parametrize(("temperature", "top_p"), [(0, 0.9), (-1, 0.9), (1, 0), (1, 1.1)])
def test_a_nucleus_that_no_sampler_has(temperature: float, top_p: float) -> None:
    with pytest.raises(InputError, match="a nucleus has a finite temperature above 0"):
        Nucleus(temperature, top_p)
