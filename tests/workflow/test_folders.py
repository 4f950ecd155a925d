"""Where a checkout may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import copy_repository, planned, snakemake


def test_a_study_runs_in_a_folder_that_a_shell_would_read(finished_smoke: Path) -> None:
    assert set("' $(&*") < set(finished_smoke.name)
    assert (finished_smoke / "results/studies/smoke/report.html").exists()
    assert planned(finished_smoke) == []


@pytest.mark.parametrize("name", ["a:b", "a{b}"])
def test_a_folder_in_which_nothing_could_run_is_refused(tmp_path: Path, name: str) -> None:
    folder = copy_repository(tmp_path / name)
    done = snakemake(folder, "--dry-run")
    assert done.returncode != 0
    assert "a folder with a colon or a brace in its name" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_cluster_is_given_no_folder_that_a_shell_would_read(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "a b")
    done = snakemake(folder, "--profile", "workflow/profiles/slurm")
    assert done.returncode != 0
    assert "jobs of a cluster cannot run in a folder" in done.stdout + done.stderr
    assert not (folder / "results/samples").exists()
