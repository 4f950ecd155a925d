"""What a digest covers, field by field, and what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from boundary.config.benchmarks import registry
from boundary.config.lab import Distil, LabBenchmark, Pretrain, Reinforce
from boundary.config.model import Model
from boundary.config.protocol import Protocol
from boundary.jobs.endpoint import Behind
from boundary.plan import Plan, identity
from boundary.plan.study import Plan as PlanClass

Planned = Callable[..., Plan]

#: A change of each field of a protocol; n and the device are no part of its identity.
PROTOCOL: dict[str, Any] = {
    "temperature": 0.9,
    "top_p": 0.8,
    "max_tokens": 17,
    "samples_per_shard": 8,
    "seed": 2,
    "engine": "vllm",
    "batch_size": 4,
    "max_model_len": 64,
    "token_logprobs": True,
    "top_k": 20,
    "min_p": 0.05,
    "repetition_penalty": 1.05,
    "presence_penalty": 1.5,
    "frequency_penalty": 0.5,
    "sampler": {"power": {"alpha": 4.0, "steps": 10}},
}
#: The digests of the smoke study. They change only when what they stand for changes:
#: then samples are drawn anew, and LAB_REVISION or SAMPLER_REVISION says so.
GOLDEN = {
    "base": "base-6d04468e9bbb",
    "rl-1": "rl-1-3951116af6fa",
    "rl": "rl-d9eaa36c3dff",
    "tiny": "tiny-1dfaf70a7458",
    "t1": "t1-58dcba26c443",
    "run base": "base-d6b3cffd9fc3",
    "run grpo": "grpo-ff4fd0630938",
}


def labels(plan: PlanClass) -> dict[str, str]:
    """Return every label of the smoke study."""
    by = plan.identity
    return {
        **{name: by.model_label(name) for name in plan.study.models},
        **{name: by.benchmark_label(name) for name in plan.study.benchmarks},
        **{name: by.protocol_label(name, "tiny") for name in plan.study.protocols},
        **{f"run {name}": by.run_label(name) for name in plan.study.lab},
    }


def changed(before: PlanClass | dict[str, str], after: PlanClass) -> set[str]:
    """Return the names whose label differs."""
    old = before if isinstance(before, dict) else labels(before)
    new = labels(after)
    assert set(old) == set(new)
    return {name for name in old if old[name] != new[name]}


def test_the_digests_have_not_drifted(plan: Planned) -> None:
    assert labels(plan()) == GOLDEN, (
        "identities of config/studies/smoke.yaml have changed, so every sample of every study "
        "would be drawn anew; if that is meant, bump the revision and write them down here"
    )


def test_every_field_of_a_protocol_is_tried() -> None:
    assert set(PROTOCOL) == set(Protocol.model_fields) - {"n", "prompt", "device"}


@pytest.mark.parametrize("field", PROTOCOL)
def test_every_field_of_a_protocol_is_its_identity(field: str, plan: Planned) -> None:
    # max_model_len goes with vllm alone
    before = {"protocols.t1.engine": "vllm"} if field == "max_model_len" else {}
    if field == "sampler":
        before = {"protocols.t1.top_p": 1.0}
    if field.endswith("_penalty"):
        before = {"analyses.likelihood.samplers": []}
    after = before | {f"protocols.t1.{field}": PROTOCOL[field]}
    assert changed(plan(before), plan(after)) == {"t1"}


def test_the_machine_is_no_identity(plan: Planned) -> None:
    """A block may be piloted on a CPU; the shard says what it ran on."""
    assert changed(plan(), plan({"protocols.t1.device": "gpu"})) == set()
    assert changed(plan(), plan({"models.rl.gpu_memory_utilization": 0.5})) == set()


def test_n_is_no_identity(plan: Planned) -> None:
    assert changed(plan(), plan({"protocols.t1.n": 64})) == set()
    assert changed(plan(), plan({"models.rl.n": 64})) == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("protocols.t1.temperature", 1),
        ("models.rl.role", "reference"),
        ("models.rl.step", 7),
        ("models.rl.source", "lab:grpo@2"),
        ("study", "another"),
        ("analyses.bootstrap", 300),
        ("protocols.t1.prompt", "raw"),
        ("lab.base.noise", 0.33),
        ("lab.grpo.minority_share", 0.1),
        ("figures", []),
    ],
)
def test_words_and_defaults_are_no_identity(path: str, value: Any, plan: Planned) -> None:
    assert changed(plan(), plan({path: value})) == set()


def test_the_text_of_a_prompt_is_identity_and_its_name_is_not(
    plan: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plan()
    prompts = tmp_path / "config/prompts"
    prompts.mkdir(parents=True)
    (prompts / "same.yaml").write_text('template: "{question}"\nstop: []\n')
    (prompts / "raw.yaml").write_text('template: "Q: {question}"\n')
    monkeypatch.chdir(tmp_path)
    assert changed(before, plan({"protocols.t1.prompt": "same"})) == set()
    assert changed(before, plan()) == {"t1"}


def test_stop_strings_are_identity(
    plan: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plan({"protocols.t1.engine": "vllm"})
    (tmp_path / "config/prompts").mkdir(parents=True)
    (tmp_path / "config/prompts/raw.yaml").write_text('template: "{question}"\nstop: ["#"]\n')
    monkeypatch.chdir(tmp_path)
    assert changed(before, plan({"protocols.t1.engine": "vllm"})) == {"t1"}


def test_the_sampler_revision_is_identity(plan: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    before = labels(plan())
    monkeypatch.setattr(identity, "SAMPLER_REVISION", identity.SAMPLER_REVISION + 1)
    assert changed(before, plan()) == {"t1"}


def test_the_lab_revision_is_identity(plan: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    before = labels(plan())
    monkeypatch.setattr(identity, "LAB_REVISION", identity.LAB_REVISION + 1)
    assert changed(before, plan()) == set(GOLDEN) - {"t1"}


def test_the_revision_of_a_task_is_identity(plan: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    before = labels(plan())
    first = replace(identity.TASKS["registers"], revision=1)
    monkeypatch.setattr(identity, "TASKS", {"registers": first})
    assert changed(before, plan()) == set(GOLDEN) - {"t1"}


def test_the_name_of_the_first_task_is_not_identity(plan: Planned) -> None:
    named = [f"lab.{run}.task" for run in ("base", "grpo")] + ["benchmarks.tiny.lab.task"]
    assert changed(plan(), plan(dict.fromkeys(named, "registers"))) == set()


RUN_FIELDS: dict[str, Any] = {
    "lengths": [3, 5],
    "warmup": 2,
    "gradient_clip": 0.5,
    "seed": 3,
    "hidden": 32,
    "layers": 2,
    "heads": 4,
    "head_dim": 4,
    "mlp": 16,
    "steps": 6,
    "batch_operations": 9,
    "batch_min": 3,
    "noise": 0.1,
    "marker_follows": True,
    "forward_share": [0.1, 0.2],
    "phase_switch": 0.1,
    "learning_rate": 0.1,
    "muon_learning_rate": 0.1,
}


def test_every_field_of_a_run_is_tried() -> None:
    assert set(RUN_FIELDS) == set(Pretrain.model_fields) - {"recipe", "task", "start"}


def test_a_run_that_goes_on_hangs_on_its_start(plan: Planned) -> None:
    longer = {"lab.longer": {"recipe": "pretrain", "start": "base"}}
    changes: tuple[dict[str, Any], ...] = ({}, {"lab.base.seed": 3}, {"lab.longer.seed": 3})
    assert len({plan(longer | each).identity.run("longer") for each in changes}) == 3


@pytest.mark.parametrize("field", RUN_FIELDS)
def test_every_setting_of_a_run_is_its_and_its_childrens_identity(
    field: str, plan: Planned
) -> None:
    after = plan({f"lab.base.{field}": RUN_FIELDS[field]})
    assert changed(plan(), after) == {"run base", "run grpo", "base", "rl", "rl-1"}


@pytest.mark.parametrize("field", sorted(set(Reinforce.model_fields) - {"recipe", "start", "task"}))
def test_every_setting_of_reinforcement_is_identity(field: str, plan: Planned) -> None:
    tried: dict[str, Any] = {
        "lengths": [3, 5],
        "warmup": 0,
        "gradient_clip": 0.5,
        "seed": 3,
        "steps": 3,
        "checkpoints": [1, 2],
        "prompts": 3,
        "group": 3,
        "minority_share": 0.4,
        "learning_rate": 0.1,
        "algorithm": "rloo",
        "reward": "chain",
        "kl": 0.1,
        "entropy": 0.1,
        "updates": 2,
        "clip": [0.1, 0.1],
        "k": 2,
        "bonus": 0.5,
        "value_learning_rate": 0.1,
    }
    # An option is tried where it is taken, against the same run without it.
    needed: dict[str, dict[str, Any]] = {
        "clip": {"updates": 2},
        "k": {"algorithm": "passk", "k": 1},
        "bonus": {"algorithm": "unlikeliness"},
        "value_learning_rate": {"algorithm": "ppo", "steps": 4},
    }
    with_it = {f"lab.grpo.{key}": value for key, value in needed.get(field, {}).items()}
    before, after = plan(with_it), plan(with_it | {f"lab.grpo.{field}": tried[field]})
    assert changed(before, after) == {"run grpo", "rl", "rl-1"}


def test_a_teacher_is_identity(plan: Planned) -> None:
    taught = {"recipe": "distil", "start": "base", "teacher": "grpo"}
    edits = {"lab.taught": taught, "models.rl.source": "lab:taught"}
    assert changed(plan(edits), plan({**edits, "lab.grpo.seed": 4})) == {
        "run grpo",
        "run taught",
        "rl",
        "rl-1",
    }
    assert set(Distil.model_fields) >= {"start", "teacher", "traces"}


@pytest.mark.parametrize("field", sorted(set(LabBenchmark.model_fields) - {"task"}))
def test_every_setting_of_a_benchmark_is_its_identity(field: str, plan: Planned) -> None:
    tried: dict[str, Any] = {"problems": 8, "lengths": [4], "minority_share": 0.5, "seed": 2}
    assert changed(plan(), plan({f"benchmarks.tiny.lab.{field}": tried[field]})) == {"tiny"}


def test_a_step_is_identity(plan: Planned) -> None:
    by = plan().identity
    assert by.lab_source("rl") == ("grpo", 2)
    assert by.lab_source("rl-1") == ("grpo", 1)
    assert by.model_label("rl").rpartition("-")[2] != by.model_label("rl-1").rpartition("-")[2]


def test_counts_are_told_apart_by_file_and_name(plan: Planned) -> None:
    def label(source: str) -> str:
        model = {"source": source, "role": "reference"}
        return plan({"models.paper": model}).identity.model_label("paper").rpartition("-")[2]

    assert label("counts:a.csv") == label("counts:a.csv#paper")
    assert len({label("counts:a.csv"), label("counts:b.csv"), label("counts:a.csv#x")}) == 3
    found = plan({"models.paper": {"source": "counts:dir/a.csv", "role": "base"}})
    assert found.identity.counts_source("paper") == ("dir/a.csv", "paper")


def test_every_field_of_a_model_is_thought_of() -> None:
    """A new field must be identity, or be named here as a word beside it."""
    words = {"role", "base", "n", "step", "unverified", "citation", "settings", "caution"}
    machine = {"tensor_parallel_size", "gpu_memory_utilization", "parameters"}
    assert set(Model.model_fields) == words | machine | {"source", "reading", "endpoint", *OUTSIDE}


OUTSIDE: dict[str, Any] = {
    "revision": "b" * 40,
    "adapter": {"source": "hf:a/lora", "revision": "c" * 40},
    "dtype": "bfloat16",
    "quantization": "awq",
}


def hub_model(**fields: Any) -> dict[str, Any]:
    """Return the smoke study's edit that takes one model from the hub."""
    model = {"source": "hf:a/b", "role": "rl", "base": "base", "revision": "a" * 40} | fields
    return {
        "models.rl": {key: value for key, value in model.items() if value is not None},
        "protocols.t1.engine": "vllm",
        "protocols.t1.prompt": "raw",
        "comparisons.0.allow_differences": ["dtype", "quantization"],
        "analyses.likelihood": None,
        "series": {},
        "figures": ["passk"],
    }


