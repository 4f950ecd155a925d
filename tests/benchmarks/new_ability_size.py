"""Simulate what is said of new ability and of sharpening, where the truth is known.

Run it with the project's Python, from anywhere (some 10 minutes of one core)::

    OMP_NUM_THREADS=1 python tests/benchmarks/new_ability_size.py [--runs 200]

Prints a table of Markdown, in percent of the runs of each cell: how often the 95 %
intervals of the gain and of the slope hold the truth, how often new ability is claimed
of the other model and of the base, how often a gain of any kind is, and how often a
problem of either exceeds the line.  Exit code 1 when an interval of the gain holds in
fewer than 93 % of the runs, or new ability is claimed of a model that has none in more
than 2 %, each beyond what chance allows the runs (a two-sided 99 % interval).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "workflow"))
from boundary.analyses.new_ability.compute import new_ability_rows
from boundary.analysis.sharpening import sharpening
from boundary.simulate.populations import Population, of_beta
from boundary.simulate.runs import ROUNDING, Rate
from simulations import make_pair

#: Written down before the first run.
SEED = 20261204
SIZES = ((100, 64), (300, 128), (500, 128))
SKILLS = (0.02, 0.05, 0.08)


@dataclass(frozen=True)
class Truth:
    """A population and what is true of it.

    Attributes
    ----------
    population : Population
    slope : float
        Of the line of log-odds.
    able : tuple of str
        The models with a skill that the other lacks: no rate at all against 0.3.
    """

    population: Population
    slope: float
    able: tuple[str, ...] = ()


def skilled(of: Truth, share: float, side: str = "other") -> Truth:
    """Add problems that one model alone can solve, at a rate of 0.3."""
    truth = of.population
    rates = {"base": 0.0, "other": 0.0, side: 0.3}
    name = f"{truth.name}, {100 * share:.0f} % {'new' if side == 'other' else 'forgotten'}"
    mixed = Population(
        name,
        np.append(truth.base, rates["base"]),
        np.append(truth.other, rates["other"]),
        np.append((1 - share) * truth.weight, share),
    )
    return Truth(mixed, of.slope, (side,))


ALIKE = Truth(of_beta("identical", 0.35, 1.2), 1.0)
LATE = Truth(of_beta("sharpened 1.5, +1.3", 0.35, 1.2, 1.5, 1.3), 1.5)
TRUTHS = (
    ALIKE,
    LATE,
    Truth(of_beta("sharpened 1.4, +0.5", 0.4, 0.6, 1.4, 0.5), 1.4),
    Truth(of_beta("sharpened 2, +2", 0.35, 1.2, 2.0, 2.0), 2.0),
    Truth(of_beta("sharpened 1.5, +3", 0.35, 1.2, 1.5, 3.0), 1.5),
    Truth(of_beta("sharpened 1.2, +2", 0.35, 1.2, 1.2, 2.0), 1.2),
    *(skilled(ALIKE, share) for share in SKILLS),
    *(skilled(LATE, share) for share in SKILLS),
    skilled(ALIKE, 0.05, "base"),
    skilled(LATE, 0.05, "base"),
)
HEAD = (
    "truth | M, n | gain holds, other and base | slope holds | other sharper | new ability of "
    "other, of base | gain of other, of base | beyond the line, other and base"
)


def gains(truth: Population, n: int) -> dict[str, float]:
    """Return the true gain of each model on what the other leaves unsolved, by the latter."""
    half, made = n // 2, {}
    for side, (one, two) in {
        "base": (truth.base, truth.other),
        "other": (truth.other, truth.base),
    }.items():
        chosen = truth.weight * (1 - one) ** half
        made[side] = float(chosen @ ((1 - one) ** half - (1 - two) ** half) / chosen.sum())
    return made


def simulate(truth: Truth, m: int, n: int, runs: int, seed: int) -> dict[str, np.ndarray]:
    """Return what each run came to, by name, ``[runs]``."""
    real = gains(truth.population, n)
    rows = []
    for run in range(runs):
        rng = np.random.default_rng([SEED, seed, m, n, run])
        base, other = (rng.binomial(n, p) for p in truth.population.draw(m, rng))
        pair = make_pair(base, other, n, None)
        made = sharpening(pair)
        row = {"slope": np.nan, "above": 0.0, "beyond other": 0.0, "beyond base": 0.0}
        if made.line and made.base and made.other:
            row["slope"] = float(made.line.low <= truth.slope <= made.line.high)
            row["above"] = float(made.line.sharper == "other")
            row["beyond other"] = float(made.other.beyond.any())
            row["beyond base"] = float(made.base.beyond.any())
        for each in new_ability_rows(pair, made):
            if each["judged"] == "half":
                side = each["unsolved_by"]
                who = "other" if side == "base" else "base"
                given = each["gain"] is not None
                held = given and each["gain_low"] - ROUNDING <= real[side] <= each["gain_high"]
                row[f"holds {who}"] = float(held) if given else np.nan
                row[f"new {who}"] = float(each["claim"] == "new-ability")
                row[f"gain {who}"] = float(each["claim"] in ("gain", "new-ability"))
        rows.append(row)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def rate(values: np.ndarray) -> Rate:
    """Return the share of the runs that say anything."""
    known = values[~np.isnan(values)]
    return Rate(int(known.sum()), len(known))


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    runs, failed = parser.parse_args().runs, False
    print(f"seed {SEED}, {runs} runs\n\n| {HEAD} |\n{'|---' * (HEAD.count(' | ') + 1)}|")
    for seed, truth in enumerate(TRUTHS):
        for m, n in SIZES:
            made = {name: rate(of) for name, of in simulate(truth, m, n, runs, seed).items()}
            cells = [truth.population.name, f"{m}, {n}"]
            for names in (
                ("holds other", "holds base"),
                ("slope",),
                ("above",),
                ("new other", "new base"),
                ("gain other", "gain base"),
                ("beyond other", "beyond base"),
            ):
                cells.append(", ".join(f"{100 * made[name].value:.1f}" for name in names))
            bad = any(made[f"holds {side}"].ends[1] < 0.93 for side in ("base", "other"))
            unable = {"base", "other"} - {*truth.able}
            bad |= any(made[f"new {side}"].ends[0] > 0.02 for side in unable)
            failed |= bad
            print(f"| {' | '.join(cells)} |{' !' if bad else ''}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
