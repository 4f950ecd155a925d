"""A study file with many faults: all of them are told at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Raw = dict[str, Any]
Edit = Callable[[dict[str, Any]], Raw]
Problems = Callable[[Raw], list[str]]


def test_all_problems_at_once(edit: Edit, problems: Problems) -> None:
    """Types, keys, references and sums of all sections come in one list."""
    found = "\n".join(
        problems(
            edit(
                {
                    "benchmark": {},
                    "models.rl.role": ...,
                    "models.rl.base": "bsae",
                    "models.early.source": "lab:grpo@6",
                    "models.early.n": "8",
                    "comparisons.0.other": "rll",
                    "comparisons.+": {"other": "base"},
                    "benchmarks.short.source": "hf:a/b",
                    "lab.taught.recipe": "ppo",
                    "lab.pre.teacher": "grpo",
                    "protocols.t1.samples_per_shard": 3,
                    "protocols.cold.prompt": "absent",
                    "protocols.told.topk": 5,
                    "analyses.k_max": 17,
                    "analyses.confidence": 2,
                    "analyses.likelihood.models": ["bas"],
                    "series.grpo.protocol": "t3",
                    "figures": ["passk", "passk", "nothing"],
                }
            )
        )
    )
    for expected in (
        "benchmark: unknown key",
        "models.rl.role: missing",
        "models.rl.base: no model is called 'bsae'",
        "models.early.source: run 'grpo' keeps the steps 5, 20, not 6",
        "models.early.n: input should be a valid integer",
        "comparisons[0].other: no model is called 'rll'",
        "comparisons[2]: compares 'base' with itself",
        "benchmarks.short.registry: 'hf:a/b' is of no entry",
        "lab.taught.recipe: no recipe is called",
        "lab.pre.teacher: unknown key",
        "lab.pre: runs start from each other in a circle",
        "protocols.t1.n: 16 is not a multiple",
        "protocols.cold.prompt: config/prompts/absent.yaml",
        "protocols.told.topk: unknown key",
        "analyses.k_max: 17 is more than",
        "analyses.confidence: input should be less than 1",
        "analyses.likelihood.models[0]: no model is called 'bas'",
        "series.grpo.protocol: no protocol is called 't3'",
        "figures[1]: 'passk' is listed twice",
        "figures[2]: no figure is called 'nothing'",
    ):
        assert f"\n{expected}" in f"\n{found}", found
