"""Simulate what is said of sets of solved problems, where the truth is known.

Run it with the project's Python, from anywhere (some 5 minutes with the defaults)::

    OMP_NUM_THREADS=1 python tests/benchmarks/coverage_sets.py [--runs 1000]

Prints two tables of Markdown, in percent of the runs, after their seeds:

- identical models with n = 128 and 32: how often the exact McNemar test of the sets as
  sampled is below 0.05, and that of the sets thinned to 32;
- problems that one model alone solves: how often a share regained is given, and how
  often its 95 % interval holds the share of the population.

Exit code 1 when the thinned test is below 0.05 in more than 5 % of any cell, or an
interval that is given in at least half of the runs holds less often than in 90 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow"))
from boundary.analyses.coverage.regained import split_halves
from boundary.analyses.coverage.sets import mcnemar_p, thinned_mcnemar_p
from boundary.analysis.passk import pass_at_k
from boundary.analysis.ratios import ratio_interval

SEED = 20261201
PROBLEMS = (30, 100, 500)
PUBLISHED = Path(__file__).parents[2] / "config" / "published" / "math500_qwen2.5-7b.csv"
#: Draws the rates of base and other of so many problems.
Draw = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]


def published() -> tuple[np.ndarray, np.ndarray]:
    """Return the published counts of base and RL model, of 128 samples each."""
    counts = pl.read_csv(PUBLISHED, comment_prefix="#")
    base, other = (
        rows["correct"].to_numpy() for _, rows in counts.group_by("model", maintain_order=True)
    )
    return base, other


BASE, RL = published()


def alike(rates: Callable[[np.random.Generator, int], np.ndarray]) -> Draw:
    """Give both models the same rates."""

    def draw(rng: np.random.Generator, m: int) -> tuple[np.ndarray, np.ndarray]:
        p = rates(rng, m)
        return p, p

    return draw


def smoothed(one: np.ndarray, two: np.ndarray) -> Draw:
    """Draw published problems, with rates that their counts leave open."""

    def draw(rng: np.random.Generator, m: int) -> tuple[np.ndarray, np.ndarray]:
        i = rng.integers(0, len(one), m)
        return tuple(rng.beta(c[i] + 0.3, 128.3 - c[i]) for c in (one, two))

    return draw


def sharpened(rng: np.random.Generator, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw problems of which the other model all but loses two in five."""
    p = rng.beta(0.5, 1.5, m)
    return 0.3 * p, np.where(rng.random(m) < 0.6, p, p / 50)


NULLS: dict[str, Draw] = {
    "MATH500 c/n, resampled": alike(lambda rng, m: rng.choice(BASE / 128, m)),
    "Beta(0.4, 0.6)": alike(lambda rng, m: rng.beta(0.4, 0.6, m)),
    "Beta(0.1, 0.3)": alike(lambda rng, m: rng.beta(0.1, 0.3, m)),
    "log-uniform from 0.0003 to 0.1": alike(lambda rng, m: 10 ** rng.uniform(-3.5, -1, m)),
    "all 0.01": alike(lambda rng, m: np.full(m, 0.01)),
}
PAIRS: dict[str, Draw] = {
    "MATH500, base only": smoothed(BASE, RL),
    "MATH500, RL only": smoothed(RL, BASE),
    "independent Beta(0.1, 0.3)": lambda rng, m: tuple(rng.beta(0.1, 0.3, (2, m))),
    "sharpened": sharpened,
    "rare kinds": lambda rng, m: (
        rng.choice([0.0005, 0.05], m),
        rng.choice([0.02, 0.3], m),
    ),
}


def rejections(draw: Draw, m: int, runs: int, rng: np.random.Generator) -> tuple[float, float]:
    """Return how often identical models differ: as sampled, and thinned."""
    found = np.zeros(2)
    for _ in range(runs):
        p, _ = draw(rng, m)
        many, few = rng.binomial(128, p), rng.binomial(32, p) > 0
        sampled = mcnemar_p(((many > 0) & ~few).sum(), (few & (many == 0)).sum())
        found += [sampled <= 0.05, thinned_mcnemar_p(pass_at_k(128, many, 32), few * 1.0) <= 0.05]
    return tuple(found / runs)


def covers(draw: Draw, n: int, m: int, runs: int, rng: np.random.Generator) -> tuple[float, float]:
    """Return how often a share is given, and how often its interval holds the truth."""
    half = n // 2
    p, q = draw(rng, 2_000_000)
    lost = (1 - (1 - p) ** half) * (1 - q) ** half
    truth = (lost * (1 - (1 - q) ** half)).sum() / lost.sum()
    size, held = np.full(m, n), []
    for _ in range(runs):
        p, q = draw(rng, m)
        counts = np.stack([size, rng.binomial(n, p), size, rng.binomial(n, q)])
        share, low, high = ratio_interval(*split_halves(counts), looks=2)
        if share is not None:
            held.append(low <= truth <= high)
    return len(held) / runs, float(np.mean(held)) if held else float("nan")


def main() -> int:
    """Print both tables and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    runs, failed = parser.parse_args().runs, False
    heads = " | ".join(f"M = {m}" for m in PROBLEMS)
    print(f"seed {SEED}, {runs} runs\n\n| p_i, sampled and thinned | {heads} |\n|---|---|---|---|")
    for i, (name, draw) in enumerate(NULLS.items()):
        cells = []
        for m in PROBLEMS:
            sampled, thinned = rejections(draw, m, runs, np.random.default_rng([SEED, 0, i, m]))
            failed |= thinned > 0.05
            cells.append(f"{100 * sampled:.1f} %, {100 * thinned:.1f} %")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print(f"\n| population, given and covered | n | {heads} |\n|---|---|---|---|---|")
    for i, (name, draw) in enumerate(PAIRS.items()):
        for n in (32, 128):
            cells = []
            for m in PROBLEMS:
                rng = np.random.default_rng([SEED, 1, i, n, m])
                given, held = covers(draw, n, m, runs, rng)
                failed |= given >= 0.5 and held < 0.9
                cells.append(f"{100 * given:.0f} %, {100 * held:.1f} %")
            print(f"| {name} | {n} | {' | '.join(cells)} |", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
