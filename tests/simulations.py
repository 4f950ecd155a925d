"""Simulated comparisons of models whose true curves are known, run by run.

`tests/benchmarks/coverage.py` and `null_verdicts.py` tell what they come to; both
rest on the same runs.
"""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import binomtest

from boundary.analysis.crossover import decide
from boundary.analysis.differences import difference_curve
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import passk_table
from boundary.analysis.questions import Questions
from populations import Floats, Integers, Population, population, sides

RUNS = 2000
#: A study takes 10,000; fewer add noise to the critical value and no bias worth mention.
REPLICATES = 1000
LABELS = {
    "comparison": "simulated",
    "base": "base",
    "other": "other",
    "benchmark": "problems",
    "protocol": "sampled",
    "other_protocol": "sampled",
}
#: Coverage is tested against the truth to rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Cell:
    """One line of the tables: M problems of a population, n samples each, and a seed."""

    population: str
    m: int
    n: int
    seed: int


#: Written down before the first run.
CELLS = (
    Cell("identical", 500, 128, 1001),
    Cell("swapped", 10, 128, 1002),
    Cell("swapped", 30, 128, 1003),
    Cell("swapped", 100, 128, 1004),
    Cell("swapped", 500, 32, 1005),
    Cell("swapped", 500, 128, 1006),
    Cell("independent", 30, 128, 1007),
    Cell("independent", 100, 1024, 1008),
    Cell("independent", 500, 128, 1009),
    Cell("published", 30, 128, 1010),
    Cell("published", 100, 128, 1011),
    Cell("published", 500, 128, 1012),
    Cell("sharpened early", 30, 128, 1013),
    Cell("sharpened early", 100, 32, 1014),
    Cell("sharpened late", 100, 128, 1015),
    Cell("sharpened late", 500, 1024, 1016),
    Cell("new skill", 30, 128, 1017),
    Cell("new skill", 100, 128, 1018),
    Cell("rare kinds", 30, 128, 1019),
    Cell("rare kinds", 100, 128, 1020),
    Cell("rare kinds", 500, 1024, 1021),
    Cell("three crossings", 500, 1024, 1022),
    Cell("clusters", 500, 128, 1023),
    Cell("unnamed", 500, 128, 1024),
)


@dataclass(frozen=True)
class Simulated:
    """The runs of a cell.

    Attributes
    ----------
    cell : Cell
    truth : Population
    runs : polars.DataFrame
        One row a run: ``verdict``, ``verdict_fixed``, ``guard``; ``false`` and
        ``false_fixed``, whether the band puts a model ahead at some k at which
        it is not, in the population or on the benchmark drawn; ``holds`` and
        ``holds_fixed``, whether the band contains the truth at all k ≤ n/2;
        ``holds_crossing``, null where there is no single true one; ``naive``,
        whether the other model is ahead at k = 1 and the base at k = n;
        ``width``, that of the band at n/2.
    inside : int64 array [2, n]
        Runs in which the interval of pass@k holds the truth, of base and other.
    """

    cell: Cell
    truth: Population
    runs: pl.DataFrame
    inside: Integers

    @property
    def held(self) -> bool:
        """Whether bars apply: clusters that nobody names show what goes wrong."""
        return self.truth.copies == 1 or self.truth.named


