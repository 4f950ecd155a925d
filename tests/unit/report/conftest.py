"""The synthetic study of the figures' tests."""

import importlib.util
from pathlib import Path

import pytest

from boundary.analyses.registry import analyses


def _synthetic():
    path = Path(__file__).resolve().parents[1] / "figures" / "conftest.py"
    spec = importlib.util.spec_from_file_location("synthetic", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tables():
    return _synthetic().make_study(["aime24", "math500"], ["base-7b", "grpo-7b"], 60, 32)


@pytest.fixture(scope="session")
def study_spec():
    spec = _synthetic().make_spec(["base-7b", "grpo-7b"], ("passk",))
    return {**spec, "study": "s", "analyses": list(analyses()), "arms": [], "config": {}}
