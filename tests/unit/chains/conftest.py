"""Items of a sheet, and the tables from which they are selected."""

import pytest

from chain_arms import ARM, make_arm

RESPONSES = {
    "easy": [f"clear {i}" for i in range(20)],
    "hard": ["3 + 4 = 7", "3 + 4 = 8, so 7"],
    "rare": ["a guess"],
    "unsolved": [],
}


@pytest.fixture
def arm():
    """Four problems with 40 samples each, two of them hard."""
    return make_arm(RESPONSES, 40)


@pytest.fixture
def items(arm):
    from boundary.chains.select import select_items

    problems, scores, samples, verdicts = arm
    return select_items(problems, scores, [(samples, verdicts)], ARM, below=0.06)
