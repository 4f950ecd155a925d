"""Time the scoring of a million samples with their verdicts, of all that verdicts may say.

Run it with the project's Python, from anywhere (seconds; the first run of three warms up)::

    python tests/benchmarks/score_speed.py [--problems 1000] [--n 1000]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import polars as pl

from boundary.extraction import BOLD, BOX
from boundary.scoring import score
from boundary.tables import CORRECT_UNDER


def tables(problems: int, n: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return problems, samples and verdicts of one arm; 30 answers are equally likely."""
    rng = np.random.default_rng(0)
    answer = rng.integers(0, 30, problems * n)
    keys = {
        "problem_id": np.repeat([f"p{i:05d}" for i in range(problems)], n),
        "sample_index": np.tile(np.arange(n), problems),
    }
    samples = pl.DataFrame(keys).with_columns(
        model=pl.lit("m"),
        benchmark=pl.lit("b"),
        protocol=pl.lit("p"),
        n_tokens=pl.Series(rng.integers(1, 4096, problems * n)),
        finish_reason=pl.Series(np.where(rng.random(problems * n) < 0.1, "length", "stop")),
        fingerprint=pl.Series(rng.integers(0, 10**9, problems * n)),
        empty=pl.lit(False),
    )
    verdicts = pl.DataFrame(
        {
            **keys,
            "answer": answer.astype(str),
            "correct": answer == 0,
            "extraction": np.where(answer % 2, BOX, BOLD),
        }
    ).with_columns(
        verdict=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("wrong")),
        **dict.fromkeys((*CORRECT_UNDER, "correct_lenient"), pl.col("correct")),
    )
    return samples.select("benchmark", "problem_id").unique(), samples, verdicts


def main() -> None:
    """Print the seconds of three runs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--problems", type=int, default=1000)
    parser.add_argument("--n", type=int, default=1000)
    options = parser.parse_args()
    made = tables(options.problems, options.n)
    for _ in range(3):
        start, cpu = time.perf_counter(), time.process_time()
        rows = score(*made)["n"].sum()
        print(
            f"{rows:,} samples: {time.perf_counter() - start:.2f} s, "
            f"{time.process_time() - cpu:.2f} s of CPU"
        )


if __name__ == "__main__":
    main()
