"""Coverage of the intervals of horizons and of the rate of a step, and false alarms of the rule.

Run it with the project's Python, from anywhere (minutes)::

    python tests/benchmarks/horizon_size.py [--runs 400]

Cells and seeds were written down before the first run: run r of a cell draws from the seed
[cell, r].  Horizons: problems of lengths 2^0 … 2^9, one of them each time, in clusters of a
common shift; a model's rate on a problem is logistic in log2(length) with that shift and one
of the problem.  Truth: the same curve of pass@k fitted to 200,000 problems with known rates.
Product rule: every problem of L steps, L one of 1, 2, 4, 8, 16, is solved at p^L exactly.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boundary.analyses.horizon import HorizonOptions, problems
from boundary.analysis.holm import holm_adjusted
from boundary.analysis.horizon import ends, logistic_curves, ratio_ends
from boundary.analysis.intervals import difference_and_p
from boundary.analysis.product_rule import excess_at, step_rate
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import Counts

REPLICATES = 500
Floats = NDArray[np.float64]


class Horizon(NamedTuple):
    """Problems, samples, problems in a cluster, spread of clusters and of problems, k."""

    m: int
    n: int
    size: int
    between: float
    within: float
    k: int


HORIZONS = [
    Horizon(30, 16, 1, 0.0, 1.0, 1),
    Horizon(100, 16, 1, 0.0, 1.0, 1),
    Horizon(100, 16, 1, 0.0, 1.0, 8),
    Horizon(100, 64, 1, 0.0, 2.0, 8),
    Horizon(100, 4, 1, 0.0, 1.0, 1),
    Horizon(120, 16, 3, 1.0, 1.0, 1),
    Horizon(120, 16, 3, 1.0, 1.0, 8),
    Horizon(300, 16, 1, 0.0, 1.0, 8),
    Horizon(300, 16, 6, 1.5, 0.5, 1),
]
#: Rate of a step, problems, samples.
RULES = [(0.5, 100, 16), (0.9, 100, 16), (0.97, 100, 16), (0.9, 100, 256), (0.9, 300, 16)]
#: Intercepts and slopes of the base and of the other model.
MODELS = ((2.0, -0.6), (3.5, -0.6))
PENALTY = 1e-5


def draw(cell: Horizon, m: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Return lengths, clusters and the rates of both models, ``[2, m]``."""
    lengths = 2.0 ** rng.integers(0, 10, m)
    cluster = np.arange(m) // cell.size
    shift = cell.between * rng.normal(size=cluster[-1] + 1)[cluster]
    scores = [a + b * np.log2(lengths) + shift for a, b in MODELS]
    rates = [1 / (1 + np.exp(-(s + cell.within * rng.normal(size=m)))) for s in scores]
    return lengths, cluster, np.array(rates)


def horizons(place: int, cell: Horizon, runs: int) -> str:
    """Return one line: coverage of both horizons and of their ratio."""
    lengths, _, rates = draw(cell, 200_000, np.random.default_rng([place]))
    one = np.ones((1, len(lengths)))
    true = [
        logistic_curves(lengths, 1 - (1 - rate) ** cell.k, one, PENALTY).horizon[0]
        for rate in rates
    ]
    truth = np.array([*true, true[1] / true[0]])
    held = np.zeros(3)
    for run in range(runs):
        rng = np.random.default_rng([place, run])
        lengths, cluster, rates = draw(cell, cell.m, rng)
        n = np.full(cell.m, cell.n)
        counts = tuple(Counts(n, rng.binomial(n, rate), None) for rate in rates)
        questions = Questions(np.arange(cell.m), cluster if cell.size > 1 else None)
        options = HorizonOptions(k=[cell.k], penalty=PENALTY)
        *_, (_, (base, other)) = problems.Problems(questions, lengths, counts).fits(options)
        units, span = questions.units, (1.0, 512.0)
        each = [ends(fit.drawn, units, 0.95) for fit in (base, other)]
        ratio = ratio_ends(base.drawn, other.drawn, span, units, 0.95)
        low, high = np.transpose([*each, ratio])
        held += (low <= truth) & (truth <= high)
    shown = "  ".join(f"{t:7.1f} {h:5.1%}" for t, h in zip(truth, held / runs, strict=True))
    return f"{place:2d} {' '.join(f'{x:>4}' for x in cell)}  {shown}"


def rule(place: int, cell: tuple[float, int, int], runs: int) -> str:
    """Return one line: coverage of the rate, and how often some length breaks the rule."""
    rate, m, n = cell
    held = broken = 0
    for run in range(runs):
        rng = np.random.default_rng([place, run])
        lengths = 2.0 ** rng.integers(0, 5, m)
        shares = rng.binomial(n, rate**lengths) / n
        fit = step_rate(lengths, shares, None, 0.95)
        held += fit.low <= rate <= fit.high
        p = []
        for length in np.unique(lengths):
            gap = excess_at(np.flatnonzero(lengths == length), lengths, shares, fit, None)
            bounds = -(fit.rate**length), 1 - fit.rate**length
            p.append(difference_and_p(*gap, 0.95, bounds)[2])
        broken += min(x for x in holm_adjusted(p) if x is not None) < 0.05
    return f"{place:2d} {rate:4} {m:4d} {n:4d}  {held / runs:5.1%}  {broken / runs:5.1%}"


def main() -> None:
    """Print the coverage of every cell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    runs = parser.parse_args().runs
    problems.REPLICATES = REPLICATES
    print("    M    n size  betw with  k   base, covered; other; ratio")
    for place, cell in enumerate(HORIZONS):
        print(horizons(place, cell, runs), flush=True)
    print("    p    M    n   covered; some length breaks the rule")
    for place, each in enumerate(RULES, start=len(HORIZONS)):
        print(rule(place, each, runs), flush=True)


if __name__ == "__main__":
    main()
