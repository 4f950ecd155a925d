"""A sandbox for the tests of this folder, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from boundary.errors import MachineError
from boundary.verify.sandbox import Job, Outcome, Sandbox
from harness import without_sandbox
from sandboxed import Run


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One worker of the best tier that works here."""
    try:
        opened = Sandbox(1)
    except MachineError as error:
        without_sandbox(error)
    with opened:
        yield opened


@pytest.fixture(scope="session")
def run(sandbox: Sandbox) -> Run:
    """Run one job and return its outcome."""

    def one(asked: Job) -> Outcome:
        (outcome,) = sandbox.run([asked])
        return outcome

    return one
