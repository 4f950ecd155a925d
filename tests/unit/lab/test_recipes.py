"""Controls beside reinforcement learning: no training, more of it, demonstrations, a teacher."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from boundary.config.lab import Distil, Finetune, Pretrain
from boundary.errors import InputError
from boundary.lab import finetune as finetuning
from boundary.lab.curve import Curve
from boundary.lab.distil import reverse_kl
from boundary.lab.finetune import finetune, token_loss
from boundary.lab.material import material
from boundary.lab.model import build_model, load_model, response_logits, response_logprobs
from boundary.lab.rollout import Rollouts
from boundary.lab.supervised import rate
from boundary.lab.teacher_forcing import gold_log10, scripts
from boundary.lab.train import train

TINY = {"recipe": "pretrain", "hidden": 16, "layers": 1, "heads": 2, "head_dim": 8, "mlp": 16}
SMOKE = Pretrain(**TINY, steps=3, warmup=2, batch_operations=24, batch_min=4)
REGISTERS = material("registers")


def weights(model) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in model.parameters()]


def same(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Runs of each recipe, tiny: their folders and their curves."""
    folder = tmp_path_factory.mktemp("recipes")
    runs = {
        "init": SMOKE.model_copy(update={"steps": 0}),
        "base": SMOKE,
        "longer": SMOKE.model_copy(update={"start": "base", "phase_switch": 0.0}),
        "again": SMOKE.model_copy(update={"start": "init"}),
        "rejection": Distil(recipe="distil", start="base", teacher="base", steps=1, traces=4),
        "on": Distil(
            recipe="distil", start="base", teacher="longer", on_policy=True, steps=2, traces=4,
            lengths=[3, 3],
        ),
        "sft": Finetune(recipe="finetune", start="base", demonstrations=5, steps=4, traces=4),
    }  # fmt: skip
    curves, parents = {}, {}
    for name, run in runs.items():
        curves[name] = train(run, folder / name, parents=parents, threads=1)["curve"]
        parents[name] = folder / name / f"step-{run.steps:05d}"
    return parents, curves


def test_no_step_leaves_the_random_weights(places):
    parents, curves = places
    assert parents["init"].name == "step-00000"
    assert same(weights(load_model(parents["init"])), weights(build_model(SMOKE)))
    assert curves["init"]["step"] == []


def test_a_run_that_goes_on_starts_where_the_other_ended_and_sees_other_batches(places):
    _, curves = places
    # From the same weights, and of the same seed: only the batches differ.
    assert curves["again"]["loss"][0] != curves["base"]["loss"][0]
    assert curves["again"]["loss"][0] == pytest.approx(curves["base"]["loss"][0], abs=0.2)
    assert curves["longer"]["loss"][-1] < curves["base"]["loss"][0]


def test_rejection_finetuning_is_a_distillation_whose_teacher_is_its_start(places):
    parents, curves = places
    # So small a model solves nothing: no trace is kept and no weight moves.
    assert curves["rejection"]["reward"] == [0.0] and curves["rejection"]["loss"] == [None]
    assert same(weights(load_model(parents["rejection"])), weights(load_model(parents["base"])))


def test_on_policy_distillation_learns_from_wrong_traces_too(places):
    parents, curves = places
    assert curves["on"]["reward"] == [0.0, 0.0]
    assert all(loss > 0 for loss in curves["on"]["loss"])
    assert not same(weights(load_model(parents["on"])), weights(load_model(parents["base"])))


def rollouts(lengths: list[int]) -> Rollouts:
    ids = torch.randint(2, 56, (len(lengths), 9), generator=torch.Generator().manual_seed(1))
    mask = torch.arange(4) < torch.tensor(lengths)[:, None]
    return Rollouts(ids, 5, mask, torch.zeros(len(lengths)), decoded=None)  # type: ignore[arg-type]