@pytest.mark.parametrize("field", OUTSIDE)
def test_what_tells_weights_apart(field: str, plan: Planned) -> None:
    before = plan(hub_model())
    assert changed(before, plan(hub_model(**{field: OUTSIDE[field]}))) == {"rl"}


@pytest.mark.parametrize("field", ["tensor_parallel_size", "gpu_memory_utilization"])
def test_where_weights_run_is_no_identity(field: str, plan: Planned) -> None:
    before, after = plan(hub_model()), plan(hub_model(**{field: 1 if "size" in field else 0.5}))
    assert changed(before, after) == set()


def test_weights_in_a_file_are_told_by_content(plan: Planned, tmp_path: Path) -> None:
    for name, value in (("one", 1.0), ("two", 1.0), ("three", 2.0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
        save_file({"w": np.full(3, value)}, tmp_path / name / "model.safetensors")
    one, two, three = (
        labels(plan(hub_model(source=f"file:{tmp_path / name}", revision=None)))["rl"]
        for name in ("one", "two", "three")
    )
    assert one == two != three


def test_problems_in_a_file_are_told_by_content(plan: Planned, tmp_path: Path) -> None:
    row = '{"problem_id": "a", "question": "1+1?", "answer": "2"}\n'
    found = []
    for name, text in (("one", row), ("two", row), ("three", row * 2)):
        (tmp_path / f"{name}.jsonl").write_text(text)
        found.append(labels(plan({"benchmarks.tiny": {"source": f"file:{tmp_path}/{name}.jsonl"}})))
    assert found[0] == found[1]
    assert changed_labels(found[0], found[2]) == {"tiny"}


def changed_labels(one: dict[str, str], two: dict[str, str]) -> set[str]:
    return {name for name in one if one[name] != two[name]}


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 5},
        {"kind": "code"},
        {"registry": "gsm8k"},
        {"source": "github:a/b", "revision": "d" * 40},
    ],
)
def test_where_problems_come_from_is_identity(fields: dict[str, Any], plan: Planned) -> None:
    before = plan({"benchmarks.tiny": {"registry": "math500"}})
    after = plan({"benchmarks.tiny": {"registry": "math500"} | fields})
    assert changed(before, after) == {"tiny"}


