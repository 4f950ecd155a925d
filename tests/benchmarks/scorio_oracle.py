"""Reliability and pass@k against scorio, of random tables.

Run it with the project's Python, from anywhere, where scorio is installed beside the project
(``pip install --no-deps scorio==0.2.3``); seconds::

    python tests/benchmarks/scorio_oracle.py [--tables 200]

Prints the largest difference of each measure; exit code 1 when one exceeds 1e-12.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analyses.reliability.compute import least_correct, reliability_table
from boundary.analysis.passk import passk_table

ARM = {"model": "m", "benchmark": "b", "protocol": "p"}


def scorio(outcomes: NDArray[np.int64], measure: str, k: int, threshold: float) -> float:
    """Return what scorio makes of outcomes, a row a problem."""
    from scorio import eval as oracle

    if measure == "pass@k":
        return float(oracle.pass_at_k(outcomes, k))
    if measure == "g_pass":
        return float(oracle.g_pass_at_k_tau(outcomes, k, threshold))
    if measure == "mg_pass":
        return float(oracle.mg_pass_at_k(outcomes, k))
    least = [least_correct(threshold, k) / k]
    return float(oracle.tailpass(outcomes, k, thresholds=least).mean[0])


def main() -> int:
    """Compare, and print what differs most."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tables", type=int, default=200)
    rng = np.random.default_rng(17)
    worst: dict[str, float] = defaultdict(float)
    for _ in range(parser.parse_args().tables):
        m, n = int(rng.integers(1, 30)), int(rng.integers(1, 40))
        outcomes = (rng.random((m, n)) < rng.beta(0.4, 0.6, (m, 1))).astype(int)
        scores = pl.DataFrame(
            {"problem_id": [f"{i}" for i in range(m)], "n": n, "correct": outcomes.sum(axis=1)}
        ).with_columns(pl.lit(value).alias(name) for name, value in ARM.items())
        passk = dict(passk_table(scores).select("k", "pass_at_k").iter_rows())
        for row in reliability_table(scores).iter_rows(named=True):
            k, threshold, value = row["k"], row["threshold"], row["value"]
            expected = scorio(outcomes, row["measure"], k, threshold)
            worst[row["measure"]] = max(worst[row["measure"]], abs(value - expected))
            worst["pass@k"] = max(worst["pass@k"], abs(passk[k] - scorio(outcomes, "pass@k", k, 0)))
    for name, difference in worst.items():
        print(f"{name}: at most {difference:.1e}")
    return int(max(worst.values()) > 1e-12)


if __name__ == "__main__":
    sys.exit(main())
