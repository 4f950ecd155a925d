"""How long the pages of a large study take, and how much memory: the writer's own figures.

Run from anywhere, in the environment of `make install`:

    python tests/benchmarks/explorer_speed.py [--models 10] [--benchmarks 6] [--problems 500]
        [--n 32] [--letters 2000] [--folder DIR]

It writes problems, samples, verdicts and scores of models that answer at random, in shards of
eight samples, and then has `boundary explorer` write the pages in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from boundary.analyses.coverage.tables import COVERAGE_PROBLEMS
from boundary.analysis.frames import column_types
from boundary.origins import problem_digests, response_digests
from boundary.store import write_table
from boundary.tables import PROBLEMS, SAMPLES, SCORES, VERDICTS_TABLE, check

SHARD = 8
LINE = "so we take the sum of both sides, \\frac{a}{b} < 2 & x > 1, and see that it holds.\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in (
        ("models", 10),
        ("benchmarks", 6),
        ("problems", 500),
        ("n", 32),
        ("letters", 2000),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        start = time.perf_counter()
        job = write_files(given, folder)
        print(f"files written in {time.perf_counter() - start:.0f} s")
        start = time.perf_counter()
        command = ["-m", "boundary", "explorer", "--spec", "-", "--tables", str(folder)]
        subprocess.run(
            [sys.executable, *command, "--output", str(folder / "report")],
            input=json.dumps(job),
            text=True,
            check=True,
        )
        seconds = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        most, cores = used.ru_maxrss / 1024, used.ru_utime + used.ru_stime
        size = sum(p.stat().st_size for p in (folder / "report").rglob("*") if p.is_file())
        table = (folder / "report/problems.html").stat().st_size
        print(
            f"{seconds:.1f} s ({cores:.1f} s of a core), {most:.0f} MiB at most; pages of "
            f"{size / 1e6:.0f} MB, of which the table {table / 1e6:.1f} MB"
        )


def write_files(given: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Write a study's files; return the job."""
    draw, arms, compared = np.random.default_rng(1), [], []
    models = [f"model-{i}" for i in range(given.models)]
    for b in range(given.benchmarks):
        benchmark = f"benchmark-{b}"
        names = [f"p{i:04d}" for i in range(given.problems)]
        problems = pl.DataFrame({"benchmark": benchmark, "problem_id": names}).with_columns(
            question=pl.lit(LINE * 5),
            answer=pl.lit("4"),
            kind=pl.lit("math"),
            tests=pl.lit(None, pl.String),
            metadata=pl.lit(None, pl.String),
        )
        path = folder / benchmark / "problems.parquet"
        write_table(problems, path, PROBLEMS)
        counts = {}
        for model in models:
            arm, counts[model] = write_arm(given, folder, problems, path, model, draw)
            arms.append(arm)
        for model in models[1:]:
            compared.append(rows_of(benchmark, names, models[0], model, counts, given.n))
    check_table = check(pl.concat(compared), COVERAGE_PROBLEMS, "made")
    write_table(check_table, folder / "coverage_problems.parquet", COVERAGE_PROBLEMS)
    pairs = [f"{model}-vs-{models[0]}" for model in models[1:]]
    return {
        "study": "large",
        "models": [{"name": model, "role": "reference"} for model in models],
        "confidence": 0.95,
        "by_protocol": False,
        "pairs": {name: {"title": name} for name in pairs},
        "comparisons": pairs,
        "arms": arms,
        "responses": 8,
        "megabytes": 200,
    }


def write_arm(
    given: argparse.Namespace,
    folder: Path,
    problems: pl.DataFrame,
    path: Path,
    model: str,
    draw: np.random.Generator,
) -> tuple[dict[str, object], np.ndarray]:
    benchmark = problems["benchmark"][0]
    place = folder / benchmark / model
    digests = problem_digests(problems).drop("benchmark")
    right = draw.random((given.problems, given.n)) < draw.random((given.problems, 1))
    text = LINE * (given.letters // len(LINE))
    quoted: dict[str, object] = {"problems": str(path), "samples": [], "verdicts": []}
    labels = {"model": model, "benchmark": benchmark, "protocol": "t1"}
    for first in range(0, given.n, SHARD):
        indices = range(first, min(first + SHARD, given.n))
        frame = problems.select("problem_id").join(
            pl.DataFrame({"sample_index": list(indices)}), how="cross"
        )
        flat = right[:, first : indices.stop].ravel()
        frame = frame.with_columns(
            **{key: pl.lit(value) for key, value in labels.items()},
            seed=pl.lit(1),
            response=pl.format(
                "{}{} {} {}", pl.lit(text), "problem_id", "sample_index", pl.lit(model)
            ),
            n_tokens=pl.lit(given.letters // 4),
            finish_reason=pl.lit("stop"),
            logprob_sum=pl.lit(-2.5),
        )
        samples, verdicts = (place / f"{kind}-{first:05d}.parquet" for kind in ("s", "v"))
        write_table(frame, samples, SAMPLES)
        judged = frame.select("problem_id", "sample_index").with_columns(
            response_digests(frame["response"]),
            answer=pl.lit("4"),
            correct=pl.Series(flat),
            verdict=pl.Series(np.where(flat, "correct", "wrong")),
            grader=pl.lit("g"),
            detail=pl.lit(None, pl.String),
            correct_lenient=pl.Series(flat ^ (draw.random(flat.size) < 0.01)),
        )
        write_table(judged.join(digests, on="problem_id"), verdicts, VERDICTS_TABLE)
        quoted["samples"].append(str(samples))
        quoted["verdicts"].append(str(verdicts))
    scores = problems.select("problem_id").with_columns(
        **{key: pl.lit(value) for key, value in labels.items()},
        n=pl.lit(given.n),
        correct=pl.Series(right.sum(axis=1)).cast(pl.Int64),
        truncated=pl.lit(0),
        no_answer=pl.lit(0),
        distinct_answers=pl.lit(1),
        majority_correct=pl.lit(True),
        mean_tokens=pl.lit(given.letters / 4),
    )
    write_table(scores, place / "scores.parquet", SCORES)
    job = {**labels, "scores": str(place / "scores.parquet"), "quoted": quoted}
    return job, right.sum(axis=1)


def rows_of(
    benchmark: str, names: list[str], base: str, other: str, counts: dict[str, np.ndarray], n: int
) -> pl.DataFrame:
    """Return the COVERAGE_PROBLEMS rows of a comparison on a benchmark."""
    sides = {"base": counts[base], "other": counts[other]}
    solved = {side: right > 0 for side, right in sides.items()}
    sets = np.where(
        solved["base"],
        np.where(solved["other"], "both", "base_only"),
        np.where(solved["other"], "other_only", "neither"),
    )
    columns = {
        "comparison": f"{other}-vs-{base}",
        "base": base,
        "other": other,
        "benchmark": benchmark,
        "protocol": "t1",
        "other_protocol": "t1",
    }
    told = {f"{side}_correct": right.astype(np.int64) for side, right in sides.items()}
    told |= {f"{side}_at_n": each.astype(float) for side, each in solved.items()}
    frame = pl.DataFrame({"problem_id": names, "set": sets, **told}).with_columns(
        base_n=pl.lit(n, pl.Int64),
        other_n=pl.lit(n, pl.Int64),
        **{key: pl.lit(value) for key, value in columns.items()},
    )
    types = column_types(COVERAGE_PROBLEMS)
    missing = {
        name: pl.lit(None, kind) for name, kind in types.items() if name not in frame.columns
    }
    return frame.with_columns(**missing).select(*types)


if __name__ == "__main__":
    main()
