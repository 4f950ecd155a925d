"""Draw pass@k under strict, lenient and agreed grading on real responses.

Run it with the project's Python (a few seconds)::

    python tests/benchmarks/grading_figure.py \
        --data ../shared/data/real_outputs/math_cot_100.jsonl --output results/grading

The file has a JSON object a line: ``question``, ``answer`` (gold) and ``code`` (responses);
a ``score`` of booleans, where there is one, is the labels' own grader.  Printed are the counts
under each rule; ``OUTPUT/grading.svg`` is the figure that studies draw.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

from boundary.figures.registry import build_figures
from boundary.figures.save import save
from boundary.jobs.pages import Figure, Figures, Named
from boundary.scoring import score
from boundary.verify.setting import Setting
from score_tables import study_tables

ARM = {"model": "responses", "benchmark": "real", "protocol": "given"}


def tables(rows: list[dict[str, Any]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return problems and samples."""
    problems = [
        {
            "benchmark": ARM["benchmark"],
            "problem_id": f"{index:05d}",
            "question": row["question"],
            "answer": row["answer"],
            "kind": "math",
            "tests": None,
            "metadata": None,
        }
        for index, row in enumerate(rows)
    ]
    samples = [
        ARM
        | {
            "problem_id": f"{index:05d}",
            "sample_index": place,
            "seed": 0,
            "response": response,
            "n_tokens": len(response.split()),
            "finish_reason": "stop",
            "logprob_sum": None,
        }
        for index, row in enumerate(rows)
        for place, response in enumerate(row["code"])
    ]
    nothing = {"tests": pl.String, "metadata": pl.String}
    return (
        pl.DataFrame(problems, schema_overrides=nothing),
        pl.DataFrame(samples, schema_overrides={"logprob_sum": pl.Float64}),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.data.read_text(encoding="utf-8").splitlines()]
    problems, samples = tables(rows)
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from framed import verify_samples

    verdicts = verify_samples(problems, samples, Setting(workers=2))
    counts = verdicts.select(pl.col("correct", "correct_lenient", "correct_agreed").sum())
    labels = [mark for row in rows for mark in row.get("score", [])]
    print(f"{verdicts.height} responses to {problems.height} problems:", counts.row(0, named=True))
    if labels:
        print(f"labels' own grader: {sum(labels)}")
    made = study_tables(score(problems, samples, verdicts), {"confidence": 0.95})
    for rule in ("passk", "passk_lenient", "passk_agreed"):
        shown = made[rule].filter(pl.col("k").is_in([1, 2, 4, 8]))
        print(rule, shown.select("k", "pass_at_k", "ci_low", "ci_high").rows())
    job = Figures(
        study="grading",
        figures=[Figure(name="grading")],
        models=[Named(name=ARM["model"], role="rl")],
        confidence=0.95,
    )
    for name, chart in build_figures(made, job).items():
        print(*save(chart, options.output, name))


if __name__ == "__main__":
    main()
