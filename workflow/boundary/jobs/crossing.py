"""Who chooses which tokens, where two models write one response together.

Of a pair, the *host* chooses every token but those at m positions, which the *donor*
chooses (cross-sampling, arXiv 2603.22446).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, JsonValue

from boundary.jobs.reading import Bootstrap, Confidence
from boundary.jobs.shards import File, Text
from boundary.strict import Strict

#: The one engine in which two models can take turns, token by token.
ENGINE = "transformers"
#: At which positions the donor chooses: nowhere, where it differs most from the host, at
#: positions drawn at random, or everywhere.
Choice = Literal["none", "highest", "random", "all"]
CHOICES: tuple[Choice, ...] = ("none", "highest", "random", "all")


class Setting(NamedTuple):
    """Where the donor chooses; ``m`` is None where it does everywhere."""

    choice: Choice
    m: int | None


def settings_of(positions: Sequence[int]) -> list[Setting]:
    """Return every setting of a direction, in the order of its samples.

    Parameters
    ----------
    positions : sequence of int
        Numbers of positions at which the donor chooses; the host alone and the donor
        alone stand before and after them.
    """
    mixed = [Setting(choice, m) for m in positions for choice in CHOICES[1:3]]
    return [Setting("none", 0), *mixed, Setting("all", None)]


def direction(host: str, donor: str) -> str:
    """Return what stands for the model in samples of a donor within a host."""
    return f"{donor} in {host}"


def tokens_of(problems: int, positions: Sequence[int], responses: int, max_tokens: int) -> int:
    """Return the most tokens that one direction of a pair may take on a benchmark."""
    return problems * len(settings_of(positions)) * responses * max_tokens


def over_budget(name: str, benchmark: str, tokens: int, most_tokens: int) -> str:
    """Say that one direction of a pair takes more tokens on a benchmark than it may."""
    return (
        f"cross-sampling {name} on {benchmark!r} may take {tokens:,} tokens (problems × settings × "
        f"responses × max_tokens), and most_tokens is {most_tokens:,}. Ask for fewer positions or "
        f"responses, or raise analyses.cross_sampling.most_tokens."
    )


class CrossedArm(Strict):
    """One direction of a pair on one benchmark: names and files."""

    comparison: Text
    benchmark: Text
    protocol: Text
    host: Text
    donor: Text
    problems: File
    samples: File
    positions: File
    verdicts: File
    host_scores: File
    donor_scores: File


class CrossingTables(Strict):
    """Make the tables of an analysis of cross-sampling."""

    arms: Annotated[list[CrossedArm], Field(min_length=1)]
    positions: list[Annotated[int, Field(ge=1)]]
    responses: int = Field(ge=1)
    bootstrap: Bootstrap
    confidence: Confidence
    options: dict[str, JsonValue] = Field(default={})
