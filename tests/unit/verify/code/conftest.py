"""A code verifier for the tests of this folder, or the reason why there is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest

from boundary.errors import MachineError
from boundary.verify.code import verifier
from boundary.verify.setting import Setting
from harness import without_sandbox
from sandboxed import ITEMS

Verify = Callable[[pl.DataFrame], pl.DataFrame]


def items(tests: dict[str, Any], *responses: str, question: str = "Write it.") -> pl.DataFrame:
    """Return responses to one problem."""
    rows = [
        {"problem_id": "p", "sample_index": index, "response": response, "finish_reason": "stop",
         "question": question, "tests": json.dumps(tests)}
        for index, response in enumerate(responses)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=ITEMS)


@pytest.fixture(scope="session")
def verify() -> Iterator[Verify]:
    """A verifier with one worker, without a cache."""
    try:
        with verifier(Setting(workers=1)) as opened:
            yield opened
    except MachineError as error:
        without_sandbox(error)


@pytest.fixture
def judged(verify: Verify) -> Callable[..., list[dict[str, Any]]]:
    """Return the verdict rows on responses to one problem."""

    def judge(
        tests: dict[str, Any], *responses: str, question: str = "Write it."
    ) -> list[dict[str, Any]]:
        return verify(items(tests, *responses, question=question)).to_dicts()

    return judge
