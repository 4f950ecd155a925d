"""Time `snakemake -n`: the default study, and a generated one of about 5,000 jobs.

Run from anywhere, in the environment of `make install`:

    python tests/benchmarks/dry_run.py [--repeats 3] [--jobs 5000]

Targets: 8 s for the default study, 20 s for 5,000 jobs (median of the repeats).
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
MODELS, BENCHMARKS, SHARD = 10, 6, 4


def big_study(jobs: int) -> dict:
    """Return a study whose sampling and verifying make up about so many jobs."""
    blocks = max(1, round(jobs / (2 * MODELS * BENCHMARKS)))
    run = {"recipe": "reinforce", "start": "base", "steps": 10, "checkpoints": list(range(1, 10))}
    models = {f"rl-{step}": {"source": f"lab:rl@{step}", "role": "rl"} for step in range(1, MODELS)}
    drawn = {"problems": 40, "lengths": [3]}
    return {
        "study": "big",
        "lab": {"base": {"recipe": "pretrain"}, "rl": run},
        "models": {"base": {"source": "lab:base", "role": "base"}, **models},
        "benchmarks": {
            f"b{i}": {"source": "lab:registers", "lab": drawn | {"seed": i}}
            for i in range(BENCHMARKS)
        },
        "protocols": {"t1": {"max_tokens": 32, "n": SHARD * blocks, "samples_per_shard": SHARD}},
        "comparisons": [
            {
                "base": "base",
                "other": name,
                "benchmarks": [f"b{i}" for i in range(BENCHMARKS)],
                "protocol": "t1",
            }
            for name in models
        ],
    }


def dry_run(config: Path, folder: Path) -> tuple[float, int]:
    """Return the seconds of a dry run from nothing, and how many jobs it lists."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "rules"]
    command += ["--snakefile", str(ROOT / "workflow/Snakefile"), "--directory", str(folder)]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--configfile", str(config)], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - began
    total = re.search(r"^total +(\d+)", done.stdout + done.stderr, flags=re.M)
    if total is None:
        raise SystemExit(f"no job count in the output of snakemake:\n{done.stderr[-2000:]}")
    return seconds, int(total[1])


def main() -> None:
    """Print seconds and jobs of both studies."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        big = folder / "big.yaml"
        big.write_text(yaml.safe_dump(big_study(options.jobs)))
        for label, config, limit in (
            ("default study", ROOT / "config/config.yaml", 8),
            ("generated study", big, 20),
        ):
            runs = [dry_run(config, folder) for _ in range(options.repeats)]
            median = statistics.median(seconds for seconds, _ in runs)
            shown = ", ".join(f"{seconds:.1f}" for seconds, _ in runs)
            print(f"{label}: {runs[0][1]} jobs, {median:.1f} s (runs {shown}); target {limit} s")


if __name__ == "__main__":
    main()
