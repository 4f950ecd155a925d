"""Studies on a real SLURM: through sbatch to the report, cancelled jobs, GPUs."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boundary.analyses.registry import analyses
from boundary.plan import plan_study
from boundary.yamlfile import read_yaml
from harness import EPOCH, SMOKE, copy_repository, edit_study, planned, run
from slurm import Slurm, need_slurm, one_node

PROFILE = ("--profile", "workflow/profiles/slurm")
#: The plugin looks after so many seconds, then ten later each time until a job has ended, which
#: on a busy machine is longer than all jobs; here it looks as often to the end.
EVERY = 2
LOOKING = f"""
from snakemake.cli import main
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor
RemoteExecutor.next_seconds_between_status_checks = property(lambda _: {EVERY}, lambda *_: None)
main()
"""
POLLING = ("--slurm-init-seconds-before-status-checks", str(EVERY), "--latency-wait", "10")
#: Finished responses are written as they come, and not once a minute.
WRITE_AT_ONCE = {"BOUNDARY_WRITE_EVERY": "0"}
SUBMITTED = re.compile(r"submitted with SLURM jobid (\d+) \(log: (.*)\)")

TWO_GPUS = """\
rule all:
    input: "two", "none"

rule two:
    output: "two"
    resources: gpu=2, gpu_model="h200"
    shell: "(echo start; env) >> {output}"

rule none:
    output: "none"
    resources: gpu=0
    shell: "(echo start; env) >> {output}"
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Slurm]:
    need_slurm()
    with one_node() as started:
        yield started


