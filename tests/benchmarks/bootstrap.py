"""Time the paired bootstrap with its simultaneous band.

Run it with the project's Python::

    python tests/benchmarks/bootstrap.py [--problems 500] [--n 1024] [--replicates 10000]

The comparator draws the same number of replicates of the same precomputed
per-problem differences one at a time in a loop (indexing and averaging rows),
which is the honest alternative; it is timed on --loop replicates and scaled.
Exit code 1 when the band takes longer than --most (2) seconds.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

import numpy as np

from boundary.analysis.bootstrap import Sample, simultaneous_band
from boundary.analysis.intervals import mean_and_se
from boundary.analysis.passk import curve_at


def main() -> int:
    """Time both, print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--n", type=int, default=1024)
    parser.add_argument("--replicates", type=int, default=10_000)
    parser.add_argument("--loop", type=int, default=500, help="replicates of the comparator")
    parser.add_argument("--most", type=float, default=2.0, help="seconds allowed")
    options = parser.parse_args()
    m, n = options.problems, options.n
    rng = np.random.default_rng(0)
    p = rng.beta(0.4, 0.6, m)
    sizes, ks = np.full(m, n), np.arange(1, n + 1)
    curves = [curve_at(sizes, rng.binomial(n, p), ks) for _ in range(2)]
    differences = curves[0] - curves[1]

    mean, se = mean_and_se(differences)
    sample = Sample(mean, se, m, ks - 1, (differences - mean,))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        band = simultaneous_band(sample, options.replicates, 0.95, seed=1)
        times.append(time.perf_counter() - start)
    ours = float(np.median(times))

    spread = np.maximum(differences.std(axis=0) / np.sqrt(m), 1e-12)
    centre = differences.mean(axis=0)
    start = time.perf_counter()
    peaks = [
        np.abs((differences[rng.integers(0, m, m)].mean(axis=0) - centre) / spread).max()
        for _ in range(options.loop)
    ]
    loop = (time.perf_counter() - start) * options.replicates / options.loop

    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{m} problems, {n} values of k, {options.replicates} replicates, band included")
    print(f"  loop over replicates    {loop:8.2f} s  (scaled from {options.loop})")
    print(f"  boundary, median of 5   {ours:8.3f} s  (slowest {max(times):.3f})")
    print(f"  ratio                   {loop / ours:8.1f} x")
    print(
        f"  critical value          {band.critical:8.3f}    (loop: {np.quantile(peaks, 0.95):.3f})"
    )
    print(f"  allowed                 {options.most:8.1f} s")
    print(f"  peak memory             {peak_mib:8.0f} MiB of the whole process")
    return 0 if max(times) <= options.most else 1


if __name__ == "__main__":
    sys.exit(main())
