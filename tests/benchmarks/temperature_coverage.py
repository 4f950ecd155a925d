"""Coverage of intervals at the best of several temperatures, and how often one catches up falsely.

Run it with the project's Python, from anywhere (a minute with the defaults)::

    python tests/benchmarks/temperature_coverage.py [--runs 300]

Four temperatures, n = 128.  The log-odds of a problem are N(−1, 2), and at temperature t by
`TILTS[t]` flatter and N(0, 0.5) apart by problem and temperature; *equal*: no temperature is
better than another.  The truth is the largest of the means of 200,000 problems, at each k.
Naive: the largest mean with its interval, on the problems that chose it.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from boundary.analysis.crossfit import crossfitted, halves
from boundary.analysis.intervals import difference_interval, mean_and_se, z_value
from boundary.analysis.passk import curve_at

KS = np.array([1, 8, 64])
N = 128
TILTS = {"equal": (1.0, 1.0, 1.0, 1.0), "unequal": (1.0, 0.8, 0.6, 0.4)}


def rates(rng: Any, m: int, tilts: tuple[float, ...]) -> Any:
    """Return the chance of each problem at each temperature, ``[T, m]``."""
    logits = rng.normal(-1, 2, m)
    return 1 / (1 + np.exp(-np.stack([tilt * logits + rng.normal(0, 0.5, m) for tilt in tilts])))


def line(name: str, m: int, runs: int) -> str:
    """Return bias in points and coverage, cross-fitted and naive, at each k."""
    rng = np.random.default_rng(m)
    many = rates(rng, 200_000, TILTS[name])
    truth = np.array([(1 - (1 - many) ** k).mean(axis=1).max() for k in KS])
    off, held = np.zeros((2, 2, len(KS)))
    for run in range(runs):
        chance = rates(rng, m, TILTS[name])
        counts = rng.binomial(N, chance)
        values = np.stack([curve_at(np.full(m, N), each, KS) for each in counts])
        chosen = values.mean(axis=1).argmax(axis=0)
        naive = np.stack([values[t, :, i] for i, t in enumerate(chosen)], axis=1)
        for way, of in enumerate((crossfitted(values, halves(m, run)), naive)):
            mean, se = mean_and_se(of)
            low, high = difference_interval(mean, se, m, multiplier=z_value(0.95), miss=0.025)
            off[way] += (mean - truth) / runs
            held[way] += ((low <= truth) & (truth <= high)) / runs
    cells = [
        "   ".join(
            f"{100 * o:+5.2f} {100 * h:5.1f} %" for o, h in zip(off[i], held[i], strict=True)
        )
        for i in (0, 1)
    ]
    return f"{name:>8} {m:4d}  {cells[0]}  |  {cells[1]}"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=300)
    runs = parser.parse_args().runs
    print(f"bias in points and coverage at k = {KS.tolist()}: cross-fitted | naive")
    for name in TILTS:
        for m in (30, 100, 500):
            print(line(name, m, runs), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
