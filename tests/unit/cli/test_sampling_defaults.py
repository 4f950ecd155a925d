"""Where a study samples otherwise than a checkpoint recommends, `check-config` says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from boundary.cli.app import app
from boundary.cli.sampling_defaults import departures

COMMIT = "0" * 40


@pytest.mark.parametrize(
    ("recommended", "settings", "lines"),
    [
        ({"temperature": 0.6}, {"temperature": 0.6}, []),
        ({"temperature": 0.6}, {"temperature": 1.0}, ["temperature 1 for its 0.6"]),
        ({"top_k": 20}, {"top_k": None}, ["no top_k for its 20"]),
        ({"top_k": 20}, {"top_k": 20}, []),
        ({"top_k": -1}, {}, []),
        ({"top_k": 0}, {"top_k": 50}, ["top_k 50 for its 0"]),
        ({"repetition_penalty": 1.0, "min_p": 0}, {}, []),
        ({"repetition_penalty": 1.05}, {}, ["no repetition_penalty for its 1.05"]),
    ],
)
def test_departures(
    recommended: dict[str, float], settings: dict[str, Any], lines: list[str]
) -> None:
    assert departures(recommended, settings) == lines


def test_check_config_tells_them_and_applies_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--org--base/snapshots" / COMMIT
    folder.mkdir(parents=True)
    (folder / "generation_config.json").write_text('{"temperature": 0.6, "top_p": 0.95}')
    problems = tmp_path / "problems.jsonl"
    problems.write_text('{"id": "1", "question": "1 + 1 = ?", "answer": "2"}\n')
    entry = {"prompt": "raw", "max_tokens": 8, "n": 4, "samples_per_shard": 4}
    entry |= {"engine": "transformers", "temperature": 0.6, "top_k": 50}
    study = {
        "study": "s",
        "models": {
            "base": {"source": "hf:org/base", "revision": COMMIT, "role": "base"},
            "rl": {"source": "hf:org/rl", "revision": COMMIT, "role": "rl", "base": "base"},
        },
        "benchmarks": {"b": {"source": f"file:{problems}"}},
        "protocols": {"p": entry},
        "comparisons": [{"base": "base", "other": "rl", "benchmarks": ["b"], "protocol": "p"}],
    }
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(study))
    done = CliRunner().invoke(app, ["check-config", str(file)])
    assert done.exit_code == 0, done.output
    assert (
        "Note: protocols.p samples models.base otherwise than its checkpoint recommends: "
        "top_p 1 for its 0.95. Nothing of a recommendation is applied." in done.output
    )
    assert (
        "how the checkpoint of models.rl recommends to be sampled is not known: its files"
        in done.output
    )
