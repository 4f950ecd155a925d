"""What the doctor finds, and how it is told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from boundary import doctor
from boundary.cli.app import app
from boundary.verify.sandbox import tiers
from boundary.verify.sandbox.tiers import Report

CHECKS = (("held", True, None), ("not due", False, "300 MiB"), ("broken", True, "it leaked"))


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> dict[str, Report]:
    """Reports of the tiers, to be changed by a test."""
    by_tier = {
        "bubblewrap": Report("bubblewrap", "there is no bwrap"),
        "namespaces": Report("namespaces", None, CHECKS),
        "reduced": Report("reduced", None, CHECKS[:2]),
    }
    monkeypatch.setattr(tiers, "examine", by_tier.__getitem__)
    return by_tier


def test_only_the_reduced_tier(reports: dict[str, Report]) -> None:
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 0
    assert "sandbox   only reduced, which a study has to name" in done.output
    lines = done.output.splitlines()
    assert "  there is no bwrap" in lines
    assert "  NO  broken: it leaked" in lines
    assert "  -   not due: 300 MiB" in lines
    assert "For a better tier: " in done.output


def test_exit_code_3_when_none_works(reports: dict[str, Report]) -> None:
    reports["reduced"] = Report("reduced", None, CHECKS)
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == 3
    report = json.loads(done.output)
    assert report["sandbox"]["tier"] is None
    assert [tier["works"] for tier in report["sandbox"]["tiers"]] == [False] * 3
    assert report["machine"]["cores"] >= 1
    assert "torch" in report["engines"]


def test_the_best_tier_needs_no_advice(reports: dict[str, Report]) -> None:
    reports["bubblewrap"] = Report("bubblewrap", None, CHECKS[:1])
    sandbox = doctor.examine().sandbox
    assert (sandbox.tier, sandbox.advice) == ("bubblewrap", [])


def test_gpus_as_the_driver_lists_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: dict[str, Report]
) -> None:
    listed = tmp_path / "nvidia-smi"
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    listed.write_text("#!/bin/sh\necho 'NVIDIA H100 80GB HBM3, 81559, 550.54.15'\n")
    listed.chmod(0o755)
    report = doctor.examine()
    assert report.gpus == [doctor.GpuFacts("NVIDIA H100 80GB HBM3", 81559 << 20, "550.54.15")]
    assert "gpu       NVIDIA H100 80GB HBM3, 80 GiB, driver 550.54.15" in doctor.as_text(report)
    listed.write_text("#!/bin/sh\necho 'no devices' >&2\nexit 9\n")
    assert "nvidia-smi failed" in doctor.examine().gpus[0].driver


def test_without_a_driver_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError):
        subprocess.run(["nvidia-smi"], check=False)
    assert doctor._gpus() == []
