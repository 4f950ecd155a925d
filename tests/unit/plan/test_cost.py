"""Tokens, seconds and bytes of a block: oracles by hand, and what must hold of any study."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import read_study
from boundary.config.throughput import SHIPPED, read_throughput
from boundary.plan import Plan
from boundary.plan.cost import (
    Basis,
    Place,
    gpu_speed,
    length_factor,
    parameters_of,
    place_of,
    response_tokens,
    sampling_basis,
    scoring_basis,
    size_in_name,
    start_up,
    table_speed,
    thinks_long,
)
from harness import STUDIES

ROOT = Path(__file__).resolve().parents[3]
TABLE = read_throughput(SHIPPED)
A100 = TABLE.gpus["A100-80GB"]
COMMIT = "0" * 40
PLACE = Place(
    gpus=1,
    threads=4,
    engine="vllm",
    lab=False,
    billions=7.0,
    weight_gb=14.0,
    utilization=0.9,
)
MATH = {
    "models.base": {"source": "hf:Qwen/Qwen2.5-7B", "role": "base", "revision": COMMIT},
    "models.rl": {"source": "hf:x/zoo", "role": "rl", "base": "base", "revision": COMMIT},
    "benchmarks.tiny": {"registry": "math500"},
    "protocols.t1": {
        "prompt": "raw",
        "temperature": 0.6,
        "max_tokens": 131072,
        "n": 128,
        "samples_per_shard": 32,
        "engine": "vllm",
    },
    "series": {},
}


def math(edits: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return edits that make the smoke study one of real models, and more."""
    return copy.deepcopy(MATH) | (edits or {})


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("Qwen2.5-7B", 7),
        ("Qwen-2.5-14B-SimpleRL-Zoo", 14),
        ("Llama-3.1-8B", 8),
        ("Qwen2.5-Math-1.5B", 1.5),
        ("Qwen2.5-7B-Instruct-1M", 7),
        ("DAPO-Qwen-32B", 32),
        ("SmolLM2-135M-Instruct.Q4_1.gguf", 0.135),
        ("gemma-3-270m-it", 0.27),
        ("pythia-1.4b", 1.4),
        ("model_7b", 7),
        ("Qwen3-30B-A3B", 30),
        ("Mixtral-8x7B", None),
        ("phi-1_5", None),
        ("llama-7bit", None),
        ("model-0B", None),
        ("", None),
    ],
)
def test_a_size_in_a_name(name: str, billions: float | None) -> None:
    assert size_in_name(name) == billions


def test_where_a_size_comes_from(plan: Callable[..., Plan]) -> None:
    def size(edits: dict[str, Any], model: str = "rl") -> float | None:
        return parameters_of(plan(math(edits)).study, model)

    assert size({}) == 7  # the base's
    assert size({}, "base") == 7
    assert size({"models.rl.parameters": 7.6}) == 7.6
    assert size({"models.base.parameters": 8}) == 8
    assert size({"models.rl.source": "hf:org-70B/x-3B"}) == 3  # not the organisation's
    assert size({"models.base.source": "hf:x/y"}, "base") is None
    assert size({"models.base.source": "hf:x/y", "models.base.base": "rl"}) is None  # in a circle
    assert size({"models.base": {"source": "file:/m/Q-3B/step-9", "role": "base"}}, "base") == 3
    gguf = {"source": "pypi:x-9b==1#a/y-135M.gguf", "role": "base", "revision": "0" * 64}
    assert size({"models.base": gguf}, "base") == 0.135


def test_parameters_are_no_part_of_identity(plan: Callable[..., Plan]) -> None:
    labels = {
        plan(math({"models.rl.parameters": value})).identity.model_label("rl")
        for value in (None, 7, 7.6)
    }
    assert len(labels) == 1


