"""The lab section of a study: defaults are the recipe, bounds are checked."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from boundary.config.lab import Distil, Finetune, LabBenchmark, Pretrain, Reinforce
from boundary.config.tasks import RUNS, TASKS, LabRun

RUN = TypeAdapter(LabRun)


def test_the_recipe_decides_the_class():
    assert isinstance(RUN.validate_python({"recipe": "pretrain"}), Pretrain)
    rl = RUN.validate_python({"recipe": "reinforce", "start": "base", "checkpoints": [30, 10]})
    assert isinstance(rl, Reinforce)
    assert (rl.parents(), rl.steps_kept()) == (["base"], [10, 30, 100])
    student = RUN.validate_python({"recipe": "distil", "start": "base", "teacher": "t"})
    assert isinstance(student, Distil)
    assert (student.parents(), student.steps_kept()) == (["base", "t"], [200])
    assert Pretrain(recipe="pretrain").steps_kept() == [900]
    assert Pretrain(recipe="pretrain", steps=0).steps_kept() == [0]
    assert Pretrain(recipe="pretrain", start="base").parents() == ["base"]
    tuned = RUN.validate_python({"recipe": "finetune", "start": "base", "demonstrations": 32})
    assert isinstance(tuned, Finetune)
    assert (tuned.parents(), tuned.steps_kept()) == (["base"], [40])


def test_settings_that_came_later_stand_in_no_dump_at_their_defaults():
    scratch = Pretrain(recipe="pretrain").model_dump(mode="json")
    student = Distil(recipe="distil", start="a", teacher="b").model_dump(mode="json")
    assert "start" not in scratch and "on_policy" not in student
    longer = Pretrain(recipe="pretrain", start="base", phase_switch=0.0)
    assert longer.model_dump(mode="json")["start"] == "base"


def test_a_dump_validates_again():
    for run in (
        {"recipe": "pretrain", "seed": 3},
        {"recipe": "pretrain", "start": "base", "steps": 60},
        {"recipe": "reinforce", "start": "base"},
        {"recipe": "distil", "start": "base", "teacher": "t", "on_policy": True},
        {"recipe": "finetune", "start": "base"},
    ):
        first = RUN.validate_python(run)
        assert RUN.validate_python(first.model_dump(mode="json")) == first


def test_every_field_is_described():
    definitions = RUN.json_schema()["$defs"]
    assert set(definitions) == {cls.__name__ for cls in RUNS.values()}
    definitions |= {task.name: task.drawing.model_json_schema() for task in TASKS.values()}
    for definition in definitions.values():
        assert definition["description"]
        assert all("description" in field for field in definition["properties"].values())


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ({"recipe": "ppo"}, "recipe"),
        ({"recipe": "pretrain", "step": 3}, "step"),
        ({"recipe": "pretrain", "steps": -1}, "steps"),
        ({"recipe": "pretrain", "steps": 0, "start": "b"}, "trains nothing"),
        ({"recipe": "pretrain", "start": "b", "hidden": 96, "mlp": 288}, "hidden and mlp has no"),
        ({"recipe": "reinforce", "start": "b", "steps": 0}, "steps"),
        ({"recipe": "pretrain", "steps": "10"}, "steps"),
        ({"recipe": "pretrain", "lengths": [2, 5]}, "lengths"),
        ({"recipe": "pretrain", "lengths": [3, 25]}, "lengths"),
        ({"recipe": "pretrain", "lengths": [9, 4]}, "shortest, longest"),
        ({"recipe": "pretrain", "head_dim": 9}, "head_dim"),
        ({"recipe": "pretrain", "noise": 1.5}, "noise"),
        ({"recipe": "pretrain", "marker_follows": True, "phase_switch": 0.5}, "no effect"),
        ({"recipe": "reinforce"}, "start"),
        ({"recipe": "reinforce", "start": "../base"}, "start"),
        ({"recipe": "reinforce", "start": "b", "steps": 5, "checkpoints": [6]}, "beyond"),
        ({"recipe": "reinforce", "start": "b", "group": 1}, "group"),
        ({"recipe": "distil", "start": "b"}, "teacher"),
        ({"recipe": "distil", "start": "b", "teacher": "b", "on_policy": True}, "another run"),
        ({"recipe": "finetune"}, "start"),
        ({"recipe": "finetune", "start": "b", "demonstrations": 0}, "demonstrations"),
    ],
)
def test_wrong_runs_are_refused(run, message):
    with pytest.raises(ValidationError, match=message):
        RUN.validate_python(run)


@pytest.mark.parametrize(
    ("given", "key", "message"),
    [
        ({"algorithm": "a2c"}, "algorithm", "'grpo', 'dr_grpo'"),
        ({"reward": "steps"}, "reward", "'answer', 'chain'"),
        ({"k": 4}, "k", "grpo takes no k, only clip, entropy, kl, updates"),
        ({"algorithm": "passk"}, "k", "passk needs k"),
        ({"algorithm": "passk", "k": 17}, "k", "no 17 responses .* group of 16"),
        ({"algorithm": "dapo", "kl": 0.1}, "kl", "dapo takes no kl"),
        ({"algorithm": "rloo", "updates": 2}, "updates", "rloo takes no updates"),
        ({"bonus": 0.5}, "bonus", "grpo takes no bonus"),
        ({"value_learning_rate": 0.01}, "value_learning_rate", "grpo takes no value"),
        ({"clip": [0.1, 0.2]}, "clip", "the ratio is 1"),
        ({"updates": 33}, "updates", "33 updates of 32 problems"),
        ({"algorithm": "rloo", "group": 1}, "group", "rloo holds a response against others"),
        ({"kl": -0.1}, "kl", "greater than or equal to 0"),
        ({"algorithm": "ppo", "steps": 3}, None, "ppo learns values alone"),
    ],
)
def test_what_an_algorithm_does_not_take_is_refused_where_it_stands(given, key, message):
    with pytest.raises(ValidationError, match=message) as caught:
        RUN.validate_python({"recipe": "reinforce", "start": "base", **given})
    assert caught.value.errors()[0]["loc"] == ("reinforce", *([key] if key else []))


def test_options_at_their_defaults_stand_in_no_dump_and_others_do():
    plain = RUN.validate_python({"recipe": "reinforce", "start": "base"})
    spelled = {"algorithm": "grpo", "reward": "answer", "kl": 0.0, "entropy": 0.0}
    assert RUN.validate_python({"recipe": "reinforce", "start": "base", **spelled}) == plain
    assert not plain.model_dump().keys() & {*spelled, "updates", "clip", "k", "bonus"}
    dapo = {"algorithm": "dapo", "entropy": 0.1, "clip": [0.1, 0.3]}
    given = RUN.validate_python({"recipe": "reinforce", "start": "base", **dapo})
    assert given.model_dump().items() >= dapo.items()
    assert RUN.validate_python(given.model_dump(mode="json")) == given
    assert (given.minibatches, given.clip_range, plain.clip_range) == (2, (0.1, 0.3), (0.2, 0.2))


def test_a_group_of_one_has_baselines_that_need_no_other():
    one = {"recipe": "reinforce", "start": "base", "group": 1, "algorithm": "reinforce_pp"}
    assert RUN.validate_python(one).group == 1


@pytest.mark.parametrize(
    ("given", "times"),
    [({"kl": 0.3}, 1.6), ({"algorithm": "ppo"}, 2.1), ({"algorithm": "dapo"}, 2.0)],
)
def test_a_step_of_a_costlier_algorithm_is_known_to_take_longer(given, times):
    plain = {"recipe": "reinforce", "start": "base"}
    work = RUN.validate_python(plain | given).step_work
    assert work == pytest.approx(times * RUN.validate_python(plain).step_work)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"problems": 10, "lengths": []}, "lengths"),
        ({"problems": 10, "lengths": [2]}, "lengths"),
        ({"problems": 10, "lengths": [4, 4]}, "twice"),
        ({"problems": 10, "lengths": [3, 4, 5]}, "evenly"),
        ({"problems": 600, "lengths": [3]}, "there are 400"),
        ({"problems": 10_001, "lengths": [9]}, "problems"),
    ],
)
def test_wrong_benchmarks_are_refused(spec, message):
    with pytest.raises(ValidationError, match=message):
        LabBenchmark(**spec)


def test_families_are_split_by_rounding():
    spec = LabBenchmark(problems=120, lengths=[3, 4, 5, 6])
    assert spec.by_family(30) == (24, 6)
    assert LabBenchmark(problems=7, lengths=[4], minority_share=0.5).by_family(7) == (3, 4)


@pytest.mark.parametrize(
    ("run", "key"),
    [
        ({"recipe": "pretrain"}, "hidden"),
        ({"recipe": "pretrain"}, "layers"),
        ({"recipe": "pretrain"}, "batch_operations"),
        ({"recipe": "reinforce", "start": "a"}, "prompts"),
        ({"recipe": "reinforce", "start": "a"}, "group"),
        ({"recipe": "distil", "start": "a", "teacher": "b"}, "traces"),
        ({"recipe": "finetune", "start": "a"}, "traces"),
    ],
)
def test_the_work_of_a_step_grows_with_its_size(run: dict, key: str) -> None:
    usual = RUN.validate_python(run)
    twice = RUN.validate_python(run | {key: 2 * getattr(usual, key)})
    assert twice.step_work == 2 * usual.step_work
