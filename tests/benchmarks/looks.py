"""Count false verdicts of studies whose n is raised while nothing is decided.

Run it with the project's Python, from anywhere (about 20 minutes with the defaults)::

    OMP_NUM_THREADS=1 python tests/benchmarks/looks.py [--sets 400] [--replicates 1000]
        [--populations identical …]

In each set M = 500 problems and their responses are drawn from populations in which
neither model is ahead at any k (tests/populations.py); the verdict is looked at with
n = 64, 96 and 128 of the same responses, K = n/2.

planned     decided at some look, the bands at the levels of the plan .01/.02/.04
none        the same, each look at 95 %
last        decided at n = 128, at 95 %

Of the published pair it is not any verdict that counts, but `crossover`, which is true.
In percent of sets with exact 95 % intervals.  Exit code 1 where, of models that do not
differ, the plan decides in more than 5 % of sets by the whole interval.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

sys.path.insert(0, str(Path(__file__).parents[1]))
from boundary.analysis.crossover import band_verdict
from boundary.analysis.differences import difference_curve
from boundary.analysis.looks import look_levels
from boundary.simulate.populations import Floats, population
from simulations import make_pair

SIZES, SPENT = (64, 96, 128), (0.01, 0.02, 0.04)
PROBLEMS, SEED, CONFIDENCE = 500, 2001, 0.95


def decided(
    probabilities: tuple[Floats, Floats], true: str | None, replicates: int, seed: list[int]
) -> list[bool]:
    """Return whether a set is decided under the plan, without one, and at the last look."""
    rng = np.random.default_rng(seed)
    correct = [np.zeros(PROBLEMS, dtype=np.int64) for _ in probabilities]
    planned, plain = [], []
    steps = np.diff([0, *SIZES])
    for n, step, level in zip(SIZES, steps, look_levels(SIZES, SPENT), strict=True):
        correct = [c + rng.binomial(step, p) for c, p in zip(correct, probabilities, strict=True)]
        curve = difference_curve(make_pair(*correct, n, None), replicates=replicates)
        for levels, confidence in ((planned, 1 - level), (plain, CONFIDENCE)):
            low, high = curve.band.limits(curve.band.critical_at(confidence), confidence)
            verdict = band_verdict(low[: curve.inside], high[: curve.inside])
            levels.append(verdict == true if true else verdict != "undetermined")
    return [any(planned), any(plain), plain[-1]]


def main() -> int:
    """Print a row of Markdown a population."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=400)
    parser.add_argument("--replicates", type=int, default=1000)
    every = ("identical", "swapped", "published")
    parser.add_argument("--populations", nargs="+", default=every)
    given = parser.parse_args()
    print("| population | planned | none | last |\n|---|---|---|---|")
    failed = False
    for name in given.populations:
        truth, hits = population(name, SIZES[-1]), np.zeros(3, dtype=int)
        for i in range(given.sets):
            drawn = truth.draw(PROBLEMS, np.random.default_rng([SEED, i]))
            true = "crossover" if name == "published" else None
            hits += decided(drawn, true, given.replicates, [SEED, i, 1])
        cells = []
        for count in hits:
            ends = binomtest(int(count), given.sets).proportion_ci(method="exact")
            rate = count / given.sets
            cells.append(f"{100 * rate:.1f} [{100 * ends.low:.1f}, {100 * ends.high:.1f}]")
            failed |= name != "published" and len(cells) == 1 and ends.low > 1 - CONFIDENCE
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
