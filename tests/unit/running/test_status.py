"""How far a study is, by files alone: done, running, failed, silent, left."""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from boundary.estimate.stages import stages
from boundary.plan import Plan, plan_study
from boundary.running.status import FRESH, Begun, status_of
from boundary.sampling.lock import lock

NOW = 1_700_000_000.0
LINE = "sample base aime24 block 0: 5 of 9 samples, 1.0 samples/s, 5 s gone, 4 s left"
COMMIT = "0" * 40


def raw_study() -> dict[str, Any]:
    return {
        "study": "s",
        "models": {
            "base": {"source": "hf:Qwen/Qwen2.5-7B", "revision": COMMIT, "role": "base"},
            "rl": {"source": "hf:a/zoo-7B", "revision": COMMIT, "role": "rl", "base": "base"},
        },
        "benchmarks": {"aime24": {}},
        "protocols": {
            "p": {"prompt": "raw", "max_tokens": 512, "n": 64, "samples_per_shard": 32}
            | {"engine": "vllm"}
        },
        "comparisons": [{"base": "base", "other": "rl", "benchmarks": ["aime24"], "protocol": "p"}],
    }


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(yaml.safe_dump(raw_study()))
    return plan_study(raw_study(), "s.yaml")


def make(path: str | Path, text: str = "", age: float = 0.0) -> None:
    """Write a file that is so old."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, (NOW - age, NOW - age))


def blocks(plan: Plan) -> list[Any]:
    return [job for job in stages(plan).to_run if job.rule == "sample_block"]


def begun(plan: Plan) -> list[Begun]:
    return status_of(plan, NOW).begun


def test_of_a_fresh_study_everything_is_left(plan: Plan) -> None:
    reached = status_of(plan)
    assert reached.begun == []
    assert {rule: counts.left for rule, counts in reached.rules.items()} == {
        rule: count.all for rule, count in stages(plan).counts.items()
    }


def test_of_a_finished_study_everything_is_done(plan: Plan) -> None:
    for job in stages(plan).to_run:
        make(job.log, "Error: of long ago.\n")
        for path in job.outputs:
            make(path)
    reached = status_of(plan)
    assert reached.begun == []
    assert all(asdict(counts) == asdict(counts) | {"left": 0} for counts in reached.rules.values())
    assert all(counts.done == counts.all for counts in reached.rules.values())


def test_each_state_of_a_half_run_study(plan: Plan) -> None:
    fresh, failed, silent, left = blocks(plan)
    make(fresh.log, f"Warning: x\n{LINE}\n", FRESH - 1)
    make(failed.log, f"{LINE}\nError: no GPU is free.\n", 1)
    make(silent.log, "loading\n", FRESH + 1)
    states = [(job.output, job.state, job.text, job.seconds) for job in begun(plan)]
    assert states == [
        (fresh.outputs[0], "running", LINE, FRESH - 1),
        (failed.outputs[0], "failed", "Error: no GPU is free.", 1),
        (silent.outputs[0], "silent", None, FRESH + 1),
    ]
    counts = status_of(plan, NOW).rules["sample_block"]
    assert asdict(counts) == {
        **{"all": 4, "done": 0, "running": 1, "failed": 1, "silent": 1, "left": 1}
    }
    for path in (*left.ancient, *left.outputs):
        make(path)
    assert status_of(plan, NOW).rules["sample_block"].done == 1


def test_a_job_that_holds_its_lock_or_writes_parts_runs_though_its_log_is_old(plan: Plan) -> None:
    held, writing, *_ = blocks(plan)
    for job in (held, writing):
        make(job.log, "loading\n", 10 * FRESH)
    shards = [Path(job.outputs[0]) for job in (held, writing)]
    parts = [shard.with_name(f".{shard.name}.parts") for shard in shards]
    make(parts[0] / "lock", age=10 * FRESH)
    parts[1].mkdir(parents=True)
    for folder, age in zip(parts, (10 * FRESH, 5), strict=True):
        os.utime(folder, (NOW - age, NOW - age))
    with (parts[0] / "lock").open("a") as held_by:
        fcntl.flock(held_by, fcntl.LOCK_EX)
        assert [job.state for job in begun(plan)] == ["running", "running"]
    assert [job.state for job in begun(plan)] == ["silent", "running"]


def test_a_job_that_was_killed_on_this_machine_is_silent_at_once(plan: Plan) -> None:
    job, begins, elsewhere, _ = blocks(plan)
    for each, line in ((job, LINE), (begins, "loading"), (elsewhere, LINE)):
        make(each.log, f"{line}\n", 1)
        shard = Path(each.outputs[0])
        path = shard.with_name(f".{shard.name}.parts") / "lock"
        with lock(path):
            assert path.read_text() == platform.node()
    path.write_text("another machine")
    assert [each.state for each in begun(plan)] == ["silent", "running", "running"]


def test_the_command_tells_it_to_people_and_programs(plan: Plan, run: Callable[..., Any]) -> None:
    job = blocks(plan)[0]
    make(job.log, "Error: no [red]GPU[/red] \x1b[2J is free.\n")
    done = run("status", "s.yaml")
    assert done.code == 0 and done.err == ""
    assert "sample_block: failed" in done.out and job.log in done.out
    assert "Error: no [red]GPU[/red] ⟨U+001B⟩[2J is free." in done.out
    assert "GPU-hours" in done.out
    told = json.loads(run("status", "s.yaml", "--json").out)
    assert told["rules"]["sample_block"]["failed"] == 1
    assert told["begun"][0]["log"] == job.log and told["left"]["gpu_hours"] > 0