def simulate(cell: Cell, runs: int = RUNS, replicates: int = REPLICATES) -> Simulated:
    """Draw a cell's benchmarks and responses anew in each run, and compare the arms."""
    truth = population(cell.population, cell.n)
    ks = np.arange(1, cell.n + 1)
    curves = np.stack(truth.pass_at_k(ks))
    crossing = truth.crossing(cell.n // 2)
    rows, inside = [], np.zeros((2, cell.n), dtype=np.int64)
    for run in range(runs):
        rng = np.random.default_rng([cell.seed, run])
        probabilities = truth.draw(cell.m, rng)
        base, other = (rng.binomial(cell.n, p) for p in probabilities)
        pair = make_pair(base, other, cell.n, truth.cluster(cell.m))
        rows.append(compare(pair, replicates, probabilities, curves[0] - curves[1], crossing))
        inside += covered(pair, curves)
    return Simulated(cell, truth, pl.DataFrame(rows, schema=_ROW), inside)


_ROW = {
    "verdict": pl.String,
    "verdict_fixed": pl.String,
    "guard": pl.String,
    "false": pl.Boolean,
    "false_fixed": pl.Boolean,
    "holds": pl.Boolean,
    "holds_fixed": pl.Boolean,
    "holds_crossing": pl.Boolean,
    "naive": pl.Boolean,
    "width": pl.Float64,
}


def make_pair(base: Integers, other: Integers, n: int, cluster: Integers | None) -> Pair:
    """Return two arms with n samples of each problem."""
    m = len(base)
    size = np.full(m, n, dtype=np.int64)
    questions = Questions(np.arange(m, dtype=np.int64), cluster)
    return Pair(LABELS, [f"p{i:04d}" for i in range(m)], questions, size, base, size, other)


def exchanged(pair: Pair) -> Pair:
    """Return the pair with the counts of base and other exchanged."""
    return replace(
        pair,
        base_n=pair.other_n,
        base_correct=pair.other_correct,
        other_n=pair.base_n,
        other_correct=pair.base_correct,
    )


def compare(
    pair: Pair,
    replicates: int,
    probabilities: tuple[Floats, Floats],
    difference: Floats,
    crossing: float | None,
) -> dict[str, str | bool | float | None]:
    """Return the row of a run.

    Parameters
    ----------
    pair : Pair
    replicates : int
    probabilities : tuple of float64 arrays [M]
        With which base and other solve the problems drawn.
    difference : float64 array [n]
        The population's D(k).
    crossing : float, optional
        Its only crossing.
    """
    curve = difference_curve(pair, replicates=replicates)
    answer, band, fixed = decide(curve), curve.band, curve.fixed
    ks = curve.ks[: curve.inside]
    low, high, truth = band.low[: len(ks)], band.high[: len(ks)], difference[: len(ks)]
    base, other = ((1 - p)[:, None] ** ks for p in probabilities)
    drawn = (other - base).mean(axis=0)
    held = answer.ci_low is not None and answer.ci_low <= (crossing or 0) <= answer.ci_high
    return {
        "verdict": answer.verdict,
        "verdict_fixed": answer.verdict_fixed,
        "guard": answer.guard,
        "false": wrong_side(low, high, truth),
        "false_fixed": wrong_side(fixed.low, fixed.high, drawn),
        "holds": holds(low, high, truth),
        "holds_fixed": holds(fixed.low, fixed.high, drawn),
        "holds_crossing": None if crossing is None else held,
        "naive": bool(band.mean[0] < 0 < band.mean[-1]),
        "width": float(high[-1] - low[-1]),
    }


def wrong_side(low: Floats, high: Floats, truth: Floats) -> bool:
    """Return whether a band excludes 0 at some k on a side that is not the true one."""
    claimed = (low > 0).astype(np.int64) - (high < 0)
    return bool(((claimed != 0) & (claimed != sides(truth))).any())


def holds(low: Floats, high: Floats, truth: Floats) -> bool:
    """Return whether a band holds the truth at all k."""
    return bool(((low <= truth + ROUNDING) & (truth <= high + ROUNDING)).all())


def covered(pair: Pair, curves: Floats) -> NDArray[np.bool_]:
    """Return at which k the intervals of `passk_table` hold the true pass@k, ``[2, n]``."""
    cluster = pair.questions.cluster
    arms = pl.DataFrame(
        {
            "model": np.repeat(["base", "other"], pair.m),
            "benchmark": "problems",
            "protocol": "sampled",
            "problem_id": pair.problem_ids * 2,
            "n": np.concatenate([pair.base_n, pair.other_n]),
            "correct": np.concatenate([pair.base_correct, pair.other_correct]),
        }
    )
    if cluster is not None:
        arms = arms.with_columns(cluster=pl.Series(np.tile(cluster, 2)).cast(pl.String))
    table = passk_table(arms).sort("model", "k")
    low, high = (table[end].to_numpy().reshape(2, -1) for end in ("ci_low", "ci_high"))
    return (low <= curves + ROUNDING) & (curves <= high + ROUNDING)


@dataclass(frozen=True)
class Rate:
    """A share of runs, with its exact 99 % interval (Clopper and Pearson)."""

    hits: int
    runs: int

    @property
    def value(self) -> float:
        """The share itself."""
        return self.hits / self.runs

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the interval."""
        ends = binomtest(self.hits, self.runs).proportion_ci(0.99, "exact")
        return float(ends.low), float(ends.high)

    def __str__(self) -> str:
        low, high = self.ends
        return f"{100 * self.value:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def rate(column: pl.Series) -> Rate:
    """Return the share of runs in which a column is true."""
    return Rate(int(column.sum()), len(column))


def parser(description: str) -> ArgumentParser:
    """Return the options that both scripts take."""
    options = ArgumentParser(description=description)
    options.add_argument("--runs", type=int, default=RUNS, help="of each cell")
    options.add_argument("--replicates", type=int, default=REPLICATES, help="of the bootstrap")
    options.add_argument("--cells", type=int, nargs="+", help="numbers, from 1; by default all")
    options.add_argument("--keep", type=Path, help="folder of runs: kept there, or read again")
    return options


def cells(options: Namespace) -> Iterator[Simulated]:
    """Yield the cells asked for, and say on stderr how long each took."""
    chosen = options.cells or range(1, len(CELLS) + 1)
    for number in chosen:
        cell = CELLS[number - 1]
        start = time.perf_counter()
        yield _kept(cell, options)
        print(f"{number}: {cell}, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)


def _kept(cell: Cell, options: Namespace) -> Simulated:
    if options.keep is None:
        return simulate(cell, options.runs, options.replicates)
    options.keep.mkdir(parents=True, exist_ok=True)
    stem = options.keep / f"{cell.seed}-{options.runs}-{options.replicates}"
    rows, counts = stem.with_suffix(".parquet"), stem.with_suffix(".json")
    if counts.exists():
        truth = population(cell.population, cell.n)
        inside = np.array(json.loads(counts.read_text()))
        return Simulated(cell, truth, pl.read_parquet(rows), inside)
    made = simulate(cell, options.runs, options.replicates)
    made.runs.write_parquet(rows)
    counts.write_text(json.dumps(made.inside.tolist()))
    return made


def print_table(about: str, head: str, line: Callable[[Simulated], str]) -> int:
    """Print a row of Markdown a cell, as the options ask; return 1 where a row says ``!``."""
    options = parser(about).parse_args()
    print(f"{options.runs} runs a cell, {options.replicates} replicates\n\n{head}")
    print("|---" * head.count(" | ") + "|---|", flush=True)
    failed = False
    for result in cells(options):
        row = line(result)
        failed |= "!" in row
        print(row, flush=True)
    return int(failed)
