"""Coverage of the intervals that deal with luck: the guess floor and CoT-pass@k.

Run it with the project's Python, from anywhere (minutes with the defaults)::

    python tests/benchmarks/luck_coverage.py [--runs 200]

Guess floor.  Golds and answers are drawn from known distributions d (answers,
Zipf over A) and r (golds); a problem's own answers are a Dirichlet around d
with concentration c, or d itself.  The truth is Σ_a r(a)(1 − (1 − d(a))^k).

CoT-pass@k.  Problems, the valid share of their correct responses (mean π,
concentration κ), a judge with known sensitivity and specificity, 4 judged
responses a problem and an audit by people are simulated; the truth comes from
20,000 problems of the same kind.  120 problems, n = 128, 300 draws.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.cot.compute import cot_table
from boundary.analyses.guess_floor.compute import Guesses, floor_curve
from boundary.analysis.intervals import share_interval, widen_to_monotone
from boundary.analysis.passk import pass_at_k

sys.path.insert(0, str(Path(__file__).parents[1]))
from chain_arms import N, simulate

GUESS_KS = np.array([1, 8, 64, 256])
COT_KS = [1, 8, 32, 64]
#: Problems, possible answers, concentration (None: every problem answers alike).
FLOORS = [(30, 100, None), (30, 100, 2.0), (200, 100, 2.0), (200, 1000, 2.0), (500, 1000, 1.0)]
WORLDS: list[dict[str, Any]] = [
    {"pi": 0.5, "kappa": 1.0, "judge": (0.85, 0.75), "audit": 60},
    {"pi": 0.3, "kappa": 0.2, "judge": (0.9, 0.65), "audit": 60},
    {"pi": 0.7, "kappa": 8.0, "judge": (0.9, 0.6), "audit": 60},
    {"pi": 0.5, "kappa": 1.0, "judge": (0.85, 0.75), "audit": 15},
    {"pi": 0.5, "kappa": 1.0, "judge": (0.5, 0.5), "audit": 60},
]


def floor(m: int, answers: int, spread: float | None, runs: int) -> str:
    """Return one line: bias and coverage of the guess floor."""
    rng = np.random.default_rng([m, answers])
    d = 1 / np.arange(1, answers + 1)
    d /= d.sum()
    r = 0.7 * d + 0.3 / answers
    truth = (r[:, None] * (1 - (1 - d)[:, None] ** GUESS_KS)).sum(axis=0)
    held, off = np.zeros(len(GUESS_KS)), np.zeros(len(GUESS_KS))
    for _ in range(runs):
        p = np.tile(d, (m, 1)) if spread is None else rng.dirichlet(d * spread, m)
        shares = np.stack([rng.multinomial(64, row) for row in p]) / 64
        distinct, index = np.unique(rng.choice(answers, m, p=r), return_inverse=True)
        mean, se = floor_curve(Guesses(index, shares[:, distinct]), GUESS_KS)
        low, high = widen_to_monotone(*share_interval(mean, se, m, 0.95))
        held += (low <= truth) & (truth <= high)
        off += mean - truth
    return f"{m:4d} {answers:5d} {spread or '-':>4}  {_cells(truth, off / runs, held / runs)}"


def cot(world: dict[str, Any], runs: int) -> list[str]:
    """Return one line a rule: bias and coverage of CoT-pass@k."""
    big = simulate(np.random.default_rng(99), problems=20_000, **{**world, "audit": 0})[2]
    truth = np.array([pass_at_k(np.full(len(big), N), big, k).mean() for k in COT_KS])
    held: dict[str, Any] = {}
    off: dict[str, Any] = {}
    for seed in range(runs):
        scores, chains, _ = simulate(np.random.default_rng(seed), **world)
        table = cot_table(scores, chains, draws=300).filter(pl.col("k").is_in(COT_KS))
        for rule in ("answer", "judged", "corrected", "human"):
            own = table.filter(rule=rule).sort("k")
            low, high, mean = (own[x].to_numpy() for x in ("ci_low", "ci_high", "pass_at_k"))
            held[rule] = held.get(rule, 0) + ((low <= truth) & (truth <= high)) / runs
            off[rule] = off.get(rule, 0) + (mean - truth) / runs
    return [f"  {rule:<10} {_cells(truth, off[rule], held[rule])}" for rule in held]


def _cells(truth: Any, off: Any, held: Any) -> str:
    rows = zip(truth, off, held, strict=True)
    return "   ".join(f"{t:5.3f} {100 * o:+6.1f} {100 * h:5.1f} %" for t, o, h in rows)


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    print("truth, bias in points, coverage of the 95 % interval, at each k")
    print(f"guess floor: problems, answers, concentration; k = {GUESS_KS.tolist()}")
    for m, answers, spread in FLOORS:
        print(floor(m, answers, spread, runs), flush=True)
    print(f"CoT-pass@k; k = {COT_KS}")
    for world in WORLDS:
        print(world, *cot(world, runs), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
