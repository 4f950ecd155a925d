"""The job that makes the tables of what models completed of partial problems."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from boundary.jobs.reading import (
    ArmNames,
    Bootstrap,
    ComparisonRow,
    Confidence,
    FewestSamples,
    LargestK,
)
from boundary.jobs.shards import File, Files
from boundary.strict import Strict

#: Fewest words that are shown, and that are left to complete.
FEWEST_WORDS = 5
#: Of a longer rest the first words are compared, and so many tokens are drawn at most.
MOST_WORDS, MOST_TOKENS = 128, 512
#: Tokens that are drawn of a problem of usual length, half of which is shown.
USUAL_TOKENS = 64


class ScreenedArm(ArmNames):
    """An arm whose model completed parts of the problems: names and files."""

    completions: File
    scores: File


class ScreenTables(Strict):
    """Make the tables of a screen, and verdicts without the problems that it flags.

    Attributes
    ----------
    comparisons : list of ComparisonRow
        Those with a model that was screened, on benchmarks that were.
    compared : list of str
        Scores of their arms.
    level : float
        At which a problem is flagged.
    """

    arms: Annotated[list[ScreenedArm], Field(min_length=1)]
    comparisons: list[ComparisonRow]
    compared: Files
    level: float = Field(gt=0, lt=0.5)
    bootstrap: Bootstrap
    confidence: Confidence
    k_max: LargestK | None = None
    min_n: FewestSamples | None = None
    decides: Literal["population", "benchmark"]
    options: dict[str, JsonValue] = Field(default={})
