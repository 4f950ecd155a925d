"""Tests with a real vLLM: `make test-vllm` runs them in the environment of its CPU build.

Elsewhere they skip, unless BOUNDARY_REQUIRE_VLLM is set, as that target does.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.config.lab import LabBenchmark, Pretrain, checkpoint_name
from boundary.engines import Machine, Request, Weights
from boundary.engines.transformers.engine import TransformersEngine
from boundary.engines.vllm.engine import VllmEngine
from boundary.engines.vllm.setup import installed
from boundary.tasks import registers
from drawing import SAMPLING, Draws, draw

HERE = Path(__file__).parent
REQUIRE = "BOUNDARY_REQUIRE_VLLM"
#: Enough for a model that is right now and then.
STEPS = 250
TOLD = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and skip them where there is no vLLM."""
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.vllm)
    if not ours or installed():
        return
    why = "vLLM is not installed here; make test-vllm installs it and runs these"
    if os.environ.get(REQUIRE):
        raise pytest.UsageError(why)
    for item in ours:
        item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return what adds a line to those that stand at the end of the run."""
    return request.config.stash.setdefault(TOLD, []).append


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send what the tests of a worker measured to the process that prints it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["measured"] = session.config.stash.get(TOLD, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker sent."""
    lines = getattr(node, "workeroutput", {}).get("measured", [])
    node.config.stash.setdefault(TOLD, []).extend(lines)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured."""
    lines = terminalreporter.config.stash.get(TOLD, [])
    if lines:
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkpoint of the lab, trained for seconds."""
    from boundary.lab.train import train

    folder = tmp_path_factory.mktemp("lab") / "base"
    train(Pretrain(recipe="pretrain", steps=STEPS), folder, parents={}, threads=1)
    return folder / checkpoint_name(STEPS)


@pytest.fixture(scope="session")
def problems() -> pl.DataFrame:
    """Return problems of the lab."""
    return registers.problems("short", LabBenchmark(problems=60, lengths=[3, 4], seed=11))


@pytest.fixture(scope="session")
def engine(base: Path) -> VllmEngine:
    """Return the vLLM engine on the checkpoint."""
    return VllmEngine(Weights(base), Machine())


@pytest.fixture(scope="session")
def transformers_engine(base: Path) -> TransformersEngine:
    """Return the transformers engine on the same checkpoint."""
    return TransformersEngine(Weights(base), Machine())


@pytest.fixture(scope="session")
def requests(engine: VllmEngine, problems: pl.DataFrame) -> list[Request]:
    """Return a request for each problem."""
    prompts = [tuple(engine.encode(text, SAMPLING)) for text in problems["question"]]
    return [Request(prompt, 1000 + i) for i, prompt in enumerate(prompts)]


@pytest.fixture(scope="session")
def draws(engine: VllmEngine, requests: list[Request]) -> Draws:
    """Return all samples of all requests, drawn in one go."""
    return draw(engine, requests)
