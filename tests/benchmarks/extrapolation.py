"""Simulate bounds and families beyond n, where the truth is known.

Run it with the project's Python, from anywhere (a second a set on one core)::

    OMP_NUM_THREADS=1 python tests/benchmarks/extrapolation.py [--sets 200] [--of NAME ...]
    OMP_NUM_THREADS=1 python tests/benchmarks/extrapolation.py --few [--sets 200]
    OMP_NUM_THREADS=1 python tests/benchmarks/extrapolation.py --published

Prints, in percent of sets of M = 500 problems and n = 128 samples, how often the bounds hold D
at 2n, 4n and 8n, how often they put the wrong model ahead, how often the gate lets families
pass, and how often their envelope then holds D, with its width.  ``--few`` is of the bounds of
few problems alone, and ``--published`` of the counts that the project carries.  Exit code 1 when
bounds hold in fewer than 95 % of sets or a sign is wrong in more than 2.5 %, each beyond what
chance allows (a two-sided 99 % interval).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "workflow"))
from boundary.analysis.extrapolation import Extrapolation
from boundary.analysis.mixing_bounds import bands_of
from boundary.analysis.pairs import Pair
from boundary.simulate.populations import Population, of_beta, population, published, sides
from boundary.simulate.runs import Rate
from simulations import make_pair

PUBLISHED = Path(__file__).parents[2] / "config" / "published"
#: Written down before the first run.
SEED = 20261130
M, N = 500, 128
FEW = (10, 20, 30, 60, 100)
KS = np.array([2, 4, 8])
REPLICATES = 1000
SMOOTH = (0.35, 1.2)


def mixed(name: str, of: Population, share: float, base: float, other: float) -> Population:
    """Add a kind of problems of one rate under each model."""
    return Population(
        name,
        np.append(of.base, base),
        np.append(of.other, other),
        np.append((1 - share) * of.weight, share),
    )


def truths() -> list[Population]:
    """Return the eight truths of the table."""
    smooth = of_beta("", *SMOOTH, 1.3, 0.8)
    return [
        of_beta("beta-binomial", *SMOOTH, 1.0, 0.7),
        mixed("zero-inflated", smooth, 0.2, 0.0, 0.0),
        of_beta("k× = 134", *SMOOTH, 1.5, 2.54),
        of_beta("k× ≈ 470", 0.4, 0.6, 1.4, 2.505),
        mixed("rare kinds, p = .0015", smooth, 0.15, 0.0015, 0.0),
        population("new skill", N),
        population("identical", N),
        population("swapped", N),
    ]


def drawn(truth: Population, m: int, seed: int, run: int) -> Pair:
    """Draw one set of problems and their counts."""
    rng = np.random.default_rng([SEED, seed, m, run])
    base, other = (rng.binomial(N, p) for p in truth.draw(m, rng))
    return make_pair(base, other, N, None)


def bounds(pair: Pair) -> np.ndarray:
    """Return bounds on base − other at `KS` times n, ``[3, 2]``."""
    bands, exchanged = bands_of(pair, REPLICATES, 0.95)
    ends = [bands.limits(int(k)) for k in KS * pair.n]
    made = np.array([(-1.0, 1.0) if each is None else each for each in ends])
    return -made[:, ::-1] if exchanged else made


def simulate(truth: Population, m: int, sets: int, seed: int, *, families: bool) -> dict[str, list]:
    """Return what each set came to."""
    real, made = truth.difference(KS * N), {"held": [], "wrong": [], "in": [], "width": []}
    ahead = sides(real)
    for run in range(sets):
        pair = drawn(truth, m, seed, run)
        low, high = bounds(pair).T
        made["held"].append((low <= real + 1e-6) & (real - 1e-6 <= high))
        sign = (low > 0).astype(int) - (high < 0)
        made["wrong"].append(bool(((sign != 0) & (sign != ahead)).any()))
        made["width"].append(high - low)
        if families and (asked := Extrapolation(pair)).gate().passed:
            low, high = asked.envelope(KS * N)
            made["in"].append(
                np.array([(low <= real + 1e-6) & (real - 1e-6 <= high), high - low], dtype=float)
            )
    return made


def percent(values: np.ndarray) -> str:
    """Return means over sets in percent."""
    return " ".join(f"{100 * value:.0f}" for value in np.mean(values, axis=0))


def show(name: str, m: int, made: dict[str, list], *, families: bool) -> bool:
    """Print a line of the table, and return whether the bounds keep to their level."""
    sets, held = len(made["held"]), np.array(made["held"])
    cells = [name, str(m), str(sets), percent(held), percent(made["width"])]
    cells.append(f"{100 * np.mean(made['wrong']):.1f}")
    if families:
        cells.append(f"{len(made['in'])}")
        inside = np.array(made["in"]) if made["in"] else None
        cells += ["–", "–"] if inside is None else [percent(inside[:, i]) for i in (0, 1)]
    print(f"| {' | '.join(cells)} |", flush=True)
    worst = Rate(int(held.sum(axis=0).min()), sets)
    wrong = Rate(sum(made["wrong"]), sets)
    return worst.ends[1] >= 0.95 and wrong.ends[0] <= 0.025


def of_published() -> None:
    """Print what is said of the counts that the project carries."""
    folder = PUBLISHED / "deepscaler32k"
    arms = [
        {row["id"]: row["c"] for row in map(json.loads, (folder / f"{arm}.jsonl").open())}
        for arm in ("base", "rl")
    ]
    deep = [np.array([arm[name] for name in sorted(arms[0])]) for arm in arms]
    math = [np.rint(rate * 128).astype(int) for rate in published()]
    for name, (base, other) in {"MATH500": math, "DeepScaleR": deep}.items():
        pair, start = make_pair(base, other, 128, None), time.process_time()
        ends = (100 * bounds(pair)).round(1).tolist()
        asked = Extrapolation(pair)
        gate, told = asked.gate(), (100 * np.transpose(asked.envelope(KS * 128))).round(1).tolist()
        print(name, f"M = {pair.m}, bounds at 2n, 4n, 8n:", ends)
        print(gate, "envelope:", told if gate.passed else "refused")
        print(f"{time.process_time() - start:.2f} s of CPU")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=200)
    parser.add_argument("--of", nargs="*", help="names of truths; by default all")
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--published", action="store_true")
    asked = parser.parse_args()
    if asked.published:
        of_published()
        return
    print(
        "| truth | M | sets | bounds hold | their width | wrong sign | passed | envelope | width |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    kept = True
    for seed, truth in enumerate(truths()):
        if asked.of and truth.name not in asked.of:
            continue
        for m in FEW if asked.few else (M,):
            made = simulate(truth, m, asked.sets, seed, families=not asked.few)
            kept &= show(truth.name, m, made, families=not asked.few)
    sys.exit(not kept)


if __name__ == "__main__":
    main()
