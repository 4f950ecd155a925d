"""Models that score responses, and what the engine of the scoring can load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study
from boundary.errors import ConfigError

Edit = Callable[[dict[str, Any]], dict[str, Any]]


def test_a_scorer_that_the_engine_of_likelihoods_cannot_load(edit: Edit) -> None:
    """Sampled by vLLM over two GPUs, scored by transformers."""
    wide = {
        "protocols.t1.engine": "vllm",
        "models.base.tensor_parallel_size": 2,
        "analyses.likelihood": {
            "models": ["base"],
            "benchmarks": ["short"],
            "protocol": "t1",
            "engine": "transformers",
        },
    }
    with pytest.raises(ConfigError) as error:
        parse_study(edit(wide), "study.yaml")
    message = "analyses.likelihood.engine: models.base has tensor_parallel_size; the engine"
    assert message in str(error.value)


def scored(**keys: Any) -> dict[str, Any]:
    return {"models": ["base"], "benchmarks": ["short"], "protocol": "t1", **keys}


def test_worked_solutions_that_there_are_none_of(edit: Edit) -> None:
    with pytest.raises(ConfigError, match=r"likelihood\.gold: problems of the lab, as those of"):
        parse_study(edit({"analyses.likelihood": scored(gold=True)}), "study.yaml")


def test_no_model_is_called_as_worked_solutions_are(edit: Edit) -> None:
    named = {"models.gold": {"source": "lab:pre", "role": "reference"}}
    parse_study(edit(named | {"analyses.likelihood": scored()}), "study.yaml")
    with pytest.raises(ConfigError, match=r"likelihood\.gold: a model is called 'gold'"):
        parse_study(edit(named | {"analyses.likelihood": scored(gold=True)}), "study.yaml")
