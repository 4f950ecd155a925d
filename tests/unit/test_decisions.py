"""Cells of verdicts: regions and guards come back, and documents have the code's thresholds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary import decisions
from boundary.decisions import (
    GUARDS,
    Region,
    guard_text,
    read_guards,
    read_regions,
    regions_text,
)
from boundary.digests import PACKAGE
from boundary.report.verdicts import _LEADS, _REASONS, GUARD_MEANINGS, VERDICT_MEANINGS

REGIONS = st.builds(Region, st.sampled_from(["base", "other"]), st.integers(1), st.integers(1))


@given(st.lists(REGIONS))
def test_regions_come_back(regions: list[Region]) -> None:
    assert read_regions(regions_text(regions)) == regions


@given(st.sets(st.sampled_from(GUARDS)))
def test_guards_come_back_in_their_order(fired: set[str]) -> None:
    assert read_guards(guard_text(fired)) == [guard for guard in GUARDS if guard in fired]


def test_every_verdict_and_guard_has_words() -> None:
    for words in (_LEADS, VERDICT_MEANINGS):
        assert tuple(words) == decisions.CROSSOVER_VERDICTS
    for words in (_REASONS, GUARD_MEANINGS):
        assert tuple(words) == GUARDS


@pytest.mark.parametrize(
    ("threshold", "said"),
    [
        ("SMALL_SET", "fewer than {} problems are independent"),
        ("FEWEST_DISCORDANT", "fewer than {} problems are solved (c > 0) by exactly one model"),
        ("FEWEST_LEFT", "each model leaves fewer than {} problems unsolved"),
        ("FEWEST_LEFT", "each model solves fewer than {} problems"),
        ("FEWEST_COPIED", "both have the same responses to {} or more problems"),
    ],
)
def test_the_document_has_the_thresholds_of_the_code(threshold: str, said: str) -> None:
    text = (PACKAGE.parents[1] / "docs/statistics.md").read_text(encoding="utf-8")
    assert said.format(getattr(decisions, threshold)) in text
