"""The cost of a study: from the table, from pilots, of what is left and of everything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.config import read_study
from boundary.errors import InputError
from boundary.estimate.concerns import concerns
from boundary.estimate.estimate import estimate_study
from boundary.plan import Plan

from .conftest import write_block

ROOT = Path(__file__).resolve().parents[3]


def test_from_the_table(study: Callable[..., Plan]) -> None:
    """Two blocks of 500 problems, 32 samples and 600 tokens, at 5,300 tokens a second."""
    cost = estimate_study(study())
    arm = cost.arms[0]
    assert (arm.model, arm.benchmark, arm.protocol) == ("base", "math500", "p")
    assert (arm.problems, arm.n, arm.samples_per_shard, arm.billions) == (500, 64, 32, 7)
    assert (arm.tokens_from, arm.speed_from) == ("table", "table")
    assert (arm.work.jobs, arm.work.done, arm.work.left, arm.work.gpus) == (2, 0, 2, 1)
    assert arm.work.tokens == 9_600_000
    assert arm.work.seconds == pytest.approx(116 + 9_600_000 / 5300)
    assert cost.gpu == "A100-80GB"
    hours = 2 * sum(a.work.seconds or 0 for a in cost.arms) / 3600
    total = cost.total(left=True)
    assert total.gpu_hours == pytest.approx(hours)
    assert total.gpu_hours < total.most_gpu_hours
    assert total.tokens == 2 * 2 * (9_600_000 + 30 * 32 * 1500)
    assert total.most_tokens == 2 * 2 * (500 + 30) * 32 * 131072
    weights = 2 * 7e9 * 2
    assert total.bytes == pytest.approx(weights + 2 * sum(a.work.bytes or 0 for a in cost.arms))
    assert (total.core_hours, total.unknown) == (0, 0)
    assert cost.total(left=False) == total


def test_a_faster_gpu(study: Callable[..., Plan]) -> None:
    slow, fast = (estimate_study(study(), gpu=gpu) for gpu in (None, "H100-80GB"))
    assert fast.gpu == "H100-80GB"
    assert fast.total(left=True).gpu_hours < 0.7 * slow.total(left=True).gpu_hours
    with pytest.raises(InputError, match="no GPU 'TPU'"):
        estimate_study(study(), gpu="TPU")


def test_a_pilot_goes_before_the_table(study: Callable[..., Plan]) -> None:
    plan = study()
    size = write_block(plan.arms[0], 0, [400] * 100, 116 + 40.0)
    cost = estimate_study(plan)
    mine, rl, aime = cost.arms[0], cost.arms[1], cost.arms[2]
    assert (mine.tokens_from, mine.speed_from) == ("pilot", "pilot")
    assert (mine.work.jobs, mine.work.done, mine.work.left) == (2, 1, 1)
    assert mine.work.tokens == 500 * 32 * 400
    assert mine.work.seconds == pytest.approx(116 + 500 * 32 * 400 / 1000)
    assert mine.work.bytes == pytest.approx(500 * 32 * size / 100)
    # Another model goes by the table; the same one elsewhere by the speed that was seen.
    assert (rl.model, rl.tokens_from, rl.speed_from) == ("rl", "table", "table")
    assert (aime.benchmark, aime.tokens_from) == ("aime24", "table")
    assert aime.speed_from == "pilot of math500"
    assert aime.work.seconds == pytest.approx(116 + 30 * 32 * 1500 / 1000)
    left, everything = cost.total(left=True), cost.total(left=False)
    assert everything.tokens - left.tokens == mine.work.tokens
    assert estimate_study(plan, pilots=False).arms[0].tokens_from == "table"


def test_a_pilot_that_was_not_timed(study: Callable[..., Plan]) -> None:
    plan = study()
    write_block(plan.arms[0], 0, [4000] * 100, None)
    mine = estimate_study(plan).arms[0]
    assert (mine.tokens_from, mine.speed_from) == ("pilot", "table")
    assert mine.basis.speed == pytest.approx(5300 * 0.5**0.7)


def test_another_engine_or_machine_is_no_pilot(study: Callable[..., Plan]) -> None:
    edits: dict[str, Any] = {
        "protocols.slow": {
            "max_tokens": 131072,
            "n": 64,
            "samples_per_shard": 32,
            "engine": "transformers",
            "prompt": "raw",
        },
        "comparisons.0.other_protocol": "slow",
        "comparisons.0.other": "base",
        "comparisons.0.allow_differences": ["engine"],
    }
    plan = study(edits)
    write_block(plan.arms[0], 0, [400] * 100, 156.0)
    found = {(a.benchmark, a.protocol): a.speed_from for a in estimate_study(plan).arms}
    assert found == {
        ("math500", "p"): "pilot",
        ("math500", "slow"): "table",
        ("aime24", "p"): "pilot of math500",
        ("aime24", "slow"): "table",
    }


def test_what_is_unknown_is_not_nothing(study: Callable[..., Plan]) -> None:
    """A local file whose rows nobody counted, and a model whose size nothing tells."""
    edits = {
        "benchmarks.own": {"source": "file:own.jsonl"},
        "comparisons.0.benchmarks": ["own", "aime24"],
        "models.base.source": "hf:x/y",
        "models.rl.source": "hf:x/z",
    }
    plan = study(edits)
    Path("own.jsonl").write_text("")
    cost = estimate_study(plan)
    rows, size = cost.arms[0].work, cost.arms[2].work
    assert rows.tokens is rows.seconds is rows.bytes is None
    assert size.tokens == 30 * 32 * 1500
    assert size.seconds is None
    assert cost.total(left=True).unknown == 4
    told = concerns(plan, cost)
    assert sum(line.startswith("benchmarks.own: how many problems") for line in told) == 1
    assert sum(line.startswith("models.base.parameters: missing") for line in told) == 1
    # Once its table is made, it is counted; once the model is here, so is that.
    path = Path(plan.arms[0].problems)
    path.parent.mkdir(parents=True)
    pl.DataFrame({"problem_id": ["a"] * 10}).write_parquet(path)
    for model in ("base", "rl"):
        summary = Path(plan.model_file(model))
        summary.parent.mkdir(parents=True)
        summary.write_text(json.dumps({"parameters": 7_600_000_000, "files": {"a": 30, "b": 12}}))
    cost = estimate_study(plan)
    assert cost.total(left=True).unknown == 0
    assert (cost.arms[0].problems, cost.arms[0].billions) == (10, 7.6)
    assert cost.weights == {"base": (42, True), "rl": (42, True)}
    assert cost.total(left=False).bytes - cost.total(left=True).bytes == 84


def test_likelihoods_and_training(study: Callable[..., Plan]) -> None:
    likelihood = {"models": ["base", "rl"], "benchmarks": ["aime24"], "protocol": "p"}
    cost = estimate_study(study({"analyses": {"likelihood": likelihood}}))
    assert [other.rule for other in cost.others] == ["score_responses"] * 4
    assert cost.others[1].what == "base on aime24 under rl"
    # 32 responses to 30 problems, twice as fast as sampling.
    assert cost.others[1].work.seconds == pytest.approx(116 + 30 * 32 * 1500 / 10600)
    hours = [estimate_study(study(e)).total(left=True).gpu_hours for e in ({}, {"analyses": {}})]
    assert hours[0] == hours[1] < cost.total(left=True).gpu_hours
    lab = estimate_study(Plan(read_study(ROOT / "config/config.yaml")), cores=2)
    crossed = {o.what: o.work.seconds for o in lab.others if o.rule == "cross_sample"}
    # Each took 24 and 28 seconds.
    assert crossed == pytest.approx({"rl in base on short": 26, "base in rl on short": 26}, rel=0.2)
    times = {o.what: o.work.seconds for o in lab.others if o.rule == "train_model"}
    # As measured on two cores: 49, 70, 50 and 24 seconds.
    expected = {"base": 49, "grpo": 70, "teacher": 50, "student": 24}
    assert times == pytest.approx(expected, rel=0.1)
    assert lab.total(left=True).gpu_hours == 0


def test_the_default_study_takes_what_was_measured() -> None:
    """A block of short problems took 8 seconds, one of long problems 9 (two cores)."""
    cost = estimate_study(Plan(read_study(ROOT / "config/config.yaml")), cores=2, pilots=False)
    found = {arm.benchmark: arm.work.seconds for arm in cost.arms if arm.model == "base"}
    assert found == pytest.approx({"short": 8.0, "short-q": 7.2, "long": 9.3}, rel=0.12)
