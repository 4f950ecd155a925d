"""The jobs that `estimate` counts are those that Snakemake would run."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import read_study
from boundary.estimate.stages import stages
from boundary.plan import Plan
from harness import SMOKE, copy_repository, edit_study, planned, snakemake

Change = Callable[[Path], str]


def logs(config: str) -> dict[str, str]:
    """Return the log of each job by its first output."""
    return {job.outputs[0]: job.log for job in stages(Plan(read_study(Path(config)))).to_run}


def logs_of_snakemake(folder: Path, config: str) -> dict[str, str]:
    """Return the same from a dry run."""
    done = snakemake(folder, "--dry-run", config=config)
    pairs = re.findall(r"^    output: ([^,\n]*).*\n    log: (.*)$", done.stdout + done.stderr, re.M)
    return dict(pairs)


def counted(config: str) -> dict[str, int]:
    """Return the jobs that are left, by rule."""
    found = stages(Plan(read_study(Path(config)))).counts
    return {rule: count.left for rule, count in found.items() if count.left}


def of_snakemake(folder: Path, config: str) -> dict[str, int]:
    """Return the same from a dry run; `all` makes nothing."""
    rules = Counter(line.split()[0] for line in planned(folder, config=config))
    del rules["all"]
    return dict(rules)


def test_from_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_repository(tmp_path / "new")
    monkeypatch.chdir(folder)
    found = counted(SMOKE)
    assert found == of_snakemake(folder, SMOKE)
    assert found["sample_block"] == 6
    assert found["score_responses"] == 4
    default = "config/config.yaml"
    assert counted(default) == of_snakemake(folder, default)
    assert logs(default) == logs_of_snakemake(folder, default)


def test_worked_solutions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a data set whose rows have them, scored by another engine than samples; chains judged."""
    folder = copy_repository(tmp_path / "new")
    (folder / "judged.csv").touch()

    def ask(study: dict[str, Any]) -> None:
        study["analyses"] = {
            "likelihood": {
                "models": list(study["models"]),
                "benchmarks": ["gsm8k"],
                "protocol": "t10",
                "gold": True,
                "engine": "transformers",
            },
            "chains": {
                "sheet": ["judged.csv"],
                "judge": {"endpoint": "http://localhost:8000/v1", "model": "judge"},
            },
        }

    config = edit_study(folder, ask, "gold.yaml", base="config/studies/smollm2_gsm8k.yaml")
    monkeypatch.chdir(folder)
    found = counted(config)
    assert found == of_snakemake(folder, config)
    assert (found["score_responses"], found["score_gold"]) == (1, 1)
    assert logs(config) == logs_of_snakemake(folder, config)


def test_files_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts, responses that are graded, and responses whose verdicts are taken."""
    folder = copy_repository(tmp_path / "new")
    (folder / "c.csv").write_text("model,problem,n,correct\na,1,1,1\n")
    row = {"id": "1", "question": "2+2?", "response": "4", "answer": "4", "verdict": True}
    (folder / "r.jsonl").write_text(json.dumps(row) + "\n")
    graded = {"source": "import:r.jsonl", "role": "base"}
    models = {
        "a": {"source": "counts:c.csv", "role": "base"},
        "b": graded,
        "c": graded | {"reading": {"trust": "theirs"}},
    }
    pairs = [{"base": "a", "other": name, "benchmarks": ["mine"]} for name in ("b", "c")]
    study = {"study": "s", "models": models, "benchmarks": {"mine": {"kind": "math"}}}
    (folder / "s.yaml").write_text(json.dumps(study | {"comparisons": pairs}))
    monkeypatch.chdir(folder)
    assert counted("s.yaml") == of_snakemake(folder, "s.yaml")
    assert logs("s.yaml") == logs_of_snakemake(folder, "s.yaml")


def remove(*patterns: str) -> Change:
    def change(folder: Path) -> str:
        found = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
        assert len(found) >= len(patterns)
        for path in found:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return SMOKE

    return change


def more_samples(folder: Path) -> str:
    return edit_study(folder, lambda raw: raw["protocols"]["t1"].update(n=12), "more.yaml")


STUDY = "results/studies"
CHANGES = {
    "nothing": remove(),
    "a shard that is read no more": remove("results/samples/rl-[!1]*/*/*/00001.parquet"),
    "a shard and all after it": remove(
        "results/samples/rl-1-*/*/*/00001.parquet", "results/scores", STUDY
    ),
    "likelihoods and the study": remove("results/likelihoods/base-*", STUDY),
    "problems and the report": remove("results/problems", f"{STUDY}/smoke/report.html"),
    "all but samples": remove("results/[!s]*", "results/scores", STUDY),
    "more samples": more_samples,
}


@pytest.mark.parametrize("name", CHANGES)
def test_after_a_change(name: str, smoke: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = CHANGES[name](smoke)
    monkeypatch.chdir(smoke)
    assert counted(config) == of_snakemake(smoke, config)
