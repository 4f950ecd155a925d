"""Responses as another tool writes them: JSON lines, one a response, with gold and verdict."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

#: A response to this problem whose verdict in the file is not ours.
MISJUDGED = "p0"


def rows(model: str, *, problems: int = 6, n: int = 4, skill: float = 0.5) -> list[dict[str, Any]]:
    """Return responses of a model, the first to `MISJUDGED` called otherwise than it is."""
    rng = random.Random(model)
    made = []
    for i in range(problems):
        for sample in range(n):
            right = rng.random() < skill
            text = f"{model}, try {sample}: \\boxed{{{i + 7 if right else -1}}}"
            verdict = right if (i, sample) != (0, 0) else not right
            made.append(
                {
                    "id": f"p{i}",
                    "question": f"What is {i} + 7?",
                    "gold": str(i + 7),
                    "response": text,
                    "correct": verdict,
                }
            )
    return made


def write(path: Path, lines: list[dict[str, Any]]) -> Path:
    """Write JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    return path


def study(**models: Mapping[str, Any]) -> dict[str, Any]:
    """Return a study that compares the first model with each other, on one benchmark."""
    base, *others = models
    return {
        "study": "mine",
        "models": {
            name: {"role": "reference" if name != base else "base", **entry}
            for name, entry in models.items()
        },
        "benchmarks": {"sums": {"kind": "math"}},
        "comparisons": [{"base": base, "other": name, "benchmarks": ["sums"]} for name in others],
    }


def write_study(path: Path, content: Mapping[str, Any]) -> Path:
    """Write a study file."""
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
    return path
