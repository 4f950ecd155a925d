"""Micro-batches: similar lengths together, and from the prompts alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from boundary.engines import Request
from boundary.engines.transformers.batches import micro_batches


def requests(lengths: Sequence[int]) -> list[Request]:
    return [Request(tuple(range(length)), seed=i) for i, length in enumerate(lengths)]


def test_batches_of_equal_length_where_that_costs_nothing() -> None:
    """Two problems of four samples fill a batch; a half-full one ends where lengths change."""
    assert micro_batches(requests([3, 3, 2, 5, 3, 2, 5]), 8, 4) == [[2, 5], [0, 1], [4], [3, 6]]


@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=40),
    samples=st.integers(1, 9),
    size=st.integers(1, 40),
)
def test_batches_hold_every_request_once_by_length(
    lengths: list[int], samples: int, size: int
) -> None:
    asked = requests(lengths)
    found = micro_batches(asked, size, samples)
    assert sorted(i for batch in found for i in batch) == list(range(len(lengths)))
    assert all(1 <= len(batch) <= max(1, size // samples) for batch in found)
    in_order = [lengths[i] for batch in found for i in batch]
    assert in_order == sorted(in_order)


def test_what_is_done_changes_no_batch() -> None:
    asked = requests([3, 1, 2, 2])
    half = [replace(request, done=frozenset({0, 1})) for request in asked]
    assert micro_batches(half, 8, 4) == micro_batches(asked, 8, 4)
