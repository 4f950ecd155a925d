"""What analyses ask of a study: a price of each model that is sampled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study

Raw = dict[str, Any]
WHERE = "analyses.equal_cost"
WHOLE = {"base": 0.2, "rl": 0.3, "early": 0.3}


def test_prices_of_all_models_that_are_sampled_suffice(edit: Callable[..., Raw]) -> None:
    study = parse_study(edit({WHERE: {"prices": WHOLE}}), "study.yaml")
    assert study.analyses.equal_cost.prices == WHOLE


@pytest.mark.parametrize("key", ["prices", "seconds"])
@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        ({"base": 1, "rl": 2}, "early", ": missing; give one for each model that is sampled."),
        (WHOLE | {"old": 1}, "old", ": no model is called 'old'"),
        (WHOLE | {"rl": 0}, "rl", ": "),
        (WHOLE | {"rl": -1}, "rl", ": "),
        (WHOLE | {"rl": float("inf")}, "rl", ": "),
        (WHOLE | {"rl": float("nan")}, "rl", ": "),
    ],
)
def test_a_price_that_is_wrong_has_its_path(
    key: str,
    given: dict[str, float],
    path: str,
    words: str,
    edit: Callable[..., Raw],
    problems: Callable[..., list[str]],
) -> None:
    (line,) = problems(edit({WHERE: {key: given}}))
    assert line.startswith(f"{WHERE}.{key}.{path}{words}")
