"""Gains and losses over all k, and the set of the first loss."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from boundary.comparison.regions import first_loss, stretches


def row(regions: str | None, k_max: int = 64):
    return SimpleNamespace(regions=regions, k_max=k_max)


@pytest.mark.parametrize(
    ("regions", "parts", "loss"),
    [
        ("other:1-10;base:61-64", ["1-10 gain", "11-60 undecided", "61-64 loss"], (11, 61)),
        ("other:1-64", ["1-64 gain"], (None, None)),
        ("base:1-64", ["1-64 loss"], (1, 1)),
        (None, ["1-64 undecided"], (1, None)),
        ("other:1-10", ["1-10 gain", "11-64 undecided"], (11, None)),
        ("other:3-10", ["1-2 undecided", "3-10 gain", "11-64 undecided"], (1, None)),
        ("other:1-10;base:11-64", ["1-10 gain", "11-64 loss"], (11, 11)),
        (
            "other:1-4;other:6-9;base:30-64",
            ["1-4 gain", "5-5 undecided", "6-9 gain", "10-29 undecided", "30-64 loss"],
            (5, 30),
        ),
    ],
)
def test_every_k_is_in_one_stretch(regions, parts, loss) -> None:
    made = stretches(row(regions))
    assert [f"{part.first}-{part.last} {part.what}" for part in made] == parts
    assert [k for part in made for k in range(part.first, part.last + 1)] == [*range(1, 65)]
    first = first_loss(row(regions))
    assert (first.first, first.last) == loss
