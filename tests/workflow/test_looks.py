"""A study whose n is raised once its verdict was seen says so, and nothing is stale for it."""

from __future__ import annotations

import json
from pathlib import Path

from boundary.looks import LOOKS, read_looks
from harness import copy_repository, planned, run

COUNTS = {
    "study": "s",
    "models": {
        "a": {"source": "counts:c.csv", "role": "base"},
        "b": {"source": "counts:c.csv", "role": "rl", "base": "a"},
    },
    "benchmarks": {"mine": {}},
    "comparisons": [{"base": "a", "other": "b", "benchmarks": ["mine"]}],
    "figures": ["passk"],
}
CONFIG, PAGE, RECORD = "s.yaml", "results/studies/s/report.html", f"results/studies/s/{LOOKS}"


def seen_with(folder: Path, n: int, **analyses: object) -> str:
    """Run the study to its page with n samples of each problem, and return the page."""
    rows = "".join(f"{m},{i},{n},{(i + j) % 3 * n // 4}\n" for i in range(30) for j, m in _MODELS)
    (folder / "c.csv").write_text(f"model,problem,n,correct\n{rows}")
    (folder / CONFIG).write_text(json.dumps(COUNTS | {"analyses": analyses}))
    run(folder, PAGE, config=CONFIG)
    assert planned(folder, PAGE, config=CONFIG) == []
    return (folder / PAGE).read_text()


_MODELS = ((0, "a"), (1, "b"))


def test_a_raised_n_is_told_after_a_verdict_was_seen(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "study")
    assert "after a verdict" not in seen_with(folder, 8)
    assert [look.n for look in read_looks(folder / RECORD)] == [8]
    words = "n was raised from 8 to 16 after a verdict had been seen (undetermined at 8)"
    assert words in seen_with(folder, 16)
    assert words in (folder / PAGE).with_name("methods.md").read_text()
    assert [look.n for look in read_looks(folder / RECORD)] == [8, 16]
    (folder / RECORD).unlink()
    assert planned(folder, PAGE, config=CONFIG) == []
    plan = {"looks": [{"n": 16, "alpha": 0.01}, {"n": 32, "alpha": 0.05}]}
    page = seen_with(folder, 16, crossover=plan)
    assert "look 1 of 2 of the written plan" in page and "simultaneous 99 % band" in page
    page = seen_with(folder, 32, crossover=plan)
    assert "Earlier looks of the plan: undetermined at 16." in page
    assert "raised from" not in page
