"""Hold the power that `boundary plan-n` tells to studies drawn from populations that are known.

Run it with the project's Python, from anywhere (a minute or two)::

    OMP_NUM_THREADS=1 python tests/benchmarks/plan_power.py [--studies 200] [--of NAME ...]

A pilot so large that its D is that of the population says how often a study of M problems and
n samples comes to its likeliest verdict, leaves nothing open (*settled*), and finds a crossing;
studies of that design, each through the decision rule, say how often they do.  *Others*: problems
are drawn anew, as the verdict on the population is of; *same*: one set of M problems, whose
samples alone are new, and the verdict on this set.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "workflow"))
from boundary.analysis.crossover import decide
from boundary.analysis.differences import difference_curve
from boundary.analysis.pairs import Pair
from boundary.analysis.planning import OPEN, Pilot, power
from boundary.simulate.populations import Floats, population
from simulations import make_pair

#: Written down before the first run: seeds are [SEED, place of the cell, 0 or 1 + study].
SEED, REPLICATES = 20261201, 1_000
TRUTHS = ("published", "sharpened early", "sharpened late", "new skill", "swapped")
DESIGNS = ((100, 64), (250, 128), (500, 64), (500, 128), (1_000, 64))
#: Of the pilot: problems where others are drawn, times each where they are the same; samples.
PROBLEMS, TIMES, SAMPLES = 20_000, 40, 256


def counts(rates: tuple[Floats, Floats], n: int, rng: np.random.Generator) -> Pair:
    """Draw samples of problems of known rates."""
    base, other = (rng.binomial(n, rate) for rate in rates)
    return make_pair(base, other, n, None)


def line(place: int, name: str, m: int, n: int, same: bool, studies: int) -> tuple[str, float]:
    """Return a row of the table, and the largest gap in it."""
    truth, rng = population(name, SAMPLES), np.random.default_rng([SEED, place, 0])
    chosen = truth.draw(m, rng) if same else truth.draw(PROBLEMS, rng)
    repeated = tuple(np.tile(rate, TIMES) for rate in chosen) if same else chosen
    told = Pilot.of(counts(repeated, SAMPLES, rng), SAMPLES // 2)
    if same:  # what so many copies of the problems say of one, D known as it is of others
        told = replace(told, m=m, units=m, within=np.zeros_like(told.within))
    planned, verdicts = power(told, m, n, same=same), []
    for study in range(studies):
        rng = np.random.default_rng([SEED, place, 1 + study])
        rates = chosen if same else truth.draw(m, rng)
        decided = decide(difference_curve(counts(rates, n, rng), replicates=REPLICATES))
        verdicts.append(str(decided.verdict_fixed if same else decided.verdict))
    seen = (
        verdicts.count(planned.verdict) / studies,
        sum(each not in OPEN for each in verdicts) / studies,
        sum(each in ("crossover", "reverse") for each in verdicts) / studies,
    )
    if planned.verdict == "undetermined":
        seen = (0.0, *seen[1:])
    tells = (planned.power, planned.settled, planned.crossing)
    pairs = [f"{one:.2f} / {two:.2f}" for one, two in zip(tells, seen, strict=True)]
    cells = [name, "same" if same else "others", str(m), str(n), planned.verdict, *pairs]
    worst = max(abs(one - two) for one, two in zip(tells, seen, strict=True))
    return f"| {' | '.join(cells)} |", worst


def main() -> None:
    """Print a row a cell: what the plan tells / what studies came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--of", nargs="*", default=TRUTHS, help="populations; by default all")
    given = parser.parse_args()
    print("| population | problems | M | n | likeliest | it | settled | crossing |")
    print("|---|---|---|---|---|---|---|---|")
    every = [(name, m, n, same) for name in TRUTHS for m, n in DESIGNS for same in (False, True)]
    largest = 0.0
    for place, cell in enumerate(every):
        if cell[0] in given.of:
            row, gap = line(place, *cell, given.studies)
            print(row, f"{gap:.3f}", flush=True)
            largest = max(largest, gap)
    print(f"largest gap {largest:.3f}, of {given.studies} studies a cell")


if __name__ == "__main__":
    main()
