"""Exchange base and other of random pairs, and count the verdicts that do not follow.

Run it with the project's Python, from anywhere (about a minute)::

    python tests/benchmarks/exchanged_arms.py [--pairs 1000] [--replicates 1000]

Pairs have 5 to 200 problems and 2 to 128 samples, equal in half of them; their rates are
sharpened, swapped, of kinds with up to three crossings, or nothing but noise.  The verdict,
that of the fixed benchmark, the guards, the regions and D must be those of the other pair
with the arms' names exchanged.  Exit code 1 when one is not.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import polars as pl

from boundary.analysis.crossover import Crossover, decide
from boundary.analysis.differences import difference_curve
from boundary.analysis.pairs import pair_arms
from boundary.decisions import read_regions

SIDES = {"base": "other", "other": "base"}
MIRRORED = {
    "crossover": "reverse",
    "reverse": "crossover",
    "base-ahead-to-K": "other-ahead-to-K",
    "other-ahead-to-K": "base-ahead-to-K",
    "base-ahead-early": "other-ahead-early",
    "other-ahead-early": "base-ahead-early",
    "undetermined": "undetermined",
}


def arm(model: str, n: np.ndarray, correct: np.ndarray) -> pl.DataFrame:
    """Return scores of one arm."""
    ids = [f"p{i:04}" for i in range(len(n))]
    frame = pl.DataFrame({"problem_id": ids, "n": n, "correct": correct})
    labels = {"model": model, "benchmark": "b", "protocol": "p"}
    return frame.with_columns(pl.lit(value).alias(name) for name, value in labels.items())


def random_pair(rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw the scores of two arms."""
    m, most = int(rng.integers(5, 201)), int(rng.integers(2, 129))
    base = rng.beta(0.4, 0.6, m)
    kinds = np.array([[0.3, 0.6], [0.15, 0.04], [0.005, 0.03], [0.003, 0.0]])
    other = (
        base ** rng.uniform(0.3, 3),
        rng.permutation(base),
        rng.beta(0.4, 0.6, m),
        np.where(rng.random(m) < 0.1, 0.9, base),
    )[rng.integers(4)]
    if rng.random() < 0.3:
        base, other = kinds[rng.integers(0, 4, m)].T
    sizes = np.full((2, m), most)
    if rng.random() < 0.5:
        sizes = rng.integers(max(1, most // 2), most + 1, (2, m))
    correct = rng.binomial(sizes, [base, other])
    return arm("base", sizes[0], correct[0]), arm("other", sizes[1], correct[1])


def mirrored(one: Crossover, two: Crossover) -> bool:
    """Return whether one outcome is the other with the arms exchanged."""
    regions = [replace(each, side=SIDES[each.side]) for each in read_regions(one.regions)]
    return (
        two.verdict == MIRRORED[one.verdict]
        and two.verdict_fixed == MIRRORED[str(one.verdict_fixed)]
        and two.guard == one.guard
        and read_regions(two.regions) == regions
        and np.isclose(two.diff_at_k_max, -one.diff_at_k_max, atol=1e-12)
        and np.isclose(two.diff_ci_low, -one.diff_ci_high, atol=1e-12)
    )


def main() -> int:
    """Count mismatches, and print how often each verdict was met."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--replicates", type=int, default=1000)
    options = parser.parse_args()
    met: Counter[str] = Counter()
    wrong = 0
    for seed in range(options.pairs):
        pair = random_pair(np.random.default_rng([11, seed]))
        one, two = (
            decide(difference_curve(pair_arms(*sides, "c"), replicates=options.replicates))
            for sides in (pair, pair[::-1])
        )
        met[one.verdict] += 1
        wrong += not mirrored(one, two)
    print(", ".join(f"{verdict} {count}" for verdict, count in met.most_common()))
    print(f"{options.pairs} pairs exchanged: {wrong} mismatches")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
