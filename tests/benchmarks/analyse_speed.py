"""Time all tables that follow from the scores of a large study.

Run it with the project's Python, from anywhere::

    python tests/benchmarks/analyse_speed.py [--models 10] [--benchmarks 6] [--problems 500]
        [--n 1024] [--replicates 10000]

The first model is the base of all others, so there are (models − 1) × benchmarks comparisons.
Rates are Beta(0.35, 1.2) for the base and sharpened for the others.  Another version of the
project is timed by running this file with its interpreter or PYTHONPATH.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))
from score_tables import study_tables


def scores(models: int, benchmarks: int, problems: int, n: int) -> pl.DataFrame:
    """Return a SCORES table of all arms."""
    frames = []
    for benchmark in range(benchmarks):
        rng = np.random.default_rng([7, benchmark])
        base = rng.beta(0.35, 1.2, problems)
        for model in range(models):
            rate = base if model == 0 else base ** (1 / (1 + model / 10)) * rng.uniform(0.7, 1)
            frames.append(
                pl.DataFrame(
                    {
                        "model": f"m{model}",
                        "benchmark": f"b{benchmark}",
                        "protocol": "p",
                        "problem_id": [f"{i:05}" for i in range(problems)],
                        "n": n,
                        "correct": rng.binomial(n, rate),
                    }
                )
            )
    empty = dict.fromkeys(("truncated", "no_answer", "distinct_answers"), pl.Int64)
    empty |= {"majority_correct": pl.Boolean, "mean_tokens": pl.Float64}
    return pl.concat(frames).with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in empty.items()
    )


def main() -> None:
    """Print the seconds and the largest memory."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, default in (("models", 10), ("benchmarks", 6), ("problems", 500), ("n", 1024)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--replicates", type=int, default=10_000)
    options = parser.parse_args()
    table = scores(options.models, options.benchmarks, options.problems, options.n)
    comparisons = [
        {
            "comparison": f"m{model}-vs-m0",
            "base": "m0",
            "other": f"m{model}",
            "benchmark": f"b{benchmark}",
            "protocol": "p",
        }
        for benchmark in range(options.benchmarks)
        for model in range(1, options.models)
    ]
    wall, cpu = time.perf_counter(), time.process_time()
    study_tables(table, {"bootstrap": options.replicates, "comparisons": comparisons})
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(comparisons)} comparisons: {wall:.1f} s, {cpu:.1f} s of CPU, {peak:.0f} MiB")


if __name__ == "__main__":
    main()
