"""The section ``published``: files of printed numbers, and models on both sides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from boundary.config.load import parse_study
from boundary.errors import ConfigError

Raw = dict[str, Any]
TEXT = "citation: A\npoints: [{source: T, benchmark: b, models: {theirs: {1: 50.0}}}]\n"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"their": "base"}, "prints nothing of a model 'their'. Did you mean 'theirs'?"),
        ({"theirs": "bas"}, ".theirs: no model is called 'bas'"),
    ],
)
def test_names_are_known_on_both_sides(
    raw: Raw, tmp_path: Path, names: dict[str, str], message: str
) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(TEXT)
    assert parse_study(raw | {"published": {str(file): {"theirs": "base"}}}, "s").published
    with pytest.raises(ConfigError) as raised:
        parse_study(raw | {"published": {str(file): names}}, "s")
    assert f"published.{file}" in str(raised.value) and message in str(raised.value)


def test_a_file_that_is_none_is_named(raw: Raw, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"published\..*absent\.yaml: "):
        parse_study(raw | {"published": {str(tmp_path / "absent.yaml"): {}}}, "s")
