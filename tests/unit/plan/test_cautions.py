"""What a study may do otherwise than it means to is said, and what is meant is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from boundary.plan import Plan, page_specs, plan_study
from boundary.plan.cautions import cautions
from job_specs import tables_spec

Raw = dict[str, Any]
Planned = Callable[..., Plan]
SHA = "0" * 40


def cautions_of(plan: Plan) -> list[str]:
    return cautions(plan.study, plan.arms)


def model(name: str, role: str, base: str | None = None, **more: Any) -> Raw:
    """Return a model of the hub."""
    entry = {"source": f"hf:org/{name}-7B", "revision": SHA, "role": role, "dtype": "bfloat16"}
    return entry | ({"base": base} if base else {}) | more


def hub_study(models: Raw, base: str, other: str) -> Raw:
    """Return a study of models of the hub with one comparison."""
    return {
        "study": "s",
        "models": models,
        "benchmarks": {"math500": {}},
        "protocols": {
            "p": {
                "prompt": "raw",
                "engine": "vllm",
                "max_tokens": 9,
                "n": 8,
                "samples_per_shard": 8,
            }
        },
        "comparisons": [{"base": base, "other": other, "benchmarks": ["math500"], "protocol": "p"}],
    }


FAMILY = {
    "b": model("b", "base"),
    "i": model("i", "instruct", "b"),
    "r": model("r", "rl", "b"),
    "r2": model("r2", "rl", "b"),
    "ri": model("ri", "rl", "i"),
    "d": model("d", "distilled", "b"),
    "b14": model("b14", "base"),
    "wide": model("b", "base", dtype="float32"),
    "ref": model("ref", "reference"),
    "lone": model("lone", "rl"),
    "later": model("later", "rl", "lone"),
}


@pytest.mark.parametrize(
    ("base", "other", "told"),
    [
        ("r", "b", "base and other look exchanged: r was made from b"),
        ("ri", "b", "base and other look exchanged: ri was made from b"),
        ("ri", "i", "base and other look exchanged: ri was made from i"),
        ("lone", "b", "base and other look exchanged: lone has role rl, and b has role base"),
        ("i", "b14", "base and other look exchanged: i has role instruct, and b14 has role base"),
        ("b14", "r", "r was made from b, not from b14"),
        ("b14", "ri", "ri was made from i, not from b14"),
        ("lone", "later", "lone has role rl and no base of its own, yet later was made from it"),
    ],
)
def test_sides_that_look_exchanged(base: str, other: str, told: str) -> None:
    plan = plan_study(hub_study(FAMILY, base, other), "s.yaml")
    (found,) = cautions_of(plan)
    assert found.startswith(f"comparisons[0]: {told}.")
    assert (f"Write 'base: {other}' and 'other: {base}'" in found) == ("exchanged" in told)
    assert found in plan.warnings()
    (pair,) = json.loads(tables_spec(plan))["comparisons"]
    assert pair["cautions"] == [told]
    assert json.loads(page_specs.report_spec(plan))["warnings"] == [found]


@pytest.mark.parametrize(
    ("base", "other"),
    [
        ("b", "r"),
        ("b", "ri"),
        ("b", "d"),
        ("i", "ri"),
        ("r", "r2"),
        ("r", "d"),
        ("d", "r"),
        ("r2", "ri"),
        ("b", "b14"),
        ("b", "lone"),
        ("b", "ref"),
        ("ref", "r"),
        ("ref", "b"),
        ("r", "lone"),
        ("i", "r"),
        ("r", "i"),
    ],
)
def test_pairs_that_may_be_meant(base: str, other: str) -> None:
    assert cautions_of(plan_study(hub_study(FAMILY, base, other), "s.yaml")) == []


def test_one_model_in_two_types_is_one_base() -> None:
    raw = hub_study(FAMILY, "wide", "r")
    raw["comparisons"][0]["allow_differences"] = ["dtype"]
    assert cautions_of(plan_study(raw, "s.yaml")) == []


def test_bases_in_a_circle_end() -> None:
    models = {"a": model("a", "rl", "c"), "c": model("c", "rl", "a")}
    assert cautions_of(plan_study(hub_study(models, "a", "c"), "s.yaml")) == []


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        ({"comparisons.0.base": "rl", "comparisons.0.other": "base"}, "rl was made from base"),
        ({"comparisons.0.base": "rl", "comparisons.0.other": "rl-1"}, "rl was made from rl-1"),
        ({"comparisons.0.base": "rl-1", "comparisons.0.other": "base"}, "rl-1 was made from base"),
        ({"comparisons.0.base": "rl-1"}, None),
        ({}, None),
    ],
)
def test_runs_of_the_lab_tell_what_was_made_from_what(
    edits: Raw, told: str | None, plan: Planned
) -> None:
    bare = {"models.rl": {"source": "lab:grpo", "role": "rl"}}
    bare["models.rl-1"] = {"source": "lab:grpo@1", "role": "rl"}
    found = cautions_of(plan(bare | edits))
    assert [str(told) in line for line in found] == [True] * (told is not None)


@pytest.mark.parametrize(
    ("setting", "same"),
    [
        ({"temperature": 0}, "are one response"),
        ({"temperature": 0.0}, "are one response"),
        ({"temperature": 0.000001}, "are nearly one response"),
        ({"temperature": 0.05}, "are nearly one response"),
        ({"top_p": 0.001}, "are nearly one response"),
    ],
)
def test_greedy_decoding_of_several_samples(
    setting: dict[str, float], same: str, plan: Planned
) -> None:
    ((key, value),) = setting.items()
    made = plan({f"protocols.t1.{key}": value})
    line = (
        f"protocols.t1.{key}: {value:g} is greedy decoding: the 8 samples of a problem {same}, so "
        f"pass@k is flat in k. Take a higher {key}, or n: 1."
    )
    assert cautions_of(made) == [line]
    assert line in made.warnings()
    (pair,) = json.loads(tables_spec(made))["comparisons"]
    assert pair["cautions"] == [
        f"greedy decoding of base ({key} {value:g}), other ({key} {value:g}): samples of a problem "
        f"are one response, or nearly, so its pass@k is flat in k"
    ]


def test_one_greedy_sample_is_what_it_is(plan: Planned) -> None:
    greedy = {"protocols.t1.temperature": 0, "protocols.t1.n": 1}
    made = plan(greedy | {"protocols.t1.samples_per_shard": 1})
    assert cautions_of(made) == []
    (pair,) = json.loads(tables_spec(made))["comparisons"]
    assert pair["cautions"] == []


@pytest.mark.parametrize("temperature", [0.1, 0.6, 1])
def test_sampling_is_not_greedy(temperature: float, plan: Planned) -> None:
    assert cautions_of(plan({"protocols.t1.temperature": temperature})) == []


def test_one_greedy_side_is_named(raw: Raw) -> None:
    raw["protocols"]["cold"] = {**raw["protocols"]["t1"], "temperature": 0}
    raw["comparisons"][0] |= {"other_protocol": "cold", "allow_differences": ["temperature"]}
    (pair,) = json.loads(tables_spec(plan_study(raw, "x")))["comparisons"]
    assert pair["cautions"][0].startswith("greedy decoding of other (temperature 0): ")


def test_sides_on_unlike_machines() -> None:
    models = FAMILY | {"r": model("r", "rl", "b", tensor_parallel_size=4)}
    plan = plan_study(hub_study(models, "b", "r"), "s.yaml")
    assert cautions_of(plan) == [
        "comparisons[0]: b is split over 1 and r over 4 GPUs (tensor_parallel_size), which rounds "
        "sums otherwise; give both the same."
    ]
    assert json.loads(tables_spec(plan))["comparisons"][0]["cautions"] == []


def test_sides_on_unlike_devices(raw: Raw) -> None:
    raw["protocols"]["gpu"] = {**raw["protocols"]["t1"], "device": "gpu"}
    raw["comparisons"][0]["other_protocol"] = "gpu"
    assert cautions_of(plan_study(raw, "x")) == [
        "comparisons[0]: base is sampled on a cpu and rl on a gpu (device), which rounds sums "
        "otherwise; give both the same."
    ]


def test_float32_of_a_large_model_is_said() -> None:
    raw = hub_study(FAMILY, "b", "r")
    raw["protocols"]["p"]["engine"] = "transformers"
    assert plan_study(raw, "x").warnings() == []
    for name in ("b", "r"):
        raw["models"][name] = {k: v for k, v in raw["models"][name].items() if k != "dtype"}
    found = plan_study(raw, "x").warnings()
    assert [line.partition(",")[0] for line in found] == [
        "models.b.dtype: missing",
        "models.r.dtype: missing",
    ]
    raw["protocols"]["p"]["engine"] = "vllm"
    assert plan_study(raw, "x").warnings() == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("prompt", "raw"),
        ("temperature", 1.0),
        ("temperature", 1),
        ("seed", 1),
        ("engine", "transformers"),
        ("batch_size", 2048),
        ("max_model_len", None),
        ("device", "cpu"),
        ("token_logprobs", None),
    ],
)
def test_a_default_that_is_written_changes_no_digest(
    key: str, value: object, plan: Planned
) -> None:
    assert plan({f"protocols.t1.{key}": value}).arms == plan().arms


def test_likelihoods_without_entropy_are_told(plan: Planned) -> None:
    def lines(edits: Raw) -> list[str]:
        return [line for line in cautions_of(plan(edits)) if "entropy" in line]

    assert lines({}) == []
    assert (
        lines({"protocols.t1.engine": "vllm", "analyses.likelihood.engine": "transformers"}) == []
    )
    (line,) = lines({"analyses.likelihood.engine": "vllm"})
    assert line.startswith("analyses.likelihood: the engine vllm tells no entropy")
    assert "'engine: transformers'" in line
