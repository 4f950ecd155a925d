"""Time the analyses of use at full size: reliability, costs, votes, horizons, rounds, seeds.

Extrapolation and planning, of every comparison as if it were open, have a limit apart.

Run it with the project's Python, from anywhere (minutes)::

    python tests/benchmarks/use_speed.py [--benchmarks 6] [--problems 500] [--n 1024]
        [--only majority best_of]

Ten models on each benchmark, the first of which is the base of all others; with fewer than six
benchmarks the seconds of all are scaled to six, and it says so.  Every analysis has a process of
its own, whose peak memory is its own.  Inputs are in memory: what reads files is timed apart
(``reading``, of one arm in blocks of 64 samples, scaled), and so are the curves of comparisons
(``curves``), which all analyses of scores share; the sums say which they are with.  One thread, as
a job of a study with one core has.  Temperatures are five of two models in place of ten models.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.parts import part
from boundary.analyses.planning import compute as planning
from boundary.analyses.registry import analyses
from boundary.analyses.rounds.tables import SPENT_IN
from boundary.analyses.score_inputs import Admitted, Compared, ScoreInputs
from boundary.jobs.reading import ArmTables, ComparisonRow, Grid, ReadArm
from boundary.origins import problem_digests
from boundary.store import write_table
from boundary.tables import PROBLEMS, SAMPLES, VERDICTS_TABLE, Table
from boundary.used import USED

MODELS, FULL, ANSWERS, BLOCK = 10, 6, 200, 64
#: Seconds of CPU and MiB that all of them together may take, and each.
MOST_SECONDS, MOST_MIB = 80.0, 2048
OF_SCORES = (
    *("reliability", "efficiency", "horizon", "rounds"),
    *("training_seeds", "temperature_envelope"),
)
OF_SAMPLES = ("equal_cost", "majority", "best_of")
APART = ("reading", "curves")
#: What lies beyond n, and which further studies would tell: with a limit of their own, two cores'
#: five minutes.
BEYOND, MOST_BEYOND = ("extrapolation", "planning"), 600.0
TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)

Size = tuple[int, int, int]  # benchmarks, problems, samples


def rates(benchmark: int, model: int, problems: int) -> np.ndarray:
    """Return how often a model solves each problem: the base, or one that is surer."""
    rng = np.random.default_rng([7, benchmark])
    base = rng.beta(0.35, 1.2, problems)
    return base if model == 0 else base ** (1 / (1 + model / 10)) * rng.uniform(0.7, 1)


def scores(size: Size, protocols: tuple[str, ...], models: int) -> pl.DataFrame:
    """Return a SCORES table of all arms, whose trials tell rounds, tokens and dollars."""
    benchmarks, problems, n = size
    frames = []
    for benchmark in range(benchmarks):
        for arm in range(models * len(protocols)):
            rng = np.random.default_rng([8, benchmark, arm])
            correct = rng.binomial(n, rates(benchmark, arm, problems))
            used = {
                USED["rounds"]: [rng.integers(1, 60, c) for c in correct],
                USED["n_tokens"]: [rng.integers(200, 60_000, c) for c in correct],
                USED["cost"]: [rng.exponential(1.0, c) for c in correct],
            }
            spent = {column: rng.exponential(1.0, problems) for column in SPENT_IN.values()}
            frames.append(
                pl.DataFrame(
                    {
                        "model": f"m{arm // len(protocols)}",
                        "benchmark": f"b{benchmark}",
                        "protocol": protocols[arm % len(protocols)],
                        "problem_id": [f"{i:05}" for i in range(problems)],
                        "n": n,
                        "correct": correct,
                        "strata": [f'{{"steps": "{1 + i % 8}"}}' for i in range(problems)],
                        **used,
                        **spent,
                    }
                )
            )
    empty = dict.fromkeys(("truncated", "no_answer", "distinct_answers"), pl.Int64)
    empty |= {"majority_correct": pl.Boolean, "mean_tokens": pl.Float64}
    return pl.concat(frames).with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in empty.items()
    )


def comparisons(benchmarks: int, models: int, protocol: str) -> list[ComparisonRow]:
    """Return every model against the first, on every benchmark."""
    return [
        ComparisonRow(
            comparison=f"m{model} vs m0",
            base="m0",
            other=f"m{model}",
            benchmark=f"b{benchmark}",
            protocol=protocol,
        )
        for benchmark in range(benchmarks)
        for model in range(1, models)
    ]


def inputs_of(name: str, size: Size) -> ScoreInputs:
    """Return the scores of a study with its comparisons."""
    grid = {f"t{each}": each for each in TEMPERATURES}
    several = name == "temperature_envelope"
    models = MODELS // len(grid) if several else MODELS
    protocols = tuple(grid) if several else ("t0.6",)
    rows = [Admitted(row) for row in comparisons(size[0], models, "t0.6")]
    grids = [Grid(temperatures=grid)] if several else []
    return ScoreInputs(scores(size, protocols, models), rows, grids=grids)


def samples(size: Size, benchmark: int, model: int) -> pl.DataFrame:
    """Return the samples of an arm: wrong answers are few and often, or many and rare."""
    _, problems, n = size
    rng = np.random.default_rng([9, benchmark, model])
    correct = rng.random((problems, n)) < rates(benchmark, model, problems)[:, None]
    shares = 1 / np.arange(1, ANSWERS + 1) ** rng.uniform(0.8, 2.5, (problems, 1))
    ends = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    wrong = [np.searchsorted(row, rng.random(n)).clip(max=ANSWERS - 1) for row in ends]
    answer = np.where(correct, ANSWERS, np.array(wrong)).ravel().astype(str).astype(object)
    answer[rng.random(problems * n) < 0.05] = None
    tokens = np.ceil(np.exp(rng.normal(7.0, 0.7, problems * n))).astype(np.int64)
    return pl.DataFrame(
        {
            "problem_id": np.repeat([f"{i:05}" for i in range(problems)], n),
            "sample_index": np.tile(np.arange(n), problems),
            "n_tokens": tokens,
            "score": rng.normal(size=problems * n) + correct.ravel(),
            "logprob_sum": -tokens * rng.uniform(0.1, 1, problems * n),
            "answer": pl.Series(answer.tolist(), dtype=pl.String),
            "correct": correct.ravel(),
        }
    )


class Arm(ArmInputs):
    """An arm whose tables are in memory."""

    def __init__(self, frame: pl.DataFrame, benchmark: int, model: int) -> None:
        named = {"model": f"m{model}", "benchmark": f"b{benchmark}", "protocol": "t0.6"}
        super().__init__(ReadArm(**named, verdicts=["none"]), ArmTables(arms=[], confidence=0.95))
        self.frame = frame

    def verdicts(self, columns: object) -> pl.DataFrame:
        """Return the frame."""
        return self.frame

    def lengths(self, more: object = ()) -> pl.DataFrame:
        """Return the frame."""
        return self.frame

    def asked(self) -> None:
        """Return nothing: each problem is one of its own."""


def arms(size: Size) -> Iterator[Arm]:
    """Yield every arm of a study."""
    for benchmark in range(size[0]):
        for model in range(MODELS):
            yield Arm(samples(size, benchmark, model), benchmark, model)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of CPU that a call takes, of all threads, and what it returns."""
    begin = time.process_time()
    made = call()
    return time.process_time() - begin, made


