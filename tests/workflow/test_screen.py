"""The screen in a study: which jobs Snakemake plans, and none where nobody asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness import copy_repository, edit_study, planned

PAIR = {"name": "on-eggs", "base": "base", "other": "rl", "benchmarks": ["eggs"], "protocol": "t1"}
ASKED = {"models": ["base", "rl"], "benchmarks": ["eggs"], "protocol": "t1"}


def on_eggs(study: dict[str, Any]) -> None:
    study["benchmarks"]["eggs"] = {"source": "file:eggs.jsonl"}
    study["comparisons"].append(PAIR)


def test_a_job_a_model_and_one_for_the_tables(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "run")
    problem = {"problem_id": "a", "question": "How many eggs has Anna 34?", "answer": "34"}
    (folder / "eggs.jsonl").write_text(json.dumps(problem) + "\n")
    edit_study(folder, on_eggs)
    assert [job for job in planned(folder, "screened") if "screen" in job] == ["screened"]
    edit_study(folder, lambda study: study["analyses"].update(screen=ASKED))
    jobs = [job for job in planned(folder, "screened") if "screen" in job]
    assert jobs == [
        "analyse_screen studies/smoke/tables/screen.parquet",
        "screen screen/base/eggs/t1/completions.parquet",
        "screen screen/rl/eggs/t1/completions.parquet",
        "screened",
    ]
