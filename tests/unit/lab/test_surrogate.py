"""The loss of an update: by hand, and its gradient against float64 formulas written out."""

from __future__ import annotations

import pytest
import torch

from boundary.config.lab import Pretrain, Reinforce
from boundary.lab.model import build_model
from boundary.lab.surrogate import BUDGET, Batch, k3, objective, surrogate
from boundary.lab.value import ValueNet, value_loss

TINY = Pretrain(recipe="pretrain", hidden=16, layers=1, heads=2, head_dim=8, mlp=16)
GROUP, WIDTH, LENGTH = 2, 5, 4


def run_of(**settings: object) -> Reinforce:
    return Reinforce(recipe="reinforce", start="a", group=GROUP, **settings)


def batch_of(model, worth: list[float], lengths: list[int], *, seed: int = 1) -> Batch:
    generator = torch.Generator().manual_seed(seed)
    shape = (len(worth), LENGTH)
    ids = torch.randint(2, 56, (len(worth), WIDTH + LENGTH), generator=generator)
    at = model(ids[:, :-1]).logits[:, WIDTH - 1 :].log_softmax(-1).detach()
    logprobs = at.gather(-1, ids[:, WIDTH:, None])[..., 0]
    return Batch(
        ids,
        WIDTH,
        torch.arange(LENGTH) < torch.tensor(lengths)[:, None],
        torch.tensor(worth)[:, None],
        logprobs + 0.3 * torch.randn(shape, generator=generator),
        (torch.tensor(worth) > 0).float(),
        logprobs + 0.3 * torch.randn(shape, generator=generator),
    )


def written_out(model, batches: list[Batch], run: Reinforce) -> torch.Tensor:
    """The formulas of the papers, token by token, in float64."""
    total, tokens, rows = torch.zeros((), dtype=torch.float64), 0, 0
    low, high = run.clip_range
    for batch in batches:
        logits = model(batch.ids[:, :-1]).logits[:, WIDTH - 1 :]
        rows += len(batch.ids)
        for i in range(len(batch.ids)):
            first = i // GROUP * GROUP
            teaches = bool((batch.advantages[first : first + GROUP] != 0).any())
            if not teaches and not run.kl and not run.entropy:
                continue
            for t in range(int(batch.mask[i].sum())):
                distribution = torch.softmax(logits[i, t], dim=0)
                log_p = distribution[batch.ids[i, WIDTH + t]].log()
                a = batch.advantages[i, 0].double()
                if run.minibatches == 1:
                    gain = a * log_p
                else:
                    ratio = torch.exp(log_p - batch.sampled[i, t].double())
                    gain = min(ratio * a, torch.clip(ratio, 1 - low, 1 + high) * a)
                if run.kl:
                    d = batch.reference[i, t].double() - log_p
                    gain = gain - run.kl * (torch.exp(d) - d - 1)
                if run.entropy:
                    gain = gain - run.entropy * (distribution * distribution.log()).sum()
                total, tokens = total - gain, tokens + 1
    summed = run.algorithm in ("dr_grpo", "rloo", "remax")
    return total / (rows * BUDGET if summed else tokens)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"algorithm": "dr_grpo"},
        {"algorithm": "rloo", "kl": 0.3},
        {"algorithm": "remax"},
        {"algorithm": "negatives"},
        {"updates": 2},
        {"algorithm": "dapo"},
        {"updates": 3, "clip": [0.1, 0.4], "kl": 0.2, "entropy": 0.05},
        {"kl": 1.0},
        {"entropy": 0.03},
    ],
    ids=str,
)
def test_gradients_are_those_of_the_written_formulas(settings: dict[str, object]) -> None:
    run, model = run_of(**settings), build_model(TINY).eval()
    batches = [
        batch_of(model, [1.5, -0.5, 0.0, 0.0, 0.0, -1.0], [4, 2, 3, 4, 1, 3]),
        batch_of(model, [0.7, -0.7], [3, 4], seed=2),
    ]
    here = objective(model, batches, run)
    assert here is not None
    here.loss.backward()
    exact = build_model(TINY).eval().double()
    expected = written_out(exact, batches, run)
    expected.backward()
    assert here.loss.item() == pytest.approx(expected.item(), rel=1e-4, abs=1e-6)
    pairs = zip(model.named_parameters(), exact.parameters(), strict=True)
    for (name, parameter), other in pairs:
        assert parameter.grad is not None and other.grad is not None, name
        assert torch.allclose(parameter.grad.double(), other.grad, rtol=1e-3, atol=2e-6), name


def test_clipping_and_its_share_by_hand() -> None:
    # Ratios 1.5 and 0.5, advantages +1 and -1 of each: clipped are 1.5 with +1, 0.5 with -1.
    ratios = torch.tensor([[1.5, 0.5], [1.5, 0.5]])
    worth = torch.tensor([[1.0], [-1.0]])
    gain = surrogate(ratios.log(), worth, torch.zeros(2, 2), (0.2, 0.28))
    assert gain.flatten().tolist() == pytest.approx([1.28, 0.5, -1.5, -0.8])
    model = build_model(TINY).eval()
    batch = batch_of(model, [1.0, -1.0], [2, 3])
    sampled = batch.sampled.clone()
    ids, logits = batch.ids[:, WIDTH:], model(batch.ids[:, :-1]).logits[:, WIDTH - 1 :]
    at = logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0].detach()
    sampled[:] = at
    sampled[0, 0] -= 0.5  # ratio e^0.5 with a positive advantage
    sampled[1, 1] -= 0.5  # the same with a negative one: not clipped
    moved = Batch(batch.ids, WIDTH, batch.mask, batch.advantages, sampled, batch.returns)
    seen = objective(model, [moved], run_of(updates=2))
    assert seen is not None
    assert seen.clip_share == pytest.approx(1 / 5)
    assert seen.kl is None


def test_k3_by_hand_and_its_mean_is_the_divergence() -> None:
    assert k3(torch.tensor([-1.0]), torch.tensor([-2.0])).item() == pytest.approx(2.718281828**-1)
    p, q = torch.tensor([0.7, 0.2, 0.1]).double(), torch.tensor([0.3, 0.3, 0.4]).double()
    assert float((p * k3(p.log(), q.log())).sum()) == pytest.approx(
        float((p * (p / q).log()).sum())
    )


def test_groups_without_an_advantage_teach_nothing() -> None:
    model = build_model(TINY).eval()
    batch = batch_of(model, [0.0, 0.0], [4, 4])
    assert objective(model, [batch], run_of()) is None
    assert objective(model, [], run_of()) is None


def test_values_start_at_nothing_and_learn_what_prefixes_earn() -> None:
    model = build_model(TINY).eval()
    values, batch = ValueNet(model), batch_of(model, [1.0, -1.0], [4, 2])
    assert values(batch.ids, WIDTH).abs().max() == 0
    # Four tokens that earn 1, two that earn 0.
    first = value_loss(values, [batch])
    assert first.item() == pytest.approx(4 / 6)
    optimiser = torch.optim.SGD(values.parameters(), lr=0.1)
    for _ in range(20):
        optimiser.zero_grad()
        value_loss(values, [batch]).backward()
        optimiser.step()
    assert value_loss(values, [batch]).item() < 0.2 * first.item()
    assert torch.equal(model.model.embed_tokens.weight, build_model(TINY).model.embed_tokens.weight)
