"""Coverage of the interval of what k trials of a problem cost together, where the truth is known.

Run it with the project's Python, from anywhere (a minute)::

    python tests/benchmarks/trial_costs_size.py [--runs 1000]

Cells and seeds were written down before the first run: run r of a cell draws from the seed
[20261202, cell, r].  The logarithm of what a trial of a problem costs on average is normal over
problems, of deviation ``spread``; a trial's own cost is log-normal about it, of deviation
``noise``; variants of a task, ``together`` in a named cluster, share its cost.  Truth: the mean
of both laws, in closed form.  Beside coverage, where the interval misses: below or above.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
import polars as pl

from boundary.analyses.rounds.spend import trial_costs
from boundary.analysis.intervals import clopper_pearson
from boundary.used import SPENT

SEED = 20261202


class Cell(NamedTuple):
    """Problems, trials, deviations of log costs over and within problems, problems of a cluster."""

    m: int
    n: int
    spread: float
    noise: float
    together: int


CELLS = [
    Cell(30, 5, 0.5, 0.5, 1),
    Cell(30, 5, 1.0, 1.0, 1),
    Cell(80, 5, 0.5, 0.5, 1),
    Cell(80, 5, 1.0, 1.0, 1),
    Cell(80, 10, 1.5, 1.0, 1),
    Cell(100, 5, 0.5, 1.0, 1),
    Cell(100, 16, 1.0, 0.5, 1),
    Cell(100, 5, 1.0, 1.0, 4),
    Cell(300, 5, 1.0, 1.0, 1),
    Cell(300, 10, 1.5, 1.0, 1),
    Cell(500, 32, 1.0, 1.0, 1),
]


def scores(cell: Cell, rng: np.random.Generator) -> pl.DataFrame:
    """Draw a SCORES table of one arm; nothing here depends on which trials are right."""
    tasks = -(-cell.m // cell.together)
    level = np.repeat(rng.normal(0, cell.spread, tasks), cell.together)[: cell.m]
    trials = np.exp(level[:, None] + rng.normal(0, cell.noise, (cell.m, cell.n)))
    return pl.DataFrame(
        {
            **dict.fromkeys(("model", "benchmark", "protocol"), "x"),
            "problem_id": [f"{i:04}" for i in range(cell.m)],
            "n": cell.n,
            "correct": rng.binomial(cell.n, 0.5, cell.m),
            "cluster": [f"{i // cell.together:04}" for i in range(cell.m)],
            SPENT["cost"]: trials.mean(axis=1),
        }
    )


def line(place: int, cell: Cell, runs: int) -> str:
    """Return a row of the table."""
    truth = np.exp((cell.spread**2 + cell.noise**2) / 2)
    below = above = 0
    for run in range(runs):
        table = trial_costs(scores(cell, np.random.default_rng([SEED, place, run])), 0.95)
        low, high = table.filter(k=1).select("spent_low", "spent_high").row(0)
        below, above = below + (high < truth), above + (low > truth)
    held = runs - below - above
    ends = clopper_pearson(np.array([float(held)]), np.array([float(runs)]), 0.99)
    low, high = (f"{100 * float(end[0]):.1f}" for end in ends)
    shares = (f"{100 * part / runs:.1f}" for part in (below, above))
    cells = [*map(str, cell), f"{100 * held / runs:.1f} [{low}, {high}]", *shares]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print how often the interval holds the truth, and else lies below or above it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    print("| M | n | spread | noise | together | holds | below | above |")
    print("|---|---|---|---|---|---|---|---|")
    for place, cell in enumerate(CELLS):
        print(line(place, cell, runs), flush=True)


if __name__ == "__main__":
    main()
