"""Words before what analyses say: each has a class and a place, so that none ends the report."""

from __future__ import annotations

from typing import get_args

from boundary.report.tags import CSS, Tag


def test_every_tag_has_a_class() -> None:
    assert [*CSS] == [*get_args(Tag)]