def seconds_of(name: str, size: Size) -> float:
    """Return the seconds of CPU of one analysis."""
    if name == "reading":
        return reading(size) * size[0] * MODELS
    if name in OF_SAMPLES:
        return of_samples(name, size)
    inputs = inputs_of(name, size)
    curves, compared = timed(lambda: inputs.compared)
    if name == "curves":
        return curves
    if name == "planning":
        return timed(lambda: [designs(each) for each in compared])[0]
    recipes = {"recipes": {"r": [f"m{model}" for model in range(1, MODELS)]}}
    options = analyses()[name].options(**recipes if name == "training_seeds" else {})
    seconds, made = timed(lambda: part(name, "compute").compute(inputs, options))
    _rows_of(made, name)
    return seconds


def designs(each: Compared) -> list[dict[str, Any]]:
    """Return what further studies would find of a comparison, were its verdict open or not."""
    problems = [each.pair.m * times for times in planning.PROBLEMS]
    samples = [each.pair.n * times for times in planning.SAMPLES]
    return list(planning.planned_rows(each.pair, each.curve.k_max, problems, samples))


def _rows_of(tables: dict[str, pl.DataFrame], name: str) -> None:
    if not tables or not all(frame.height for frame in tables.values()):
        raise ValueError(f"{name}: the inputs leave a table of it empty.")


def of_samples(name: str, size: Size) -> float:
    """Return the seconds of CPU of an analysis of samples, arm after arm."""
    logic, options, total, made = part(name, "compute"), analyses()[name].options(), 0.0, []
    for arm in arms(size):
        seconds, tables = timed(lambda arm=arm: logic.compute(arm, options))
        total += seconds
        made.append(tables)
    if hasattr(logic, "combine"):
        rows = comparisons(size[0], MODELS, "t0.6")
        job = ArmTables(arms=[], confidence=0.95, comparisons=rows)
        seconds, tables = timed(lambda: logic.combine(made, job))
        total, made = total + seconds, [tables]
    for tables in made:
        _rows_of(tables, name)
    return total