def test_reverse_kl_by_hand_and_its_gradient_against_float64():
    student = build_model(SMOKE).eval()
    teacher = build_model(SMOKE.model_copy(update={"seed": 1})).eval()
    traces = rollouts([4, 2, 3])
    loss = reverse_kl(student, teacher, traces)
    loss.backward()
    assert all(parameter.grad is None for parameter in teacher.parameters())
    # By hand: each token of each response, each word of the vocabulary, in float64.
    double, other = (model.double() for model in (build_model(SMOKE), teacher))
    total, tokens = torch.zeros((), dtype=torch.float64), 0
    for row, length in zip(traces.ids, (4, 2, 3), strict=True):
        for t in range(length):
            p = double(row[None, : 5 + t]).logits[0, -1].softmax(-1)
            q = other(row[None, : 5 + t]).logits[0, -1].softmax(-1).detach()
            total = total + sum(p[v] * (p[v] / q[v]).log() for v in range(56))
            tokens += 1
    by_hand = total / tokens
    by_hand.backward()
    assert float(loss.detach()) == pytest.approx(float(by_hand.detach()), rel=1e-5)
    for single, exact in zip(student.parameters(), double.parameters(), strict=True):
        assert torch.allclose(single.grad.double(), exact.grad, rtol=1e-3, atol=1e-7)


def test_a_student_that_is_its_teacher_has_nothing_to_learn():
    model = build_model(SMOKE).eval()
    loss = reverse_kl(model, model, rollouts([4, 2]))
    assert float(loss.detach()) == pytest.approx(0.0, abs=1e-6)


def test_right_responses_of_unlike_lengths_are_scored_as_each_alone():
    model = build_model(SMOKE).eval()
    prompts = ["p o3 o17 o5 =", "q o1 o2 o4 o7 o9 ="]
    loss, tokens = token_loss(model, scripts(REGISTERS, prompts))
    sums = []
    for prompt in prompts:
        words = [*prompt.split(), *REGISTERS.gold(prompt).split(), "<eos>"]
        ids = torch.tensor([[REGISTERS.ids[word] for word in words]])
        sums.append(float(response_logprobs(model, ids, len(prompt.split())).detach().sum()))
    assert tokens == 12 + 16
    assert float(loss.detach()) == pytest.approx(-sum(sums) / tokens, rel=1e-5)
    rates = gold_log10(model, REGISTERS, prompts)
    assert rates == pytest.approx(np.array(sums) / np.log(10), rel=1e-5)


def test_a_rate_far_below_what_single_precision_holds():
    model = build_model(SMOKE).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(40)
    (rates,) = gold_log10(model, REGISTERS, ["p " + " ".join(f"o{i}" for i in range(20)) + " ="])
    assert np.isfinite(rates) and rates < -300


def test_logits_are_those_of_the_next_token():
    model = build_model(SMOKE).eval()
    ids = torch.randint(0, 56, (2, 9), generator=torch.Generator().manual_seed(0))
    assert torch.allclose(response_logits(model, ids, 4), model(ids).logits[:, 3:-1], atol=1e-5)


def test_demonstrations_are_distinct_and_shown_in_rounds(places, monkeypatch):
    parents, curves = places
    shown: list[str] = []
    monkeypatch.setattr(
        finetuning, "scripts", lambda task, batch: shown.extend(batch) or scripts(task, batch)
    )
    run = Finetune(recipe="finetune", start="b", demonstrations=5, steps=4, traces=4)
    finetune(run, load_model(parents["base"]), Curve("again", 4))
    assert len(set(shown)) == 5 and len(shown) == 16
    assert len(set(shown[:5])) == len(set(shown[5:10])) == 5
    assert curves["sft"]["loss"][-1] < curves["sft"]["loss"][0]
    assert [rate(step, run) for step in (1, 3, 4)] == pytest.approx([1.0, 0.5, 0.25])


def test_fresh_demonstrations_are_other_problems_every_step(monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr(
        finetuning, "scripts", lambda task, batch: shown.extend(batch) or scripts(task, batch)
    )
    finetune(
        Finetune(recipe="finetune", start="b", steps=3, traces=6), build_model(SMOKE), Curve("f", 3)
    )
    assert len(set(shown)) == 18


def test_more_demonstrations_than_there_are_problems(monkeypatch):
    few = REGISTERS.prompts(Finetune(recipe="finetune", start="b"), np.random.default_rng(0), 1)
    task = type("Few", (), {"prompts": lambda *_: few, "text": REGISTERS.text})
    monkeypatch.setattr(finetuning, "material", lambda name: task)
    run = Finetune(recipe="finetune", start="b", demonstrations=2)
    with pytest.raises(InputError, match=r"demonstrations: 2 distinct .* 400 draws gave 1"):
        finetune(run, build_model(SMOKE), Curve("f", 40))