@pytest.mark.parametrize(
    ("edits", "long"),
    [
        ({}, False),
        ({"models.rl.role": "distilled"}, True),
        ({"models.rl.source": "hf:a/DeepCoder-14B-Preview"}, True),
        ({"models.base.source": "hf:deepseek-ai/DeepSeek-R1-Distill-Qwen-14B"}, True),
        ({"models.base.source": "hf:Qwen/Qwen2.5-7B-Instruct"}, False),
    ],
)
def test_who_writes_long_chains(
    edits: dict[str, Any], long: bool, plan: Callable[..., Plan]
) -> None:
    assert thinks_long(plan(math(edits)).study, "rl", TABLE) is long


def test_expected_lengths(plan: Callable[..., Plan]) -> None:
    def tokens(edits: dict[str, Any]) -> float:
        made = plan(math(edits))
        return response_tokens(made.identity, made.arm("rl", "tiny", "t1"))

    assert tokens({}) == TABLE.responses.short["math500"]
    assert tokens({"models.rl.role": "distilled"}) == TABLE.responses.long["math500"]
    cut = 600 * (1 - 2.718281828 ** (-300 / 600))
    assert tokens({"protocols.t1.max_tokens": 300}) == pytest.approx(cut)
    assert 9 < tokens({"protocols.t1.max_tokens": 10}) < 10
    code = {"benchmarks.tiny": {"registry": "livecodebench_v5"}}
    assert tokens(code) == TABLE.responses.short["livecodebench_v5"]
    assert (
        tokens({"benchmarks.tiny": {"source": "file:own.jsonl"}}) == TABLE.responses.short["math"]
    )


def test_expected_lengths_of_the_lab_are_those_of_its_traces(plan: Callable[..., Plan]) -> None:
    import numpy as np

    from boundary.tasks.corpus import trace_ids

    drawn = {"problems": 12, "lengths": [3, 5], "minority_share": 0.25, "seed": 1}
    made = plan({"benchmarks.tiny.lab": drawn, "protocols.t1.max_tokens": 48})
    widths = [
        trace_ids(np.zeros(1, bool), np.zeros((1, n), int), 0.0, np.random.default_rng(0)).shape[1]
        for n in (3, 5)
    ]
    assert response_tokens(made.identity, made.arms[0]) == sum(widths) / 2


def test_a_speed_between_two_sizes() -> None:
    assert gpu_speed(A100, 7) == 5300
    assert gpu_speed(A100, 0.1) == A100.tokens_per_second[0.5]
    assert gpu_speed(A100, 140) == pytest.approx(A100.tokens_per_second[70] / 2)
    middle = (7 * 14) ** 0.5
    assert gpu_speed(A100, middle) == pytest.approx((5300 * 2800) ** 0.5)
    speeds = [gpu_speed(A100, 0.2 * 1.1**i) for i in range(80)]
    assert speeds == sorted(speeds, reverse=True)


def test_longer_responses_are_slower() -> None:
    assert length_factor(10) == length_factor(2000) == 1
    assert length_factor(4000) == pytest.approx(0.5**0.7)
    assert length_factor(16384) == pytest.approx(0.229, abs=0.001)


def test_the_speed_of_a_job() -> None:
    from dataclasses import replace

    assert table_speed(PLACE, 1000) == 5300
    assert table_speed(PLACE, 1000, gpu="H100-80GB") == 9700
    assert table_speed(replace(PLACE, gpus=2), 1000) == 10600
    assert table_speed(replace(PLACE, engine="transformers"), 1000) == pytest.approx(0.2 * 5300)
    assert table_speed(replace(PLACE, billions=None, weight_gb=None), 1000) is None
    # 64 GB of weights on 72 usable: 0.89 of them.
    big = replace(PLACE, billions=32.0, weight_gb=64.0)
    assert table_speed(big, 1000) == pytest.approx(1300 * (1 - 1.3 * (64 / 72 - 0.5)))
    assert table_speed(replace(big, gpus=2), 1000) == pytest.approx(2600)
    assert big.filled(A100) == pytest.approx(64 / 72)
    cpu = replace(PLACE, gpus=0, threads=16, billions=0.135, weight_gb=0.54)
    assert table_speed(cpu, 200, cores=2) == pytest.approx(90, rel=0.02)  # as measured
    assert table_speed(cpu, 200) == pytest.approx(8 * 90, rel=0.02)
    assert cpu.filled(A100) == 0
    lab = Place(0, 1, "transformers", True, None, None, 0.9)
    assert table_speed(lab, 40) == TABLE.lab.tokens_per_second["transformers"]
    assert table_speed(replace(lab, engine="vllm", threads=16), 40) == 7000
    assert table_speed(replace(lab, gpus=1), 40) == pytest.approx(0.2 * 12000)


