"""Count false alarms of the guards against copies, where every sample is honest.

Run it with the project's Python, from anywhere (minutes with the defaults)::

    python tests/benchmarks/null_repeats.py [--runs 500]

Each run draws an arm from categorical models, one a problem, whose chance that
two responses are equal is known:

unsure    1000 responses, each as likely: 0.1 %
mixed     20 responses with gamma weights, from sure to unsure: 1 % to 100 %
sure      one response of 97 % and three of 1 %, as of a model that training
          made certain: 94 %

``alarms`` counts arms that `check_repeats` refuses at temperature 1, where all
guards are on.  The other columns are the shares of runs in which a single test
reaches e ≥ 20; Markov's inequality allows 5 %.  ``found`` is the share of arms
refused after one block was replaced by a copy of another.  Exit code 1 when an
honest arm is refused or a test exceeds its 5 %.
"""

from __future__ import annotations

import argparse
import math
import sys
import time

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.errors import TableError
from boundary.guards import check_repeats
from boundary.guards.codes import as_blocks
from boundary.guards.trials import FEWER, aligned, apart, known_chances, within

TESTS = ("aligned", "apart", "within", "known")
TOKENS = 40


def model(source: str, problems: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the probabilities of the responses to each problem."""
    if source == "unsure":
        weights = np.ones((problems, 1000))
    elif source == "sure":
        weights = np.tile([97.0, 1.0, 1.0, 1.0], (problems, 1))
    else:
        weights = rng.gamma(rng.choice([0.02, 0.3, 3.0], (problems, 1)), 1.0, (problems, 20))
        weights += 1e-12
    return weights / weights.sum(axis=1, keepdims=True)


def arm(
    p: NDArray[np.float64], blocks: int, samples: int, rng: np.random.Generator, copied: bool
) -> pl.DataFrame:
    """Sample an arm as `boundary.guards.reduce_samples` would return it."""
    draws = rng.random((len(p), blocks * samples))
    cumulated = p.cumsum(axis=1)
    values = np.stack([np.searchsorted(c, d) for c, d in zip(cumulated, draws, strict=True)])
    values = values.clip(max=p.shape[1] - 1)
    if copied:
        values[:, samples : 2 * samples] = values[:, :samples]
    problem, index = np.indices(values.shape)
    return pl.DataFrame(
        {
            "model": "m",
            "benchmark": "b",
            "protocol": "p",
            "problem_id": [f"q{i:05d}" for i in problem.ravel()],
            "sample_index": index.ravel(),
            "n_tokens": TOKENS,
            "finish_reason": "stop",
            "logprob_sum": np.log(np.take_along_axis(p, values, axis=1)).ravel(),
            "fingerprint": values.ravel().astype(np.uint64),
            "empty": False,
            "shard": index.ravel() // samples,
        }
    )


def refused(rows: pl.DataFrame, blocks: int) -> bool:
    """Return whether the guards refuse an arm."""
    try:
        check_repeats(rows, [str(i) for i in range(blocks)], {"temperature": 1.0, "top_p": 1.0})
    except TableError:
        return True
    return False


def evidence(rows: pl.DataFrame) -> list[float]:
    """Return ln e of each test, on the first blocks."""
    blocks = as_blocks(rows)
    one, two = blocks.shards[:2]
    return [
        aligned(one, two).log_e(),
        apart(one, two).log_e(FEWER),
        within(blocks, 0).log_e(),
        known_chances(rows, blocks.names, 1.0, 1.0).log_e(),
    ]


def main() -> int:
    """Run every cell and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--problems", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--samples", type=int, nargs="+", default=[4, 32])
    parser.add_argument("--sources", nargs="+", default=["unsure", "mixed", "sure"])
    options = parser.parse_args()
    print(f"{options.runs} runs a cell, {options.blocks} blocks")
    print("source  problems  samples  alarms | e >= 20: " + "  ".join(TESTS) + " | found  seconds")
    alarms, worst = 0, 0.0
    for source in options.sources:
        for m in options.problems:
            for s in options.samples:
                rng = np.random.default_rng([m, s, len(source)])
                start, false, copies = time.perf_counter(), 0, 0
                large = np.zeros(len(TESTS))
                for _ in range(options.runs):
                    p = model(source, m, rng)
                    rows = arm(p, options.blocks, s, rng, copied=False)
                    false += refused(rows, options.blocks)
                    large += np.array(evidence(rows)) >= math.log(20)
                    copies += refused(arm(p, options.blocks, s, rng, copied=True), options.blocks)
                large /= options.runs
                alarms, worst = alarms + false, max(worst, large.max())
                shares = "  ".join(
                    f"{x:{len(name)}.1%}" for x, name in zip(large, TESTS, strict=True)
                )
                print(
                    f"{source:<7} {m:8d}  {s:7d}  {false:6d} |          {shares} | "
                    f"{copies / options.runs:5.1%}  {time.perf_counter() - start:7.1f}",
                    flush=True,
                )
    print(f"false alarms {alarms}; largest share of e >= 20: {worst:.1%}, allowed 5%")
    return 0 if alarms == 0 and worst <= 0.05 else 1


if __name__ == "__main__":
    sys.exit(main())
