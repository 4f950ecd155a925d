"""Coverage of the intervals that deal with luck: the guess floor and CoT-pass@k.

Run it with the project's Python, from anywhere (minutes with the defaults)::

    python tests/benchmarks/luck_coverage.py [--runs 200]

Guess floor.  Golds and answers are drawn from known distributions d (answers,
Zipf over A) and r (golds); a problem's own answers are a Dirichlet around d
with concentration c, or d itself.  The truth is Σ_a r(a)(1 − (1 − d(a))^k).  Beside bias and
coverage stand the share of runs that are flagged, and the coverage of those that are not.

Excess.  The same, but a problem's answer is right with a chance of its own, p ~ Beta(0.3, 0.9) for
the base and √p for the other, and a guess else; the truth, of the excess and of the other's gain
in it, comes from 20,000 problems of the same kind.

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
from boundary.analyses.guess_floor.excess import Solver, gains, interval_of
from boundary.analyses.guess_floor.floor import bias, curves, too_low
from boundary.analyses.guess_floor.guesses import Guesses
from boundary.analysis.intervals import share_interval, widen_to_monotone
from boundary.analysis.passk import curve_at, pass_at_k
from boundary.jobs.reading import ComparedArms

sys.path.insert(0, str(Path(__file__).parents[1]))
from chain_arms import N, simulate

GUESS_KS = np.array([1, 8, 64, 256])
EXCESS_KS = np.array([1, 8, 32, 64])
COT_KS = [1, 8, 32, 64]
#: Problems, possible answers, concentration (None: every problem answers alike).
FLOORS = [
    (30, 100, None),
    (30, 100, 2.0),
    (100, 100, 2.0),
    (200, 100, 2.0),
    (200, 1000, 2.0),
    (500, 1000, 1.0),
]
WORLDS: list[dict[str, Any]] = [
    {"pi": 0.5, "kappa": 1.0, "judge": (0.85, 0.75), "audit": 60},
    {"pi": 0.3, "kappa": 0.2, "judge": (0.9, 0.65), "audit": 60},
    {"pi": 0.7, "kappa": 8.0, "judge": (0.9, 0.6), "audit": 60},
    {"pi": 0.5, "kappa": 1.0, "judge": (0.85, 0.75), "audit": 15},
    {"pi": 0.5, "kappa": 1.0, "judge": (0.5, 0.5), "audit": 60},
]


def drawn(rng: Any, m: int, answers: int, spread: float | None) -> tuple[Any, Any, Any, Any]:
    """Return d, r, the answers of each problem ``[m, answers]``, and the golds."""
    d = 1 / np.arange(1, answers + 1)
    d /= d.sum()
    r = 0.7 * d + 0.3 / answers
    p = np.tile(d, (m, 1)) if spread is None else rng.dirichlet(d * spread, m)
    return d, r, p, rng.choice(answers, m, p=r)


def floor(m: int, answers: int, spread: float | None, runs: int) -> str:
    """Return one line: bias and coverage of the guess floor."""
    rng = np.random.default_rng([m, answers])
    d, r, _, _ = drawn(rng, 1, answers, spread)
    truth = (r[:, None] * (1 - (1 - d)[:, None] ** GUESS_KS)).sum(axis=0)
    held, off, flagged, both = np.zeros((4, len(GUESS_KS)))
    every = np.arange(1, GUESS_KS[-1] + 1)
    for _ in range(runs):
        _, _, p, golds = drawn(rng, m, answers, spread)
        shares = np.stack([rng.multinomial(64, row) for row in p]) / 64
        distinct, index = np.unique(golds, return_inverse=True)
        guesses = Guesses(index, shares[:, distinct])
        mean, se, _, _ = curves(guesses, every, np.empty((m, 0)))
        low, high = widen_to_monotone(*share_interval(mean, se, m, 0.95))
        marked = too_low(se, bias(guesses, every))[GUESS_KS - 1]
        mean, low, high = (curve[GUESS_KS - 1] for curve in (mean, low, high))
        inside = (low <= truth) & (truth <= high)
        held, off, flagged = held + inside, off + mean - truth, flagged + marked
        both += inside & ~marked
    cells = _cells(truth, off / runs, held / runs)
    with np.errstate(invalid="ignore"):
        rest = zip(flagged / runs, both / (runs - flagged), strict=True)
        marks = "   ".join(f"{100 * f:3.0f} % {100 * kept:5.1f} %" for f, kept in rest)
    return f"{m:4d} {answers:5d} {spread or '-':>4}  {cells}\n{'':17}flagged, else held: {marks}"


def excess(m: int, answers: int, spread: float | None, runs: int) -> list[str]:
    """Return lines: bias and coverage of the excess of a base, of another model, of its gain."""
    rng = np.random.default_rng([m, answers, 1])
    whole = [_luck_and_skill(rng, 20_000, answers, spread)[side] for side in (0, 1)]
    r = drawn(rng, 1, answers, spread)[1]
    truths = []
    for chances, right in whole:
        d = chances.mean(axis=0)
        solved = (1 - (1 - right)[:, None] ** EXCESS_KS).mean(axis=0)
        truths.append(solved - (r[:, None] * (1 - (1 - d)[:, None] ** EXCESS_KS)).sum(axis=0))
    truth = np.stack([*truths, truths[1] - truths[0]])
    held, off = np.zeros((2, 3, len(EXCESS_KS)))
    pair = ComparedArms(comparison="c", base="0", other="1", benchmark="b", protocol="p")
    for _ in range(runs):
        *sides, golds = _luck_and_skill(rng, m, answers, spread)
        solvers, found = [], []
        distinct, index = np.unique(golds, return_inverse=True)
        for side, (chances, _) in enumerate(sides):
            counts = np.stack([rng.multinomial(64, row) for row in chances])
            solved = curve_at(np.full(m, 64), counts[np.arange(m), golds], EXCESS_KS)
            guesses = Guesses(index, counts[:, distinct] / 64)
            _, _, mean, se = curves(guesses, EXCESS_KS, solved)
            found.append((mean, *interval_of(mean, se, m, 0.95)))
            arm = str(side), "b", "p"
            names, plain = [str(i) for i in range(m)], np.zeros(len(EXCESS_KS), dtype=bool)
            solvers.append(Solver(arm, names, guesses, 64, EXCESS_KS, solved, plain))
        gain = gains(solvers, [pair], 0.95)
        found.append(tuple(gain[name].to_numpy() for name in ("gain", "ci_low", "ci_high")))
        mean, low, high = (np.stack(parts) for parts in zip(*found, strict=True))
        held, off = held + ((low <= truth) & (truth <= high)), off + mean - truth
    rows = zip(("base", "other", "gain"), truth, off / runs, held / runs, strict=True)
    return [
        f"{m:4d} {answers:5d} {spread or '-':>4} {who:>6}  {_cells(*row)}" for who, *row in rows
    ]


def _luck_and_skill(rng: Any, m: int, answers: int, spread: float | None) -> tuple[Any, Any, Any]:
    """Return of both models the chance of each answer and of the right one, and the golds."""
    _, _, p, golds = drawn(rng, m, answers, spread)
    skill = rng.beta(0.3, 0.9, m)
    sides = []
    for knows in (skill, np.sqrt(skill)):
        chances = p * (1 - knows)[:, None]
        chances[np.arange(m), golds] += knows
        sides.append((chances, chances[np.arange(m), golds]))
    return sides[0], sides[1], golds


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
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    print("truth, bias in points, coverage of the 95 % interval, at each k")
    print(f"guess floor: problems, answers, concentration; k = {GUESS_KS.tolist()}")
    for m, answers, spread in FLOORS:
        print(floor(m, answers, spread, runs), flush=True)
    print(f"excess: problems, answers, concentration; k = {EXCESS_KS.tolist()}")
    for m, answers, spread in FLOORS:
        print(*excess(m, answers, spread, runs), sep="\n", flush=True)
    print(f"CoT-pass@k; k = {COT_KS}")
    for world in WORLDS:
        print(world, *cot(world, runs), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