def test_seconds_before_the_first_token() -> None:
    from dataclasses import replace

    assert start_up(PLACE) == 60 + 7 * 8
    assert start_up(replace(PLACE, gpus=0)) == 90
    assert start_up(Place(0, 1, "transformers", True, None, None, 0.9)) == 6.5


def test_where_a_job_runs(plan: Callable[..., Plan]) -> None:
    def place(edits: dict[str, Any]) -> Place:
        allowed = {"comparisons.0.allow_differences": ["dtype", "quantization"]}
        return place_of(plan(math(allowed | edits)).identity, "rl", "t1")

    assert place({}) == PLACE
    assert place({"models.rl.dtype": "float32"}).weight_gb == 28
    assert place({"models.rl.quantization": "fp8"}).weight_gb == 7
    assert place({"protocols.t1.device": "cpu"}).gpus == 0
    assert place_of(plan(math()).identity, "rl", "t1", 7.6).billions == 7.6
    two = place({"models.rl.tensor_parallel_size": 2, "models.rl.gpu_memory_utilization": 0.8})
    assert (two.gpus, two.utilization) == (2, 0.8)


def test_a_block_by_hand(plan: Callable[..., Plan]) -> None:
    """500 problems, 32 samples, 600 tokens, at 5,300 tokens a second."""
    made = plan(math())
    arm = made.arms[0]
    basis = sampling_basis(made.identity, arm, place_of(made.identity, "base", "t1"))
    assert basis == Basis(500, 600.0, 131072.0, 5300.0, 116.0, 620.0, 9000.0)
    assert basis.block_tokens(32) == 9_600_000
    assert basis.block_seconds(32) == pytest.approx(116 + 9_600_000 / 5300)
    assert basis.block_tokens(32, most=True) == 500 * 32 * 131072
    slow = 5300 * (2000 / 131072) ** 0.7
    assert basis.block_seconds(32, most=True) == pytest.approx(116 + 500 * 32 * 131072 / slow)
    assert basis.block_bytes(32) == 500 * 32 * 620 + 9000
    scoring = scoring_basis(made.identity, arm, place_of(made.identity, "rl", "t1"))
    assert scoring.block_seconds(32) == pytest.approx(116 + 9_600_000 / 10600)


def test_token_log_probabilities_take_room(plan: Callable[..., Plan]) -> None:
    made = plan(math({"protocols.t1.token_logprobs": True}))
    basis = sampling_basis(made.identity, made.arms[0], place_of(made.identity, "base", "t1"))
    assert basis.row_bytes == 20 + 12 * 600


@pytest.mark.parametrize("unknown", [{"rows": None}, {"speed": None}])
def test_what_is_unknown_is_never_nothing(unknown: dict[str, Any]) -> None:
    from dataclasses import replace

    basis = replace(Basis(500, 600, 16384, 5300, 116, 620, 9000), **unknown)
    assert basis.block_seconds(4) is None
    assert basis.block_seconds(4, most=True) is None
    if basis.rows is None:
        assert basis.block_tokens(4) is basis.block_bytes(4) is None


@pytest.mark.parametrize("file", STUDIES, ids=lambda path: path.stem)
def test_every_study_has_a_cost(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    made = Plan(read_study(file))
    for arm in made.arms:
        if arm.published:
            continue
        basis = sampling_basis(made.identity, arm, place_of(made.identity, arm.model, arm.protocol))
        assert 0 < basis.tokens <= basis.most
        assert basis.speed is not None, f"models.{arm.model}: say its parameters"
        expected, most = basis.block_seconds(arm.shard), basis.block_seconds(arm.shard, most=True)
        if basis.rows is not None:
            assert expected is not None
            assert most is not None
            assert basis.start_up < expected <= most
