"""Notes of comparisons."""

from __future__ import annotations

from boundary.notes import join_parts


def test_remarks_are_one_note() -> None:
    assert join_parts([]) is None
    assert join_parts(["a", "b, c"]) == "a; b, c"
