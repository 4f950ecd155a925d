"""The jobs that `estimate` counts are those that Snakemake would run."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import read_study
from boundary.estimate.stages import stages
from boundary.plan import Plan
from harness import SMOKE, copy_repository, edit_study, planned

Change = Callable[[Path], str]


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


def test_worked_solutions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a data set whose rows have them, scored by another engine than samples."""
    folder = copy_repository(tmp_path / "new")

    def ask(study: dict[str, Any]) -> None:
        study["analyses"] = {
            "likelihood": {
                "models": list(study["models"]),
                "benchmarks": ["gsm8k"],
                "protocol": "t10",
                "gold": True,
                "engine": "transformers",
            }
        }

    config = edit_study(folder, ask, "gold.yaml", base="config/studies/smollm2_gsm8k.yaml")
    monkeypatch.chdir(folder)
    found = counted(config)
    assert found == of_snakemake(folder, config)
    assert (found["score_responses"], found["score_gold"]) == (1, 1)


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
