"""Files whose time lies in the future cost nothing that was made from them."""

from __future__ import annotations

import os
import time
from pathlib import Path

from harness import planned, run

PUBLISHED = "config/studies/math500_published.yaml"
FOLDER = "base-*/tiny-*/t1-*"


def put_into_the_future(path: Path) -> None:
    """Date a file as a clock would that is a day ahead."""
    ahead = time.time() + 86_400
    os.utime(path, (ahead, ahead))


def only(folder: Path, pattern: str) -> Path:
    """Return the one file of a pattern."""
    (path,) = folder.glob(pattern)
    return path


def test_a_shard_outlives_models_problems_and_samples_of_tomorrow(smoke: Path) -> None:
    first, second = (only(smoke, f"results/samples/{FOLDER}/0000{i}.parquet") for i in (0, 1))
    verdicts = [
        only(smoke, f"results/verdicts/{FOLDER}/*/0000{i}.parquet").relative_to(smoke)
        for i in (0, 1)
    ]
    put_into_the_future(only(smoke, "results/models/base-*/run.json"))
    put_into_the_future(only(smoke, "results/problems/tiny-*.parquet"))
    put_into_the_future(second)
    first.unlink()
    for path in verdicts:
        (smoke / path).unlink()
    targets = [str(path) for path in verdicts]
    run(smoke, *targets)
    assert first.exists()
    assert all((smoke / path).exists() for path in verdicts)
    assert planned(smoke, *targets) == []
    assert planned(smoke) == []


def test_counts_of_tomorrow_are_read(smoke: Path) -> None:
    put_into_the_future(smoke / "config/published/math500_qwen2.5-7b.csv")
    run(smoke, "scores", config=PUBLISHED)
    assert len([*smoke.glob("results/scores/*/*/*/*-published.parquet")]) == 2
    assert planned(smoke, "scores", config=PUBLISHED) == []
