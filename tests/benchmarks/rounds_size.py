"""Coverage of the intervals of pass@(k, T), of differences and of their change with k.

Run it with the project's Python, from anywhere (minutes)::

    python tests/benchmarks/rounds_size.py [--runs 1000]

Cells and seeds were written down before the first run: run r of a cell draws from the seed
[cell, r].  A problem has rates of success of both models from beta distributions joined by one
shift; a right trial takes 1 + geometric rounds, of a mean that is the problem's, so that c_T
is binomial with the rate times the chance of so few rounds.  The other model is quicker where
``quick`` is below 1.  Truth: exact pass@(k, T) of 400,000 problems with known rates.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boundary.analyses.rounds.compute import paired_means
from boundary.analysis.intervals import share_interval
from boundary.analysis.passk import curve_at
from boundary.analysis.questions import Questions

Floats = NDArray[np.float64]


class Cell(NamedTuple):
    """Problems, trials, concentration of rates, shift of the other's log-odds, its pace, T, K."""

    m: int
    n: int
    spread: float
    shift: float
    quick: float
    budget: int
    k: int


CELLS = [
    Cell(100, 5, 0.5, 0.0, 1.0, 8, 2),
    Cell(100, 5, 0.5, 0.5, 0.5, 8, 2),
    Cell(100, 16, 0.5, 0.5, 0.5, 8, 8),
    Cell(100, 16, 2.0, 0.5, 1.0, 4, 8),
    Cell(300, 10, 0.3, 0.5, 0.5, 8, 5),
    Cell(300, 64, 0.5, 1.0, 0.7, 16, 32),
    Cell(80, 5, 0.3, 0.5, 0.5, 8, 2),
    Cell(500, 32, 0.3, 0.0, 0.5, 4, 16),
]


def draw(cell: Cell, m: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return chances of both models to be right at all and within the budget, ``[2, m]``."""
    rate = np.clip(rng.beta(cell.spread, cell.spread, m), 1e-9, 1 - 1e-9)
    odds = np.log(rate / (1 - rate)) + np.array([[0.0], [cell.shift]])
    odds = odds + 0.5 * rng.normal(size=(2, m))
    rates = 1 / (1 + np.exp(-odds))
    pace = rng.uniform(3, 30, m) * np.array([[1.0], [cell.quick]])
    return rates, 1 - (1 - 1 / pace) ** cell.budget


def truths(cell: Cell, rates: Floats, soon: Floats) -> Floats:
    """Return pass@1 and pass@K within the budget of the base, D at both, and change at full T."""
    at = [[(1 - (1 - rates * part) ** k).mean(axis=1) for k in (1, cell.k)] for part in (soon, 1.0)]
    ahead = [[value[0] - value[1] for value in each] for each in at]
    return np.array([at[0][0][0], at[0][1][0], *ahead[0], ahead[1][1] - ahead[1][0]])


def covered(place: int, cell: Cell, runs: int) -> str:
    """Return one line: how often each interval holds its truth."""
    truth = truths(cell, *draw(cell, 400_000, np.random.default_rng([place])))
    held = np.zeros(len(truth))
    ks, n, questions = np.unique([1, cell.k]), np.full(cell.m, cell.n), Questions.distinct(cell.m)
    for run in range(runs):
        rng = np.random.default_rng([place, run])
        rates, soon = draw(cell, cell.m, rng)
        full = rng.binomial(cell.n, rates)
        within = rng.binomial(full, soon)
        early, late = ([curve_at(n, c, ks) for c in each] for each in (within, full))
        one = share_interval(*questions.mean_and_se(early[0]), cell.m, 0.95)
        change = (late[0] - late[1]) @ np.array([[-1], [1]])
        _, low, high = paired_means(np.hstack([early[0] - early[1], change]), questions, 0.95)
        ends = np.hstack([one, [low, high]])
        held += (ends[0] <= truth) & (truth <= ends[1])
    shown = "  ".join(f"{t:6.3f} {h:6.1%}" for t, h in zip(truth, held / runs, strict=True))
    return f"{place} {' '.join(f'{x:>4}' for x in cell)}  {shown}"


def main() -> None:
    """Print the coverage of every cell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    print("    M    n  spread shift quick T K   pass@(1,T); pass@(K,T); D(1,T); D(K,T); change")
    for place, cell in enumerate(CELLS):
        print(covered(place, cell, runs), flush=True)


if __name__ == "__main__":
    main()
