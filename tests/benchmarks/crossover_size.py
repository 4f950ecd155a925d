"""Time `crossover` at growing numbers of problems, here and in another checkout.

Run it with the project's Python::

    python tests/benchmarks/crossover_size.py [--before CHECKOUT] [--n 128]
        [--problems 1000 10000 100000 1000000]

Both arms draw their counts from solve probabilities of their own, so that most
pairs of counts differ.  Every run is a command of its own, start-up included;
``--before`` names another checkout (a git worktree), which is measured on the
same tables, up to --last problems.  Exit code 1 when 100,000 problems take more
than --most (3) seconds of processor time, or time for each problem grows.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).parents[2]


def write_arms(folder: Path, m: int, n: int) -> tuple[Path, Path]:
    """Write the scores of two models on m problems, n samples each."""
    rng = np.random.default_rng([m, n])
    p = rng.beta(0.4, 0.6, m)
    paths = folder / "base.parquet", folder / "other.parquet"
    for path, solved in zip(paths, (p, np.clip(p + rng.normal(0, 0.1, m), 0, 1)), strict=True):
        unknown = {name: pl.lit(None, dtype=pl.Int64) for name in ("truncated", "no_answer")}
        pl.DataFrame(
            {
                "model": path.stem,
                "benchmark": "b",
                "protocol": "p",
                "problem_id": [f"p{i}" for i in range(m)],
                "n": np.full(m, n),
                "correct": rng.binomial(n, solved),
            }
        ).with_columns(
            distinct_answers=pl.lit(None, dtype=pl.Int64),
            majority_correct=pl.lit(None, dtype=pl.Boolean),
            mean_tokens=pl.lit(None, dtype=pl.Float64),
            **unknown,
        ).write_parquet(path)
    return paths


def timed(checkout: Path, arms: tuple[Path, Path]) -> tuple[float, float, str]:
    """Return seconds of wall and processor time of one command, and what it found."""
    output = arms[0].parent / "X.parquet"
    options = ["--base", str(arms[0]), "--other", str(arms[1]), "--output", str(output)]
    environment = {**os.environ, "PYTHONPATH": str(checkout / "workflow")}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "boundary", "crossover", *options],
        cwd=checkout,
        env=environment,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    row = pl.read_parquet(output).row(0, named=True)
    return wall, cpu, f"{row['k_cross']:.6f} [{row['ci_low']:.4f}, {row['ci_high']:.4f}]"


def main() -> int:
    """Time every size, print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", type=int, nargs="+", default=[10**3, 10**4, 10**5, 10**6])
    parser.add_argument("--n", type=int, default=128)
    parser.add_argument("--before", type=Path, help="another checkout")
    parser.add_argument("--last", type=int, default=10**5, help="largest size for --before")
    parser.add_argument("--most", type=float, default=3.0, help="seconds allowed at 100,000")
    options = parser.parse_args()
    checkouts = {"after": HERE} | ({"before": options.before} if options.before else {})
    print(f"n = {options.n}, 10000 replicates, start-up included; load {os.getloadavg()[0]:.1f}")
    print("problems           wall s   cpu s  k_cross")
    cpus = {}
    for m in options.problems:
        with tempfile.TemporaryDirectory() as folder:
            arms = write_arms(Path(folder), m, options.n)
            for name, checkout in checkouts.items():
                if name == "before" and m > options.last:
                    continue
                wall, cpu, said = timed(checkout.resolve(), arms)
                print(f"{m:9,} {name:7} {wall:8.1f} {cpu:7.1f}  {said}", flush=True)
                cpus[name, m] = cpu
    slow = cpus.get(("after", 10**5), 0.0) > options.most
    sizes = [m for m in options.problems if m >= 10**5]
    grows = len(sizes) > 1 and cpus["after", sizes[-1]] / cpus["after", sizes[0]] > 1.2 * (
        sizes[-1] / sizes[0]
    )
    return int(slow or grows)


if __name__ == "__main__":
    sys.exit(main())
