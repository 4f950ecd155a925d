"""Coverage of the intervals of solved sets, and false alarms over strata, by simulation.

Run it with the project's Python, from anywhere (minutes with the defaults)::

    python tests/benchmarks/solved_sets_size.py [--runs 1000]

Cells, written down before any of them ran.  Populations: ``sharpened`` (Beta(0.35, 1.2), logits
1.5 times as large, plus 1.3), ``new skill`` (Beta(0.35, 1.2) for both and 5 % that the other
alone solves, at 0.3), ``forgetting`` (the models of new skill exchanged) and ``published`` (c/n
of the published pair).  M = 100 and 500 problems, n = 16 and 128 samples, k = 1, n/2 and n.  The
truth is of the population.  Run r of cell (population, M, n) has the seed (11, place of the
population, M, n, r).  A ratio counts where it is given.

Strata, seed (12, M, n, r): ``independent`` (Beta(0.4, 0.6) for either model, drawn apart, so that
no stratum has a net change) and a fifth of all problems in each of five; how often any net change
is decided at k = n.  With it the power: the same, but the other model fails the last stratum.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from boundary.analyses.solved_sets.compute import pair_rows
from boundary.analyses.solved_sets.sets import solved_sets
from boundary.analysis.pairs import Pair
from boundary.analysis.questions import Questions

sys.path.insert(0, str(Path(__file__).parents[1]))
from boundary.simulate.populations import Floats, Population, of_beta, population
from simulations import LABELS

SIZES = [(m, n) for m in (100, 500) for n in (16, 128)]
SHOWN = ("learned", "forgotten", "net", "srr", "ndr", "sds", "nscr")
STRATA = 5


def skill(name: str, *, lost: bool) -> Population:
    """Return Beta(0.35, 1.2) for both, and 5 % that one model alone solves."""
    both = of_beta(name, 0.35, 1.2)
    zero, some = np.append(both.base, 0.0), np.append(both.base, 0.3)
    weight = np.append(0.95 * both.weight, 0.05)
    return Population(name, *((some, zero) if lost else (zero, some)), weight)


def populations() -> list[Population]:
    """Return those of the cells."""
    return [
        population("sharpened late", 128),
        skill("new skill", lost=False),
        skill("forgetting", lost=True),
        population("published", 128),
    ]


def truths(kinds: Population, ks: Sequence[int]) -> dict[str, Floats]:
    """Return what each column comes to in the population, at each k."""
    powers = np.asarray(ks)[:, None]
    base, other = (1 - (1 - p) ** powers for p in (kinds.base, kinds.other))
    w = kinds.weight
    both, learned, forgotten = (
        (base * other) @ w,
        ((1 - base) * other) @ w,
        (base * (1 - other)) @ w,
    )
    srr, ndr = both / (both + forgotten), learned / (both + learned)
    return {
        "learned": learned,
        "forgotten": forgotten,
        "net": learned - forgotten,
        "srr": srr,
        "ndr": ndr,
        "sds": 2 * srr * ndr / (srr + ndr),
        "nscr": (learned - forgotten) / (both + learned + forgotten),
    }


def pair_of(rates: tuple[Floats, Floats], n: int, rng: np.random.Generator) -> Pair:
    """Draw n samples of either model on each problem."""
    base, other = (rng.binomial(n, p) for p in rates)
    m = len(base)
    size = np.full(m, n)
    names = [str(i) for i in range(m)]
    return Pair(LABELS, names, Questions.distinct(m), size, base, size, other)


def coverage(place: int, kinds: Population, m: int, n: int, runs: int) -> str:
    """Return a line a k: which share of intervals holds the truth."""
    ks = np.array([1, n // 2, n])
    truth = truths(kinds, ks.tolist())
    held, given = (np.zeros((len(SHOWN), len(ks))) for _ in range(2))
    for run in range(runs):
        rng = np.random.default_rng([11, place, m, n, run])
        rows = solved_sets(pair_of(kinds.draw(m, rng), n, rng), ks, 0.95).rows
        for i, name in enumerate(SHOWN):
            low, high = (rows[f"{name}{end}"].to_numpy() for end in ("_low", "_high"))
            low, high = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
            held[i] += (low <= truth[name]) & (truth[name] <= high)
            given[i] += ~np.isnan(low)
    lines = []
    for j, k in enumerate(ks):
        cells = [
            f"{100 * held[i, j] / given[i, j]:8.1f}{'*' * bool(given[i, j] < runs):1}"
            if given[i, j]
            else f"{'-':>9}"
            for i in range(len(SHOWN))
        ]
        lines.append(f"{kinds.name:15} {m:4} {n:4} {k:4} {' '.join(cells)}")
    return "\n".join(lines)


def alarms(m: int, n: int, runs: int) -> str:
    """Return how often a stratum is decided, without any change and with one forgotten."""
    kinds = population("independent", n)
    false = power = 0
    strata = pl.Series([f'{{"level":"{STRATA * i // m}"}}' for i in range(m)])
    for run in range(runs):
        for lost in (False, True):
            rng = np.random.default_rng([12, m, n, run])
            base, other = kinds.draw(m, rng)
            other = np.where(np.arange(m) >= m - m // STRATA, 0.0, other) if lost else other
            pair = pair_of((base, other), n, rng)
            rows = pair_rows(Pair(**{**vars(pair), "strata": strata}), 0.95)
            named = rows.filter(pl.col("decided") & (pl.col("key") != ""))["value"].to_list()
            power += lost and str(STRATA - 1) in named
            false += not lost and bool(named)
    shares = f"any of five {100 * false / runs:4.1f} %   forgotten {100 * power / runs:5.1f} %"
    return f"{m:4} {n:4}  {shares}"


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    print(f"coverage of 95 % intervals, {runs} runs; *: not given in every run")
    print(f"{'population':15} {'M':>4} {'n':>4} {'k':>4} " + " ".join(f"{x:>9}" for x in SHOWN))
    for place, kinds in enumerate(populations()):
        for m, n in SIZES:
            print(coverage(place, kinds, m, n, runs), flush=True)
    print("net change of a stratum decided at k = n: where none changed, and of a forgotten one")
    for m, n in SIZES:
        print(alarms(m, n, runs), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
