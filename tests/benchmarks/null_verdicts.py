"""Count false verdicts when both models are the same.

Run it with the project's Python, from anywhere (minutes with the defaults)::

    python tests/benchmarks/null_verdicts.py [--runs 500] [--replicates 1000]

Each run draws one solve probability p_i a problem and then, independently,
two binomial counts: the same model sampled twice.  No crossing exists, so any
verdict of ``crossover`` or ``reverse`` is false.  Two sources of p_i:

published   c/n of Qwen2.5-7B on MATH500 (config/published), resampled with
            replacement; these hold exact zeros and ones, as plug-in values do
beta        Beta(0.4, 0.6), which has neither

Beside the decision rule stands the naive one: "RL above at k = 1, base above
at k = n".  The rule's band uses --replicates bootstrap replicates, 1000 by
default where a study uses 10,000, to save time; that adds Monte Carlo noise
to the critical value and no bias worth mention.  Exit code 1 when a cell
exceeds --most (2 %).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analysis.crossover import decide
from boundary.analysis.differences import difference_curve
from boundary.analysis.pairs import Pair
from boundary.analysis.questions import Questions
from boundary.decisions import CROSSOVER_VERDICTS

PUBLISHED = Path(__file__).parents[2] / "config" / "published" / "math500_qwen2.5-7b.csv"
SHOWN = CROSSOVER_VERDICTS
LABELS = {
    "comparison": "null",
    "base": "same",
    "other": "same again",
    "benchmark": "null",
    "protocol": "null",
    "other_protocol": "null",
}


def probabilities(
    source: str, m: int, rng: np.random.Generator, published: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Draw the solve probabilities of m problems."""
    return rng.choice(published, m) if source == "published" else rng.beta(0.4, 0.6, m)


def run(
    p: NDArray[np.float64], n: int, rng: np.random.Generator, replicates: int
) -> tuple[str, bool]:
    """Return the verdict of one null comparison, and whether the naive rule fires."""
    m = len(p)
    size = np.full(m, n, dtype=np.int64)
    base, other = rng.binomial(n, p), rng.binomial(n, p)
    ids = [str(i) for i in range(m)]
    pair = Pair(LABELS, ids, Questions.distinct(m), size, base, size, other)
    curve = difference_curve(pair, replicates=replicates)
    naive = bool(curve.band.mean[0] < 0 and curve.band.mean[-1] > 0)
    return decide(curve).verdict, naive


def main() -> int:
    """Run every cell and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--problems", type=int, nargs="+", default=[30, 272, 500])
    parser.add_argument("--n", type=int, nargs="+", default=[128, 1024])
    parser.add_argument("--sources", nargs="+", default=["published", "beta"])
    parser.add_argument("--most", type=float, default=0.02, help="share of false verdicts allowed")
    options = parser.parse_args()
    counts = pl.read_csv(PUBLISHED, comment_prefix="#").filter(pl.col("model") == "qwen2.5-7b")
    published = (counts["correct"] / counts["n"]).to_numpy()

    print(f"{options.runs} runs a cell, {options.replicates} bootstrap replicates each")
    print("source     problems     n  false*  naive  | " + "  ".join(SHOWN) + "  seconds")
    worst = 0.0
    for source in options.sources:
        for m in options.problems:
            for n in options.n:
                rng = np.random.default_rng([m, n, len(source)])
                start = time.perf_counter()
                found = [
                    run(probabilities(source, m, rng, published), n, rng, options.replicates)
                    for _ in range(options.runs)
                ]
                seconds = time.perf_counter() - start
                verdicts = Counter(verdict for verdict, _ in found)
                false = (verdicts["crossover"] + verdicts["reverse"]) / options.runs
                naive = sum(fired for _, fired in found) / options.runs
                worst = max(worst, false)
                shares = "  ".join(
                    f"{verdicts[name] / options.runs:{len(name)}.1%}" for name in SHOWN
                )
                print(
                    f"{source:<10} {m:8d} {n:5d}  {false:6.1%} {naive:6.1%}  | "
                    f"{shares}  {seconds:7.1f}",
                    flush=True,
                )
    print(f"* crossover or reverse; largest {worst:.1%}, allowed {options.most:.0%}")
    return 0 if worst <= options.most else 1


if __name__ == "__main__":
    sys.exit(main())
