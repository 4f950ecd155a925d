"""The loop of reinforcement: what each algorithm draws, writes and refuses."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
import torch

from boundary.config.lab import Pretrain, Reinforce
from boundary.errors import InputError
from boundary.lab import reinforce as module
from boundary.lab.material import material
from boundary.lab.model import load_model
from boundary.lab.reinforce import draw, minibatches, to_learn
from boundary.lab.rollout import respond
from boundary.lab.train import train
from boundary.lab_algorithms import ALGORITHMS
from boundary.tasks.registers import VOCABULARY, check

TEACHER = Pretrain(
    recipe="pretrain", hidden=64, layers=1, heads=4, head_dim=16, mlp=64, steps=40, warmup=5,
    lengths=[3, 3], noise=0.0, marker_follows=True,
)  # fmt: skip
OPTIONS = {"passk": {"k": 2}}
BASIC = ["step", "loss", "tokens", "reward", "token_entropy", "backward_share"]


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    """A checkpoint that solves some problems."""
    folder = tmp_path_factory.mktemp("teacher")
    train(TEACHER, folder, parents={}, threads=1)
    return folder / "step-00040"


def run_of(algorithm: str = "grpo", **more: object) -> Reinforce:
    settings = {"steps": 4, "prompts": 6, "group": 8, "lengths": [3, 4]}
    return Reinforce(
        recipe="reinforce",
        start="teacher",
        algorithm=algorithm,
        **(settings | OPTIONS.get(algorithm, {}) | more),
    )


def trained(run: Reinforce, teacher, folder) -> tuple[bytes, list[dict[str, str]]]:
    train(run, folder, parents={"teacher": teacher}, threads=1)
    weights = (folder / f"step-{run.steps:05d}" / "model.safetensors").read_bytes()
    with (folder / "training.csv").open() as handle:
        return weights, list(csv.DictReader(handle))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_learns_and_repeats_to_the_byte(algorithm, teacher, tmp_path):
    run = run_of(algorithm)
    weights, rows = trained(run, teacher, tmp_path / "once")
    again, same = trained(run, teacher, tmp_path / "twice")
    assert (weights, rows) == (again, same)
    assert weights != (teacher / "model.safetensors").read_bytes()
    more = {
        "ppo": ["clip_share", "value_loss"],
        "dapo": ["clip_share", "rollouts"],
        "remax": ["rollouts"],
    }
    assert list(rows[0]) == BASIC + more.get(algorithm, [])


def test_terms_are_seen_and_change_the_weights(teacher, tmp_path):
    plain, _ = trained(run_of(), teacher, tmp_path / "plain")
    for name, more, column in (("kl", {"kl": 0.5}, ["kl"]), ("entropy", {"entropy": 0.1}, [])):
        weights, rows = trained(run_of(**more), teacher, tmp_path / name)
        assert list(rows[0]) == BASIC + column
        assert weights != plain
    # The first step is taken at the start, where nothing lies between policy and reference.
    _, rows = trained(run_of(kl=0.5, steps=2), teacher, tmp_path / "two")
    first, second = (float(row["kl"]) for row in rows)
    assert abs(first) < 1e-6
    assert second > 1e-4


def test_values_learn_before_the_policy(teacher, tmp_path):
    _, rows = trained(run_of("ppo", steps=5), teacher, tmp_path)
    assert [row["loss"] == "" for row in rows] == [True] * 3 + [False] * 2
    assert all(row["value_loss"] for row in rows)


@pytest.mark.parametrize("kind", ["chain", "format", "random"])
def test_rewards_are_for_what_they_say(kind, teacher):
    model = load_model(teacher).eval()
    task = material("registers")
    prompts, longest = task.prompts(run_of(), np.random.default_rng(3), 8)
    drawn = respond(model, np.random.default_rng(1), task, prompts, longest, 16, reward=kind)
    rights = []
    for i, reward in enumerate(drawn.rewards.tolist()):
        prompt = " ".join(VOCABULARY[t] for t in drawn.ids[i, : drawn.width].tolist())
        tokens = drawn.ids[i, drawn.width :][drawn.mask[i]].tolist()
        whole = VOCABULARY[tokens[-1]] == "<eos>"
        response = " ".join(VOCABULARY[t] for t in tokens[: len(tokens) - whole])
        judged = check(prompt, response)
        rights.append(float(whole and judged.correct))
        if kind == "chain":
            assert reward == float(whole and judged.chain_correct)
        if kind == "format":
            assert reward >= rights[-1]
    assert drawn.right is not None and drawn.right.tolist() == rights
    if kind == "random":
        # 128 throws: four standard deviations of a half.
        assert abs(drawn.rewards.mean().item() - 0.5) < 4 * 0.5 / np.sqrt(128)
    point = module.curve_point(1, None, [drawn])
    assert point.reward == pytest.approx(np.mean(rights))
    assert point.trained_reward == pytest.approx(drawn.rewards.mean().item())


def test_a_reward_that_the_task_cannot_judge_is_refused(teacher):
    task = replace(material("registers"), chain_correct=None)
    prompts, longest = task.prompts(run_of(), np.random.default_rng(3), 1)
    with pytest.raises(InputError, match="reward: chain cannot be paid"):
        respond(
            load_model(teacher).eval(),
            np.random.default_rng(1),
            task,
            prompts,
            longest,
            1,
            reward="chain",
        )


def test_dapo_draws_until_enough_problems_vary(teacher):
    model, run = load_model(teacher).eval(), run_of("dapo", prompts=5)
    drawn = draw(model, np.random.default_rng(0), run)
    batches = to_learn(run, drawn, None, None)
    varied = sum(int((each.rewards.view(-1, run.group).std(dim=1) > 0).sum()) for each in drawn)
    groups = sum(len(batch.ids) for batch in batches) // run.group
    if len(drawn) == 1:
        assert groups == run.prompts == varied
    else:
        assert groups == min(varied, run.prompts)
    without = sum(
        int((each.rewards.view(-1, run.group).std(dim=1) > 0).sum()) for each in drawn[:-1]
    )
    assert without < run.prompts
    assert varied >= run.prompts or len(drawn) == module.MOST_DRAWS


def test_each_update_sees_its_share_of_the_problems(teacher):
    run = run_of(updates=4, prompts=6)
    drawn = draw(load_model(teacher).eval(), np.random.default_rng(0), run)
    whole = to_learn(run, drawn, None, None)
    shares = [share[0].ids for share in minibatches(run, whole)]
    assert [len(ids) // run.group for ids in shares] == [2, 2, 1, 1]
    assert torch.equal(shares[1][: run.group], whole[0].ids[run.group : 2 * run.group])
    assert sorted(torch.cat(shares).tolist()) == sorted(whole[0].ids.tolist())