def test_an_edited_entry_of_the_registry_is_another_benchmark(
    plan: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words about the data are none of its identity; what decides the problems is."""
    edits = {"benchmarks.tiny": {"registry": "livecodebench_v5"}}
    before, entries = labels(plan(edits)), registry()
    entry = entries["livecodebench_v5"]
    window = entry.window.model_copy(update={"first": date(2024, 9, 1)})
    for change, stale in (
        ({"note": "read", "citation": "X", "title": "Y"}, set()),
        ({"window": window}, {"tiny"}),
        ({"adapter": "gsm8k"}, {"tiny"}),
        ({"files": entry.files[:1]}, {"tiny"}),
    ):
        monkeypatch.setitem(entries, "livecodebench_v5", entry.model_copy(update=change))
        assert changed(before, plan(edits)) == stale


def test_a_model_behind_an_endpoint_is_what_is_declared_of_it(plan: Planned) -> None:
    def label(**changes: Any) -> str:
        endpoint = {"url": "http://localhost/v1", "model": "m", "declared": "2026-01"} | changes
        model = {"source": "api:somewhere", "role": "reference", "endpoint": endpoint}
        return plan({"models.far": model}).identity.model_label("far")

    how = {"url": "https://h/v1", "key_env": "KEY", "concurrency": 3, "timeout": 9.0, "retries": 1}
    how |= {"prices": {"input": 1.0, "output": 2.0}, "max_cost": 3.0, "probe_tokens": 5}
    assert label() == label(**how)
    served = {"model": "n", "declared": "2026-02", "interface": "chat", "seeded": False}
    served |= {"extensions": False, "tokenizer": "file:nowhere"}
    assert {*how, *served} == {*Behind.model_fields}
    assert len({label(), *(label(**{key: value}) for key, value in served.items())}) == 7
