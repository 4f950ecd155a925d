"""Bias and coverage of what controls explain, chosen on one half of problems, judged on the other.

Run it with the project's Python, from anywhere (half a minute with the defaults)::

    python tests/benchmarks/controls_coverage.py [--runs 600]

Run r of a population and M draws from the seed [its place, M, r]; n = 64, k = 1, nominal 95 %.
*lab*: eight in ten problems are of one family, and rates of start, trained model, T = 0.25 and
T = 0.5 those of the default study's `short`.  *two, other problems*: either setting solves 0.9
of one half of the problems and 0.1 of the other half.  *four*: log-odds N(−1, 2) by problem,
flatter by setting as `TILTS` says, and N(0, 0.5) apart.  In all but the first the start solves 0.1
and the trained model eight in ten problems always and the others never, by draws of their own.

Bias: the mean of the chosen setting on the half that judges, less its true mean; beside it the
same where all problems choose and judge.  Held: how often the intervals of lead and share hold
what is true of the chosen setting.  Halvings: how often the interval around the mean over 200
halvings, of problems taken for independent, holds the true mean of the best setting.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from boundary.analysis.crossfit import crossfitted, halves
from boundary.analysis.explained import explained_share, mean_between
from boundary.analysis.questions import Questions

N, MANY = 64, 4_000_000
#: Rates of start, trained model and two temperatures on problems of either family.
LAB = np.array([[0.154, 0.987, 0.998, 0.914], [0.032, 0.0, 0.001, 0.034]])
TILTS = {"four, equal": (1.0, 1.0, 1.0, 1.0), "four, unequal": (1.0, 0.8, 0.6, 0.4)}
POPULATIONS = ("lab", "two, other problems", *TILTS)


def rates(rng: Any, name: str, m: int) -> Any:
    """Return the rates of start, trained model and each setting, ``[2 + settings, m]``."""
    if name == "lab":
        return LAB[(rng.random(m) < 0.2).astype(int)].T
    sides = [np.full(m, 0.1), (rng.random(m) < 0.8).astype(float)]
    if name in TILTS:
        logits = rng.normal(-1, 2, m)
        of = [1 / (1 + np.exp(-(t * logits + rng.normal(0, 0.5, m)))) for t in TILTS[name]]
    else:
        kind = rng.random(m) < 0.5
        of = [np.where(kind, 0.9, 0.1), np.where(kind, 0.1, 0.9)]
    return np.stack([*sides, *of])


def line(name: str, m: int, runs: int) -> str:
    """Return the row of a population and a number of problems."""
    place = POPULATIONS.index(name)
    truth = rates(np.random.default_rng([place, m]), name, MANY).mean(axis=1)
    off, lead, share, averaged = np.zeros((2, runs)), 0, 0, 0
    for run in range(runs):
        rng = np.random.default_rng([place, m, run])
        values = rng.binomial(N, rates(rng, name, m)) / N
        split = halves(m, run)
        chooses = split[0] == 1
        best = 2 + values[2:, chooses].mean(axis=1).argmax()
        start, trained, of = (values[i, ~chooses] for i in (0, 1, best))
        problems = Questions.distinct(len(of))
        naive = values[2:].mean(axis=1)
        off[:, run] = of.mean() - truth[best], naive.max() - truth[2 + naive.argmax()]
        low, high = mean_between(of - trained, problems, 0.95)[1:]
        lead += low <= truth[best] - truth[1] <= high
        ends = explained_share(start, trained, of, problems, 0.95)
        true = (truth[best] - truth[0]) / (truth[1] - truth[0])
        share += ends is not None and ends[1] <= true <= ends[2]
        whole = crossfitted(values[2:, :, None], split)[:, 0]
        low, high = mean_between(whole, Questions.distinct(m), 0.95)[1:]
        averaged += low <= truth[2:].max() <= high
    bias = "  ".join(
        f"{100 * each.mean():+5.2f} ± {100 * each.std() / runs**0.5:.2f}" for each in off
    )
    held = "  ".join(f"{100 * each / runs:5.1f} %" for each in (lead, share, averaged))
    return f"{name:>20} {m:4d}  {bias}  {held}"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=600)
    runs = parser.parse_args().runs
    print("bias in points: other half, same problems | held: lead, share, halvings")
    for name in POPULATIONS:
        for m in (120, 500):
            print(line(name, m, runs), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
