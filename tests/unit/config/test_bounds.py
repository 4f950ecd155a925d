"""Every number that multiplies into lists, jobs or memory has a bound, told before any is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from boundary.config import lab, study

Raw = dict[str, Any]
Edit = Callable[[dict[str, Any]], Raw]
Problems = Callable[[Raw], list[str]]


@pytest.mark.parametrize(
    ("path", "bound"),
    [
        ("protocols.t1.n", 10**6),
        ("protocols.t1.samples_per_shard", 10**6),
        ("protocols.t1.max_tokens", 10**7),
        ("protocols.t1.max_model_len", 10**7),
        ("protocols.t1.batch_size", 10**6),
        ("models.early.n", 10**6),
        ("models.early.step", 10**12),
        ("models.rl.tensor_parallel_size", 1024),
        ("benchmarks.old.limit", 10**7),
        ("benchmarks.short.lab.problems", 10**4),
        ("benchmarks.short.samples_per_shard", 10**6),
        ("analyses.bootstrap", 10**6),
        ("analyses.k_max", 10**6),
        ("analyses.min_n", 10**6),
        ("analyses.likelihood.responses", 10**6),
        ("lab.pre.steps", 99_999),
        ("lab.pre.batch_operations", 10**5),
        ("lab.grpo.warmup", 99_999),
    ],
)
@pytest.mark.parametrize("factor", [2, 10**9])
def test_a_number_beyond_its_bound(
    path: str, bound: int, factor: int, edit: Edit, problems: Problems
) -> None:
    value = bound * factor
    found = problems(edit({path: value}))
    assert f"{path}: input should be less than or equal to {bound} (found {value})." in found


def test_every_integer_of_a_study_has_a_bound() -> None:
    """A new one must say how large it may be."""
    models = [
        item
        for module in (study, lab)
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, BaseModel) and item.model_fields
    ]
    for model in models:
        for name, entry in model.model_json_schema().get("properties", {}).items():
            for form in entry.get("anyOf", [entry]):
                if form.get("type") in ("integer", "number"):
                    bounds = {"maximum", "exclusiveMaximum"} & form.keys()
                    assert bounds or name == "gradient_clip", f"{model.__name__}.{name}"


def test_rollouts_of_a_step_have_a_bound(edit: Edit, problems: Problems) -> None:
    found = problems(edit({"lab.grpo.prompts": 4096, "lab.grpo.group": 1024}))
    assert found[0].startswith("lab.grpo: prompts 4096 × group 1024 are 4194304 rollouts a step; ")


def test_blocks_of_a_study_have_a_bound(edit: Edit, problems: Problems) -> None:
    """Five digits number a block, and Snakemake plans no more jobs."""
    (found,) = problems(edit({"protocols.t1.n": 200_000, "protocols.t1.samples_per_shard": 1}))
    assert found == (
        "protocols.t1.samples_per_shard: 1 makes 400,008 blocks of the study, and at most 100,000 "
        "can be planned (a job samples each, another verifies it). Take larger blocks, such as 5."
    )
