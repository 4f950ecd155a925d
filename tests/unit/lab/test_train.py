"""Training: what it writes, that it repeats to the byte, and its losses by hand."""

from __future__ import annotations

import csv
import json
import math

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from boundary.config.lab import Distil, Pretrain, Reinforce
from boundary.errors import InputError
from boundary.lab.model import build_model, load_model, response_logprobs
from boundary.lab.pretrain import learning_rate
from boundary.lab.rollout import roll_out
from boundary.lab.supervised import rate
from boundary.lab.train import train
from boundary.tasks.registers import VOCABULARY, check

TINY = {"recipe": "pretrain", "hidden": 16, "layers": 1, "heads": 2, "head_dim": 8, "mlp": 16}
SMOKE = Pretrain(**TINY, steps=6, warmup=2, batch_operations=24, batch_min=4)
TEACHER = Pretrain(
    **{**TINY, "hidden": 64, "heads": 4, "head_dim": 16, "mlp": 64},
    steps=40, warmup=5, lengths=[3, 3], noise=0.0, marker_follows=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """One run of each recipe, tiny."""
    folder = tmp_path_factory.mktemp("lab")
    runs = {
        "base": SMOKE,
        "teacher": TEACHER,
        "rl": Reinforce(
            recipe="reinforce", start="teacher", steps=4, checkpoints=[2], prompts=8, group=16,
            lengths=[3, 3],
        ),
        "student": Distil(
            recipe="distil", start="base", teacher="teacher", steps=3, traces=6, lengths=[3, 4]
        ),
    }  # fmt: skip
    summaries, parents = {}, {}
    for name, run in runs.items():
        summaries[name] = train(run, folder / name, parents=parents, threads=1)
        parents[name] = folder / name / f"step-{run.steps:05d}"
    return folder, runs, summaries


def test_kept_steps_stand_as_hugging_face_directories(trained):
    folder, runs, _ = trained
    for name, run in runs.items():
        found = sorted(path.name for path in (folder / name).iterdir())
        assert found == [*(f"step-{step:05d}" for step in run.steps_kept()), "training.csv"]
        for step in run.steps_kept():
            place = folder / name / f"step-{step:05d}"
            model = AutoModelForCausalLM.from_pretrained(place)
            tokenizer = AutoTokenizer.from_pretrained(place)
            assert model.config.architectures == ["Qwen3ForCausalLM"]
            assert model.config.vocab_size == len(tokenizer)
            assert model.generation_config.eos_token_id == tokenizer.eos_token_id
    assert runs["rl"].steps_kept() == [2, 4]


def test_summary_and_curve_agree(trained):
    folder, runs, summaries = trained
    for name, run in runs.items():
        summary = json.loads(json.dumps(summaries[name], allow_nan=False))
        curve = summary["curve"]
        with (folder / name / "training.csv").open() as handle:
            rows = list(csv.DictReader(handle))
        assert [int(row["step"]) for row in rows] == curve["step"] == list(range(1, run.steps + 1))
        assert [row["loss"] == "" for row in rows] == [loss is None for loss in curve["loss"]]
        assert summary["tokens"] == sum(curve["tokens"])
        assert summary["steps"] == run.steps_kept()
    rewards = summaries["rl"]["curve"]["reward"]
    assert all(0 <= reward <= 1 for reward in rewards)
    assert any(0 < reward < 1 for reward in rewards)  # so that the policy did learn
    assert set(summaries["base"]["curve"]["reward"]) == {None}


def test_an_untrained_loss_is_that_of_a_uniform_guess(trained):
    _, _, summaries = trained
    assert summaries["base"]["curve"]["loss"][0] == pytest.approx(math.log(56), abs=0.3)
    losses = summaries["teacher"]["curve"]["loss"]
    assert losses[-1] < 0.6 * losses[0]


@pytest.mark.parametrize("name", ["base", "rl", "student"])
def test_training_repeats_to_the_byte(trained, tmp_path, name):
    folder, runs, _ = trained
    parents = {
        parent: folder / parent / f"step-{runs[parent].steps:05d}"
        for parent in runs[name].parents()
    }
    train(runs[name], tmp_path / name, parents=parents, threads=1)
    for step in runs[name].steps_kept():
        place = f"{name}/step-{step:05d}/model.safetensors"
        assert (tmp_path / place).read_bytes() == (folder / place).read_bytes()
    curve = f"{name}/training.csv"
    assert (tmp_path / curve).read_bytes() == (folder / curve).read_bytes()


def test_the_seed_changes_the_weights(trained, tmp_path):
    folder, runs, _ = trained
    train(runs["base"].model_copy(update={"seed": 1}), tmp_path / "other", parents={}, threads=1)
    place = "step-00006/model.safetensors"
    assert (tmp_path / "other" / place).read_bytes() != (folder / "base" / place).read_bytes()


def test_a_leftover_of_a_crash_is_replaced(trained, tmp_path):
    folder, runs, _ = trained
    for leftover in (".step-00006.partial", "step-00006"):
        (tmp_path / leftover).mkdir()
        (tmp_path / leftover / "junk").write_text("half")
    train(runs["base"], tmp_path, parents={}, threads=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-00006", "training.csv"]
    found = {path.name for path in (tmp_path / "step-00006").iterdir()}
    assert found == {path.name for path in (folder / "base" / "step-00006").iterdir()}


def test_a_missing_parent_is_named(trained, tmp_path):
    _, runs, _ = trained
    with pytest.raises(InputError, match="checkpoint of teacher"):
        train(runs["rl"], tmp_path, parents={}, threads=1)
    with pytest.raises(InputError, match="no model there"):
        train(runs["rl"], tmp_path, parents={"teacher": tmp_path / "nowhere"}, threads=1)


def test_learning_rate_warms_up_and_falls_to_one_percent():
    run = Pretrain(recipe="pretrain", steps=1000, warmup=30)
    rates = [learning_rate(step, run) for step in range(1000)]
    assert rates[0] == pytest.approx(1 / 30, rel=1e-3)
    assert max(rates) == pytest.approx(1, abs=0.01)
    assert rates.index(max(rates)) == 29
    assert learning_rate(500, run) == pytest.approx(0.505)
    assert rates[-1] == pytest.approx(0.01, abs=1e-3)


def test_the_students_rate_falls_to_nothing():
    run = Distil(recipe="distil", start="a", teacher="b", steps=100, warmup=10)
    assert rate(1, run) == pytest.approx(0.1)
    assert rate(10, run) == pytest.approx(0.91)
    assert rate(51, run) == pytest.approx(0.5)
    assert rate(100, run) == pytest.approx(0.01)


def test_response_logprobs_are_those_of_a_full_forward_pass():
    model = build_model(SMOKE).eval()
    ids = torch.randint(0, 56, (5, 17), generator=torch.Generator().manual_seed(0))
    wanted = model(ids).logits.log_softmax(-1)[:, 4:-1].gather(-1, ids[:, 5:, None])[..., 0]
    assert torch.allclose(response_logprobs(model, ids, 5), wanted, atol=1e-5)


def test_rewards_are_the_verifiers(trained):
    folder, _, _ = trained
    teacher = load_model(folder / "teacher" / "step-00040").eval()
    found = roll_out(
        teacher,
        np.random.default_rng(0),
        Distil(recipe="distil", start="a", teacher="b", lengths=[3, 3], minority_share=0.5),
        problems=8,
        samples=16,
    )
    assert found.width == 5
    for row, reward in enumerate(found.rewards.tolist()):
        text = " ".join(VOCABULARY[i] for i in found.ids[row, :5].tolist())
        tokens = found.ids[row, 5:][found.mask[row]].tolist()
        whole = tokens[-1] == 1
        response = " ".join(VOCABULARY[i] for i in (tokens[:-1] if whole else tokens))
        assert reward == float(whole and check(text, response).correct)
