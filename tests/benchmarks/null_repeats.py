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

``--copies`` prints instead which kinds of copies are found at temperature 0.6,
by the size of blocks: 40 problems, three blocks, or the first of them alone.
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
from boundary.guards.trials import FEWER, aligned, apart, known_chances, multiples, repeated

TESTS = ("aligned", "apart", "repeated", "multiples", "known")
SIZES = (4, 8, 12, 16, 32, 64)
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
    values = drawn(p, blocks * samples, rng)
    if copied:
        values[:, samples : 2 * samples] = values[:, :samples]
    return frame_of(values, samples, np.log(np.take_along_axis(p, values, axis=1)))


def drawn(p: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return ``count`` responses to each problem."""
    draws = rng.random((len(p), count))
    cumulated = p.cumsum(axis=1)
    values = np.stack([np.searchsorted(c, d) for c, d in zip(cumulated, draws, strict=True)])
    return values.clip(max=p.shape[1] - 1)


def frame_of(
    values: NDArray[np.int64], samples: int, logs: NDArray[np.float64] | float = -50.0
) -> pl.DataFrame:
    """Return responses ``[problems, blocks · samples]`` as samples that were reduced."""
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
            "logprob_sum": np.broadcast_to(logs, values.shape).ravel(),
            "fingerprint": values.ravel().astype(np.uint64),
            "empty": False,
            "shard": index.ravel() // samples,
        }
    )


def refused(rows: pl.DataFrame, blocks: int, temperature: float = 1.0) -> bool:
    """Return whether the guards refuse an arm."""
    try:
        check_repeats(rows, [str(i) for i in range(blocks)], temperature=temperature, top_p=1.0)
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
        repeated(blocks, 0).log_e(),
        max(trials.log_e() for trials in multiples(one)),
        known_chances(rows, blocks.names, 1.0, 1.0).log_e(),
    ]


Values = NDArray[np.int64]


def again(
    block: Values, times: int, layout: str, rng: np.random.Generator, part: float = 1.0
) -> Values:
    """Let each seed of a block ``[problems, samples]`` serve several samples."""
    places = np.arange(block.shape[1])
    seeds = places // times if layout == "adjacent" else places % -(-len(places) // times)
    copied = block[:, seeds]
    copied = rng.permuted(copied, axis=1) if layout == "shuffled" else copied
    hit = np.arange(len(block)) < part * len(block)
    return np.where(hit[:, None], copied, block)


def four(block: Values, rng: np.random.Generator) -> Values:
    """Let one response of each problem stand four times, wherever."""
    mixed = rng.permuted(block, axis=1)
    mixed[:, 1:4] = mixed[:, :1]
    return rng.permuted(mixed, axis=1)


def kinds(values: Values, size: int, rng: np.random.Generator) -> dict[str, Values]:
    """Return arms ``[problems, 3 · size]`` with copies, by what was copied."""
    one, two, rest = values[:, :size], values[:, size : 2 * size], values[:, 2 * size :]
    others = np.concatenate([two, rest], axis=1)

    def beside(block: Values) -> Values:
        return np.concatenate([block, others], axis=1)

    copies = {}
    for layout in ("adjacent", "apart", "shuffled"):
        twice = again(one, 2, layout, rng)
        copies[f"each twice, {layout}, one block of three"] = beside(twice)
        copies[f"each twice, {layout}, the only block"] = twice
    copies["each thrice, adjacent, the only block"] = again(one, 3, "adjacent", rng)
    half = again(one, 2, "shuffled", rng, 0.5)
    copies["each twice, shuffled, half of the problems, one block of three"] = beside(half)
    copies["each twice, shuffled, half of the problems, the only block"] = half
    copies["one of them four times, one block of three"] = beside(four(one, rng))
    copies["one of them four times, all blocks"] = np.concatenate(
        [four(block, rng) for block in (one, two, rest)], axis=1
    )
    copies["a block twice"] = np.concatenate([one, one, rest], axis=1)
    copies["a block twice, shuffled"] = np.concatenate(
        [one, rng.permuted(one, axis=1), rest], axis=1
    )
    return copies


def found_copies(source: str, runs: int) -> None:
    """Print the share of arms that are refused, by kind of copies and size of blocks."""
    counts: dict[str, dict[int, int]] = {}
    for size in SIZES:
        rng = np.random.default_rng([size, len(source)])
        for _ in range(runs):
            values = drawn(model(source, 40, rng), 3 * size, rng)
            for name, copied in kinds(values, size, rng).items():
                blocks = copied.shape[1] // size
                row = counts.setdefault(name, dict.fromkeys(SIZES, 0))
                row[size] += refused(frame_of(copied, size), blocks, temperature=0.6)
    for name, row in counts.items():
        print(f"| {name} | " + " | ".join(f"{row[size] / runs:.0%}" for size in SIZES) + " |")


def main() -> int:
    """Run every cell and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--problems", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--samples", type=int, nargs="+", default=[4, 32])
    parser.add_argument("--sources", nargs="+", default=["unsure", "mixed", "sure"])
    parser.add_argument("--copies", action="store_true")
    options = parser.parse_args()
    if options.copies:
        for source in options.sources:
            print(f"{source}, {options.runs} runs a cell, samples a block: {SIZES}")
            found_copies(source, options.runs)
        return 0
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
