"""Checks of a screen: whether it could flag anything, and of texts that models may have seen."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator

from pydantic import ValidationError

from boundary.config import raw as lenient
from boundary.config.analyses import Screen
from boundary.config.raw import Raw

_WHERE = "analyses.screen"


def screen(raw: Raw) -> Iterator[str]:
    """Yield what of the section cannot be done."""
    entry = lenient.stage_entry(raw, "screen")
    benchmarks = lenient.entries(raw, "benchmarks")
    for i, name in enumerate(lenient.texts(entry, "benchmarks")):
        if benchmarks.get(name, {}).get("lab") is not None:
            yield (
                f"{_WHERE}.benchmarks[{i}]: the problems of {name!r} are drawn by the lab, so that "
                f"no text that a model was trained on elsewhere holds them; leave it out."
            )
    with contextlib.suppress(ValidationError):  # the types tell what is wrong with it
        asked = Screen.model_validate(entry)
        for i, share in enumerate(asked.shares):
            if share in asked.shares[:i]:
                yield f"{_WHERE}.shares[{i}]: {share:g} is listed twice."
        needed = math.ceil(len(asked.shares) / asked.level - 1e-9) - 1
        if asked.twins < needed:
            yield (
                f"{_WHERE}.twins: with {asked.twins} no problem can be flagged at {asked.level:g} "
                f"after Holm's correction over {len(asked.shares)} shares; take at least {needed}, "
                f"or fewer shares."
            )