@contextlib.contextmanager
def submitting(cluster: Slurm, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Snakemake under the SLURM profile; its log is run.log."""
    with (folder / "run.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", LOOKING, *PROFILE, *POLLING, *arguments],
            cwd=folder,
            env=cluster.environment | EPOCH | WRITE_AT_ONCE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def finish(process: subprocess.Popen[bytes], folder: Path) -> str:
    """Wait for the end of a run that has to succeed; return its log."""
    code = process.wait(timeout=900)
    log = (folder / "run.log").read_text()
    assert code == 0, log[-8000:]
    return log


def wait_until(seen: Callable[[], bool], process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 300
    while not seen():
        log = (folder / "run.log").read_text()[-4000:]
        assert process.poll() is None, f"the run ended too early: {log}"
        assert "SLURM status is: 'FAILED'" not in log, log
        assert time.monotonic() < deadline, f"waited too long: {log}"
        time.sleep(0.05)


def one_of_each_job(study: dict) -> None:
    """Leave two arms of one block; with one of them there, each rule has one job.

    Of the analyses of likelihoods, whose rules are alike, one stays.
    """
    del study["series"], study["models"]["rl-1"]
    study["figures"] = ["passk"]
    study["protocols"]["t1"].update(n=4)
    study["analyses"]["likelihood"].update(models=["base"])
    alike = (name for name, entry in analyses().items() if entry.needs == "likelihoods")
    study["analyses"] |= dict.fromkeys(alike, False) | {"perplexity": True}


def test_a_study_runs_through_sbatch_to_its_report(cluster: Slurm, tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "study")
    edit_study(folder, one_of_each_job)
    plan = plan_study(read_yaml(folder / SMOKE), SMOKE)
    run(folder, *(arm.scores for arm in plan.arms if arm.model == "base"))
    with submitting(cluster, folder, "--configfile", SMOKE) as process:
        log = finish(process, folder)
    assert "SLURM run ID: boundary_" in log
    assert (folder / "results/studies/smoke/report.html").stat().st_size > 0
    jobs = SUBMITTED.findall(log)
    assert len(jobs) == 12, "one of each rule, and none of what was there"
    for number, kept in jobs:
        assert cluster.job(number)["JobState"] == "COMPLETED"
        assert "Finished jobid" in Path(kept).read_text(), f"the log of job {number} is kept"
    rules = {Path(kept).relative_to(folder / "logs" / "slurm").parts[0] for _, kept in jobs}
    assert rules == {
        *("rule_train_model", "rule_sample_block", "rule_verify_block", "rule_score_arm"),
        *("rule_score_responses", "rule_analyse_study", "rule_analyse_perplexity"),
        *("rule_analyse_guess_floor", "rule_draw_figures", "rule_write_report"),
        *("rule_write_explorer", "rule_bundle_report"),
    }
    # The default profile is in force beside it: a touched shard is no news.
    next(folder.glob("results/samples/*/*/*/*.parquet")).touch()
    assert planned(folder, *PROFILE) == []


def two_long_blocks(study: dict) -> None:
    """Cut two blocks into many micro-batches, so that there is a middle to be cancelled in."""
    study["protocols"]["t1"].update(batch_size=16, n=128, samples_per_shard=64)
    study["benchmarks"]["tiny"]["lab"]["problems"] = 120


def state(path: Path) -> tuple[int, int, bytes]:
    """Return what tells a file from another one that was written in its place."""
    return path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()


def test_cancelled_job_is_submitted_again_and_loses_nothing(cluster: Slurm, tmp_path: Path) -> None:
    undisturbed = copy_repository(tmp_path / "undisturbed")
    edit_study(undisturbed, two_long_blocks)
    plan = plan_study(read_yaml(undisturbed / SMOKE), SMOKE)
    arm = next(arm for arm in plan.arms if arm.model == "base")
    run(undisturbed, plan.model_file("base"))
    folder = Path(shutil.copytree(undisturbed, tmp_path / "cancelled", symlinks=True))

    shards = [folder / path for path in arm.samples()]
    parts = {shard: shard.with_name(f".{shard.name}.parts") for shard in shards}

    def count(shard: Path) -> int:
        return len(list(parts[shard].glob("*.parquet")))

    def finished() -> list[Path]:
        return [shard for shard in shards if shard.exists() and not parts[shard].exists()]

    def halfway() -> list[Path]:
        return [shard for shard in shards if not shard.exists() and count(shard) >= 3]

    one_by_one = (*arm.samples(), "--jobs", "1", "--configfile", SMOKE)
    with submitting(cluster, folder, *one_by_one) as process:
        wait_until(lambda: bool(finished() and halfway()), process, folder)
        (whole,), (broken,) = finished(), halfway()
        victim = SUBMITTED.findall((folder / "run.log").read_text())[-1][0]
        cluster.call("scancel", victim)
        wait_until(lambda: cluster.job(victim)["JobState"] == "CANCELLED", process, folder)
        kept = {path: state(path) for path in [whole, *sorted(parts[broken].glob("*.parquet"))]}
        assert len(kept) >= 4, "finished micro-batches outlive the job"
        assert not broken.exists()
        wait_until(lambda: count(broken) >= len(kept) + 3, process, folder)
        assert {path: state(path) for path in kept} == kept, "the new job goes on after them"
        log = finish(process, folder)
    assert f"SLURM-job '{victim}' failed, SLURM status is: 'CANCELLED'" in log
    assert log.count("Trying to restart job") == 1
    assert "localrule make_problems" in log, "what fetches is submitted nowhere"
    submitted = [Path(kept).parts[-3] for _, kept in SUBMITTED.findall(log)]
    assert submitted == ["rule_sample_block"] * 3, "two blocks, and one of them again"
    assert state(whole) == kept[whole]

    run(undisturbed, *arm.samples())
    for path in arm.samples():
        assert (folder / path).read_bytes() == (undisturbed / path).read_bytes()


def test_two_gpus_are_one_job_with_two_devices(cluster: Slurm, tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "gpus")
    (folder / "gpus.smk").write_text(TWO_GPUS)
    default = ("--workflow-profile", "workflow/profiles/default")
    with submitting(cluster, folder, *default, "--snakefile", "gpus.smk") as process:
        log = finish(process, folder)
    jobs = {Path(kept).parts[-2]: cluster.job(number) for number, kept in SUBMITTED.findall(log)}
    assert sorted(jobs) == ["rule_none", "rule_two"], "one job each"
    two = jobs["rule_two"]
    assert (two["NumNodes"], two["NumTasks"], two["TresPerJob"]) == ("1", "1", "gres:gpu:h200:2")
    assert "TresPerJob" not in jobs["rule_none"]

    seen = (folder / "two").read_text().splitlines()
    assert seen.count("start") == 1, "one process, whatever the number of GPUs"
    assert {"CUDA_VISIBLE_DEVICES=0,1", "SLURM_GPUS_ON_NODE=2", "SLURM_NTASKS=1"} <= set(seen)
    assert "CUDA_VISIBLE_DEVICES" not in (folder / "none").read_text()
