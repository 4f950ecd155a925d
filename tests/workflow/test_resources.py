"""What jobs ask of a machine reaches Snakemake."""

from __future__ import annotations

import re
from pathlib import Path

from harness import SMOKE, copy_repository, snakemake

HUB = "config/studies/yue2025_fig2_7b.yaml"
#: Jobs that fail as soon as two of them run together.
TURNS = """
resource_scopes:
    gpu_job="local",

rule all:
    input: expand("{n}.txt", n=range(3))

rule one:
    output: touch("{n}.txt")
    resources: gpu_job=1
    shell: "mkdir busy && sleep 0.5 && rmdir busy"
"""


def resources(folder: Path, rule: str, *arguments: str, config: str) -> set[str]:
    """Return the resource lines of a rule's jobs in a dry run."""
    done = snakemake(folder, "--dry-run", *arguments, config=config)
    assert done.returncode == 0, done.stderr[-3000:]
    jobs = re.split(r"^(?:local)?(?:rule|checkpoint) ", done.stdout + done.stderr, flags=re.M)
    found = [job for job in jobs if job.startswith(f"{rule}:")]
    assert found
    return {re.search(r"resources: (.*)", job)[1] for job in found}


def test_jobs_of_a_hub_model_ask_for_a_gpu_and_take_turns_and_those_of_the_lab_none(
    tmp_path: Path,
) -> None:
    folder = copy_repository(tmp_path / "study")
    for line in resources(folder, "sample_block", config=HUB):
        assert "gpu=1," in line
        assert "gpu_job=1" in line
    for line in resources(folder, "sample_block", config=SMOKE):
        assert "gpu=0" in line
        assert "gpu_job=0" in line


def test_gpu_jobs_take_turns_on_one_machine(tmp_path: Path) -> None:
    """With the default profile; each holds nearly all memory of the GPU that it sees."""
    folder = copy_repository(tmp_path / "study")
    rules = folder / "turns.smk"
    rules.write_text(TURNS)
    profile = folder / "workflow/profiles/default"
    done = snakemake(
        folder, "--cores", "3", "--snakefile", str(rules), "--workflow-profile", str(profile)
    )
    assert done.returncode == 0, done.stderr[-3000:]
