"""What stopping early saves and costs, on problems of published rates.

Run it with the project's Python, from anywhere (about 2 minutes of CPU a pair)::

    OMP_NUM_THREADS=1 python tests/benchmarks/adaptive.py [--runs 300] [--replicates 1000]

A run draws as many problems as were published, with replacement, each with the rates c/n of
both models, and all its n responses; the adaptive design has those of them up to where its rule
(looks double from 16, 8 right stop) ends the problem.  *swapped* exchanges the rates of both
models in half of the problems drawn, so that no model is ahead in the population.  It prints

share      samples drawn, of base and other, beside the exact expectation
SE         of D at 1, K/4 and K (root mean square), adaptive over full
fixed SE   the same on these very problems
crossover  how often the verdict is ``crossover``, adaptive (full), and how often verdicts agree
false      of ``swapped``, the kind of verdict that comes most often without a guard

Exit code 1 when an exact share is not the one written down or a drawn one is off by more than
2 %, the SE at K grows by more than 2 %, verdicts differ by more than three standard deviations
of Monte Carlo, or a kind of false verdict comes in surely more than 2 % of the runs.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import numpy as np
from scipy.stats import binom

sys.path.insert(0, str(Path(__file__).parents[1]))
from boundary.analysis.crossover import decide
from boundary.analysis.differences import difference_curve
from boundary.analysis.pairs import Pair
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import rule_of
from boundary.stopping import StoppingRule
from comparison_sides import Published, deepscaler, math500
from simulations import LABELS
from stopped_arms import arm, drawn

RULE = StoppingRule(n_max=128, first_look=16, stop_after=8)
#: Exact expected shares of base and other, as they were worked out apart from this code.
SHARES = {"math500": (0.2959, 0.2554), "deepscaler": (0.3560, 0.3272)}


def expected_share(rates: np.ndarray) -> float:
    """Return the expected share of samples: the mean number of them over all ends."""
    going = np.array([binom.cdf(RULE.stop_after - 1, look, rates) for look in RULE.looks[:-1]])
    drawn_at = np.array(RULE.looks)
    more = np.diff(drawn_at)[:, None] * going
    return float((drawn_at[0] + more.sum(axis=0)).mean() / RULE.n_max)


def pairs_of(rates: np.ndarray, rng: np.random.Generator) -> tuple[Pair, Pair]:
    """Return a pair of arms, adaptive and full, whose problems have these rates, ``[2, M]``."""
    m = rates.shape[1]
    full, ends, rules = [], [], []
    for each in rates:
        outcomes = rng.random((m, RULE.n_max)) < each[:, None]
        full += [np.full(m, RULE.n_max), outcomes.sum(axis=1)]
        n, correct = drawn(outcomes, RULE)
        ends += [n, correct]
        rules.append(rule_of(arm("m", n, correct, RULE)))
    names, questions = [f"p{i:04d}" for i in range(m)], Questions.distinct(m)
    adaptive = Pair(LABELS, names, questions, *ends, base_rule=rules[0], other_rule=rules[1])
    return adaptive, Pair(LABELS, names, questions, *full)


def published(pair: Published) -> np.ndarray:
    """Return the rates of both models, ``[2, M]``."""
    joined = pair.base.scores.join(pair.other.scores, on="problem_id").sort("problem_id")
    return np.stack([(joined[f"correct{x}"] / joined[f"n{x}"]).to_numpy() for x in ("", "_right")])


def measure(name: str, rates: np.ndarray, options: argparse.Namespace) -> bool:
    """Print the lines of one pair; return whether all bars held."""
    rng = np.random.default_rng([20, len(name), rates.shape[1]])
    swaps = name.endswith("swapped")
    ks = np.array([1, 16, 64]) - 1
    squares, fixed = np.zeros((2, 3)), np.zeros((2, 3))
    verdicts: list[tuple[str | None, str | None]] = []
    samples = np.zeros(2)
    for _ in range(options.runs):
        chosen = rates[:, rng.integers(rates.shape[1], size=rates.shape[1])]
        if swaps:
            turned = rng.random(chosen.shape[1]) < 0.5
            chosen = np.where(turned, chosen[::-1], chosen)
        both = pairs_of(chosen, rng)
        samples += [both[0].base_n.mean(), both[0].other_n.mean()]
        told = []
        for place, pair in enumerate(both):
            curve = difference_curve(pair, replicates=options.replicates)
            squares[place] += curve.band.se[ks] ** 2
            fixed[place] += curve.fixed.se[ks] ** 2
            made = decide(curve)
            told.append(None if made.guard else made.verdict)
        verdicts.append((told[0], told[1]))
    share = samples / options.runs / RULE.n_max
    grown = np.sqrt(squares[0] / squares[1])
    on_these = np.sqrt(fixed[0] / fixed[1])
    agree = sum(one == two for one, two in verdicts)
    print(f"{name}: {options.runs} runs of {rates.shape[1]} problems")
    print(f"  share {share[0]:.4f} {share[1]:.4f}")
    print("  SE       ", *(f"{x:.3f}" for x in grown))
    print("  fixed SE ", *(f"{x:.2f}" for x in on_these), "; points at 1:", end=" ")
    print(*(f"{100 * math.sqrt(x[0] / options.runs):.2f}" for x in fixed))
    held = True
    if swaps:
        for place, design in enumerate(("adaptive", "full")):
            kinds = [each[place] for each in verdicts if each[place] not in (None, "undetermined")]
            worst = max(map(kinds.count, set(kinds)), default=0)
            print(f"  false, {design}: {len(kinds)} in all, {worst} of one kind")
            surely = binom.sf(worst - 1, options.runs, 0.02) < 0.005
            held &= not (place == 0 and surely)
    else:
        exact = [expected_share(each) for each in rates]
        print(f"  exact {exact[0]:.4f} {exact[1]:.4f}")
        held &= [round(x, 4) for x in exact] == list(SHARES[name])
        held &= bool((np.abs(share / exact - 1) <= 0.02).all())
        counts = [sum(each[place] == "crossover" for each in verdicts) for place in (0, 1)]
        print(f"  crossover {counts[0]} ({counts[1]}), verdicts agree in {agree}")
        # Runs share their responses: those decide in which one design alone has it (McNemar).
        alone = [
            sum(each[place] == "crossover" != each[1 - place] for each in verdicts)
            for place in (0, 1)
        ]
        held &= abs(alone[0] - alone[1]) <= 3 * math.sqrt(max(sum(alone), 1))
    return held and bool(grown[2] <= 1.02)


def main() -> int:
    """Run all pairs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--pairs", nargs="+", default=["math500", "math500 swapped", "deepscaler"])
    options = parser.parse_args()
    read = {"math500": math500, "deepscaler": deepscaler}
    held = [measure(name, published(read[name.split()[0]]()), options) for name in options.pairs]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
