"""A study that has every section, and edits of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import parse_study
from boundary.errors import ConfigError

Raw = dict[str, Any]


def whole_study() -> Raw:
    """Return a study that is in order and has every section."""
    return {
        "study": "s",
        "lab": {
            "pre": {"recipe": "pretrain", "steps": 9},
            "good": {"recipe": "pretrain", "marker_follows": True, "seed": 1},
            "grpo": {"recipe": "reinforce", "start": "pre", "steps": 20, "checkpoints": [5]},
            "taught": {"recipe": "distil", "start": "pre", "teacher": "good"},
        },
        "models": {
            "base": {"source": "lab:pre", "role": "base"},
            "early": {"source": "lab:grpo@5", "role": "rl", "base": "base", "n": 8},
            "rl": {"source": "lab:grpo", "role": "rl", "base": "base"},
            "paper": {"source": "counts:c.csv#x", "role": "reference"},
            "paper2": {"source": "counts:c.csv", "role": "reference"},
        },
        "benchmarks": {
            "short": {"source": "lab:registers", "lab": {"problems": 6, "lengths": [3, 4]}},
            "old": {},
        },
        "protocols": {
            "t1": {"max_tokens": 48, "n": 16, "samples_per_shard": 4},
            "cold": {"max_tokens": 48, "n": 8, "samples_per_shard": 4, "temperature": 0.5},
            "told": {"max_tokens": 48, "n": 32},
        },
        "comparisons": [
            {"base": "base", "other": "rl", "benchmarks": ["short"], "protocol": "t1"},
            {"base": "paper", "other": "paper2", "benchmarks": ["old"], "protocol": "told"},
        ],
        "series": {
            "grpo": {"models": ["base", "early", "rl"], "benchmarks": ["short"], "protocol": "t1"}
        },
        "analyses": {
            "likelihood": {"models": ["base", "rl"], "benchmarks": ["short"], "protocol": "t1"}
        },
        "figures": ["passk", {"name": "difference", "title": "D"}],
    }


def apply(raw: Raw, edits: dict[str, Any]) -> Raw:
    """Set values by paths with dots; ``...`` removes, ``+`` appends a changed first item."""
    for path, value in edits.items():
        *parents, last = path.split(".")
        at: Any = raw
        for part in parents:
            at = at[int(part)] if isinstance(at, list) else at[part]
        if last == "+":
            at.append({**at[0], **value})
        elif value is ...:
            del at[last]
        else:
            at[int(last) if isinstance(at, list) else last] = value
    return raw


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Raw:
    """Return a fresh study that is in order, where its counts are."""
    monkeypatch.chdir(tmp_path)
    rows = ["model,problem,n,correct", "x,1,32,5", "paper2,1,32,9"]
    Path("c.csv").write_text("\n".join(rows), encoding="utf-8")
    return whole_study()


@pytest.fixture
def edit(raw: Raw) -> Callable[[dict[str, Any]], Raw]:
    """Return what edits the study."""
    return lambda edits: apply(raw, edits)


@pytest.fixture
def problems() -> Callable[[Raw], list[str]]:
    """Return what tells the problems of a mapping."""

    def problems_of(raw: Raw) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            parse_study(raw, "study.yaml")
        found = caught.value.problems
        assert caught.value.exit_code == 2
        assert str(caught.value).startswith(f"study.yaml: {len(found)} problem")
        assert len(found) == len(set(found))
        return found

    return problems_of