def reading(size: Size) -> float:
    """Return the seconds of CPU in which the files of one arm are read, once an analysis."""
    frame = samples(size, 0, 1)
    named = {"model": "m1", "benchmark": "b0", "protocol": "t0.6"}
    ids = frame["problem_id"].unique(maintain_order=True)
    problems = pl.DataFrame({"problem_id": ids}).with_columns(
        pl.lit("b0").alias("benchmark"),
        question=pl.lit("What is ") + pl.col("problem_id"),
        answer=pl.lit(str(ANSWERS)),
        kind=pl.lit("math"),
        tests=pl.lit(None, pl.String),
        metadata=pl.lit(None, pl.String),
    )
    sampled = frame.select(
        *(pl.lit(value).alias(key) for key, value in named.items()),
        *("problem_id", "sample_index", "n_tokens", "logprob_sum"),
        seed=pl.lit(0),
        response=pl.lit("x"),
        finish_reason=pl.lit("stop"),
    )
    judged = frame.select(
        *("problem_id", "sample_index", "answer", "correct"),
        verdict=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("wrong")),
        grader=pl.lit("g"),
        detail=pl.lit(None, pl.String),
        response_digest=pl.lit(0),
    ).join(problem_digests(problems).drop("benchmark"), on="problem_id", maintain_order="left")
    with tempfile.TemporaryDirectory() as folder:
        paths = {
            table.name: in_blocks(rows, table, Path(folder))
            for table, rows in ((SAMPLES, sampled), (VERDICTS_TABLE, judged), (PROBLEMS, problems))
        }
        arm = ReadArm(
            **named,
            samples=paths["samples"],
            verdicts=paths["verdicts"],
            problems=paths["problems"][0],
        )
        read = ArmInputs(arm, ArmTables(arms=[], confidence=0.95))
        calls = (
            read.lengths,
            lambda: read.lengths(("score", "logprob_sum")),
            lambda: read.verdicts(("answer",)),
        )
        read.verdicts(("answer",))  # which digests the problems, once for all arms of a benchmark
        return sum(timed(call)[0] for call in calls)


def in_blocks(rows: pl.DataFrame, table: Table, folder: Path) -> list[str]:
    """Write rows as shards of so many samples a problem as a block has; return their paths."""
    blocks = [rows]
    if "sample_index" in rows.columns:
        block = pl.col("sample_index") // BLOCK
        blocks = [
            part.drop("block") for part in rows.with_columns(block=block).partition_by("block")
        ]
    paths = [folder / f"{table.name}-{number:05d}.parquet" for number in range(len(blocks))]
    for block, path in zip(blocks, paths, strict=True):
        write_table(block, path, table)
    return [str(path) for path in paths]


def measured(name: str, size: Size) -> tuple[float, float]:
    """Return the seconds of CPU of one analysis, and the peak memory of this process in MiB."""
    return seconds_of(name, size), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the seconds and the peak memory of each analysis, and of all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name, default in (("benchmarks", FULL), ("problems", 500), ("n", 1024)):
        parser.add_argument(f"--{name}", type=int, default=default)
    every = (*OF_SCORES, *OF_SAMPLES, *APART, *BEYOND)
    parser.add_argument("--only", nargs="+", choices=every, default=every)
    options = parser.parse_args()
    size = options.benchmarks, options.problems, options.n
    # Idle threads of a BLAS spin where other programs have the cores, and count as work.
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
    scale = FULL / size[0]
    print(f"{MODELS} models, {size[0]} benchmarks, {size[1]} problems, n = {size[2]}")
    if scale != 1:
        print(f"seconds are those of {size[0]} benchmarks times {scale:g}")
    total = peak = beyond = 0.0
    apart = {}
    for name in options.only:
        with get_context("spawn").Pool(1) as pool:
            seconds, mib = pool.apply(measured, (name, size))
        print(f"{name:22} {seconds * scale:6.1f} s of CPU {mib:6.0f} MiB", flush=True)
        if name in BEYOND:
            beyond += seconds * scale
            continue
        peak = max(peak, mib)
        if name in APART:
            apart[name] = seconds * scale
        else:
            total += seconds * scale
    print(f"{'all but ' + ', '.join(APART):22} {total:6.1f} s of CPU")
    for name, seconds in apart.items():
        total += seconds
        print(f"{'with ' + name:22} {total:6.1f} s of CPU")
    print(f"{', '.join(BEYOND):22} {beyond:6.1f} s of CPU (at most {MOST_BEYOND:.0f})")
    print(f"at most {MOST_SECONDS:.0f} s are asked; {peak:.0f} MiB at most (of {MOST_MIB})")


if __name__ == "__main__":
    main()
