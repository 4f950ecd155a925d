"""A full disk: a clear error, and nothing half-written left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from harness import REQUIRE_TOOLS, need_tool

PROGRAM = """
import sys
from pathlib import Path
from boundary.cli import main
full = Path(sys.argv[1])
sys.argv = ["boundary", "verify", "--problems", sys.argv[2], "--samples", sys.argv[3],
            "--output", str(full / "verdicts.parquet")]
try:
    main()
finally:
    print(sorted(path.name for path in full.iterdir() if path.name != "ballast"))
"""


@pytest.fixture
def arm(tmp_path: Path) -> tuple[Path, Path]:
    """Problems and samples whose verdicts need more room than a small disk has."""
    from boundary.config.lab import LabBenchmark
    from boundary.store import write_table
    from boundary.tables import PROBLEMS, SAMPLES
    from boundary.tasks import registers

    problems = registers.problems("b", LabBenchmark(problems=40, lengths=[5]))
    rows = [
        {
            "model": "m",
            "benchmark": "b",
            "protocol": "p",
            "problem_id": problem,
            "sample_index": i,
            "seed": 1,
            "response": f"# {hash((problem, i))}",
            "n_tokens": 2,
            "finish_reason": "stop",
            "logprob_sum": -1.0,
        }
        for problem in problems["problem_id"]
        for i in range(500)
    ]
    write_table(problems, tmp_path / "problems.parquet", PROBLEMS)
    write_table(pl.DataFrame(rows), tmp_path / "samples.parquet", SAMPLES)
    return tmp_path / "problems.parquet", tmp_path / "samples.parquet"


def test_full_disk_leaves_nothing_half_written(arm: tuple[Path, Path], tmp_path: Path) -> None:
    bwrap = need_tool("bwrap", "bubblewrap")
    full = tmp_path / "full"
    full.mkdir()
    sandbox = [bwrap, "--dev-bind", "/", "/", "--size", str(64 * 1024), "--tmpfs", str(full)]
    probe = subprocess.run([*sandbox, "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        assert not os.environ.get(REQUIRE_TOOLS), probe.stderr
        pytest.skip(f"bwrap cannot make a small disk here: {probe.stderr.strip()}")
    fill = f'head -c 60000 /dev/zero > {full}/ballast; exec "$@"'
    program = [sys.executable, "-c", PROGRAM, str(full), *map(str, arm)]
    command = ["bash", "-c", fill, "fill", *program]
    done = subprocess.run([*sandbox, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "the disk is full" in done.stderr
    assert f"{full}/verdicts.parquet" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.strip() == "[]"
