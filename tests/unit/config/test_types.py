"""Keys and types of a study file, broken one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study
from boundary.config.analyses import SETTABLE

Raw = dict[str, Any]
Edit = Callable[[dict[str, Any]], Raw]
Problems = Callable[[Raw], list[str]]

BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    # --- types and keys
    "unknown key on top": ({"benchmark": {}}, "benchmark: unknown key (found {}). Valid keys: s"),
    "unknown key, hint": ({"models.rl.rol": 1}, "Did you mean 'role'?"),
    "unknown key of a protocol": ({"protocols.t1.topk": 5}, "protocols.t1.topk: unknown key (f"),
    "sampler of another engine": (
        {
            "protocols.t1.engine": "vllm",
            "protocols.t1.sampler": {"power": {"alpha": 4, "steps": 10}},
        },
        "protocols.t1.sampler: the engine vllm has no sampler; leave it out or take engine: "
        "transformers.",
    ),
    "sampler beside a temperature": (
        {"protocols.cold.sampler": {"power": {"alpha": 4, "steps": 10, "block": 8}}},
        "protocols.cold: sampler: power(4, 10, 8) has temperatures of its own and raises the "
        "model's own probabilities to a power; take temperature 1, top_p 1 and no filters (there "
        "is temperature 0.5)",
    ),
    "unknown key of a comparison": (
        {"comparisons.0.models": []},
        "comparisons[0].models: unknown key (found []). Valid keys: name, base, other,",
    ),
    "unknown key of a run": ({"lab.grpo.kls": 0.1}, "lab.grpo.kls: unknown key (found 0.1). Valid"),
    "unknown key of lab problems": (
        {"benchmarks.short.lab.length": [3]},
        "benchmarks.short.lab.length: unknown key (found [3]). Valid keys: task, problems, seed, "
        "lengths",
    ),
    "unknown key of analyses": (
        {"analyses.boostrap": 100},
        "analyses.boostrap: unknown key (found 100). Valid keys: bootstrap, confidence, k_max, "
        "min_n, decides, likelihood, cross_sampling, interventions, screen, chains, "
        f"{', '.join(SETTABLE)}. Did you mean 'bootstrap'?",
    ),
    "misspelt analysis": (
        {"analyses.efficency": False},
        "efficency: unknown key (found false).",
    ),
    "unknown option of an analysis": (
        {"analyses.guess_floor": {"x": 1}},
        "analyses.guess_floor.x: unknown key (found 1). Valid keys: k_max.",
    ),
    "wrong option of an analysis": (
        {"analyses.guess_floor": {"k_max": 0}},
        "analyses.guess_floor.k_max: input should be greater than or equal to 1 (found 0).",
    ),
    "analysis that is neither on nor off": (
        {"analyses.efficiency": 3},
        "analyses.efficiency: input should be a valid boolean (found 3).",
    ),
    "unknown key of likelihood": (
        {"analyses.likelihood.n": 3},
        "analyses.likelihood.n: unknown key",
    ),
    "unknown key of a figure": (
        {"figures.1": {"name": "chain", "titel": "t"}},
        'figures[1].titel: unknown key (found "t"). Valid keys: name, title, benchmark, models. '
        "Did you mean 'title'",
    ),
    "missing study": ({"study": ...}, "study: missing."),
    "missing role": ({"models.rl.role": ...}, "models.rl.role: missing."),
    "missing n": ({"protocols.t1.n": ...}, "protocols.t1.n: missing."),
    "text for a number": ({"protocols.t1.n": "16"}, "protocols.t1.n: input should be a valid i"),
    "bool for an integer": ({"protocols.t1.n": True}, "protocols.t1.n: input should be a valid i"),
    "bool for a seed": ({"protocols.t1.seed": False}, "protocols.t1.seed: input should be a val"),
    "bool for a real": ({"protocols.t1.top_p": True}, "protocols.t1.top_p: input should be a val"),
    "real for an integer": ({"protocols.t1.n": 16.0}, "(found 16.0)"),
    "integer for text": ({"study": 7}, "study: input should be a valid string (found 7)."),
    "list for a mapping": ({"models": []}, "models: input should be a valid dictionary (found [])"),
    "null for a mapping": ({"lab": None}, "lab: input should be a valid dictionary (found null)"),
    "integer for a bool": ({"lab.good.marker_follows": 1}, "lab.good.marker_follows: input should"),
    "n of zero": ({"protocols.t1.n": 0}, "protocols.t1.n: input should be greater than or equal t"),
    "cold below zero": ({"protocols.t1.temperature": -0.1}, "protocols.t1.temperature: input"),
    "not a number": ({"protocols.t1.temperature": float("nan")}, "protocols.t1.temperature: "),
    "endless": ({"lab.pre.gradient_clip": float("inf")}, "lab.pre.gradient_clip: input should be"),
    "no nucleus": ({"protocols.t1.top_p": 0}, "protocols.t1.top_p: input should be greater than"),
    "unknown role": (
        {"models.rl.role": "rlvr"},
        "models.rl.role: input should be 'base', 'rl', 'distilled', 'instruct' or 'reference' (fou",
    ),
    "unknown engine": (
        {"protocols.t1.engine": "tgi"},
        "'transformers', 'vllm' or 'api' (found \"tgi\")",
    ),
    "unknown figure": (
        {"figures.0": "pass"},
        "figures[0]: no figure is called 'pass'; there are: passk,",
    ),
    "unknown recipe": (
        {"lab.grpo.recipe": "ppo"},
        'lab.grpo.recipe: no recipe is called "ppo"; there are: pretrain, reinforce, distil, '
        "finetune.",
    ),
    "no recipe": (
        {"lab.grpo.recipe": ...},
        "lab.grpo.recipe: missing; there are: pretrain, reinfo",
    ),
    "no comparisons": ({"comparisons": []}, "comparisons: list should have at least 1 item"),
    "path in a name": ({"study": "../x"}, "study: string should match pattern"),
    "name with a newline": ({"study": "x\n"}, "study: string should match pattern"),
    "name of dots": ({"study": ".."}, "study: string should match pattern"),
    "short series": ({"series.grpo.models": ["rl"]}, "series.grpo.models: list should have at le"),
    "checkpoint beyond the run": (
        {"lab.grpo.checkpoints": [21]},
        "lab.grpo: checkpoints [21] lie beyond the last step, 20",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_problem(name: str, edit: Edit, problems: Problems) -> None:
    edits, expected = BROKEN[name]
    found = problems(edit(edits))
    assert any(expected in line for line in found), found
    assert found[0].partition(": ")[0].split(".")[0].partition("[")[0] in next(iter(edits))


@pytest.mark.parametrize("name", sorted(set(BROKEN) - {"null for a mapping", "list for a mapping"}))
def test_nothing_is_told_that_only_follows(name: str, edit: Edit, problems: Problems) -> None:
    assert len(problems(edit(BROKEN[name][0]))) == 1


@pytest.mark.parametrize(
    ("path", "whole", "real"),
    [
        ("protocols.t1.temperature", 1, 1.0),
        ("protocols.t1.top_p", 1, 1.0),
        ("lab.pre.noise", 0, 0.0),
        ("lab.pre.gradient_clip", 2, 2.0),
    ],
)
def test_a_whole_number_is_a_real_one(path: str, whole: int, real: float, edit: Edit) -> None:
    first = parse_study(edit({path: whole}), "x").model_dump(mode="json")
    second = parse_study(edit({path: real}), "x").model_dump(mode="json")
    assert first == second
    assert str(first) == str(second)  # 1 == 1.0 in Python, but not in JSON
