"""Jobs that count responses and make tables of what was counted and judged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from boundary.allowed import MAX_UNSET, MOST_REPLICATES, ControlKind
from boundary.jobs.shards import File, Files, ShardFiles, Text
from boundary.kinds import KindName
from boundary.stopping import StoppingRule
from boundary.strict import Strict

Confidence = Annotated[float, Field(ge=0.5, lt=1)]
Bootstrap = Annotated[int, Field(ge=100, le=MOST_REPLICATES)]
LargestK = Annotated[int, Field(ge=1)]
FewestSamples = Annotated[int, Field(ge=1)]
#: Model, benchmark and protocol.
ArmKey = tuple[str, str, str]


class ArmNames(Strict):
    """What an arm is called."""

    model: Text
    benchmark: Text
    protocol: Text

    @property
    def labels(self) -> dict[str, str]:
        """The three names by what they are."""
        return {"model": self.model, "benchmark": self.benchmark, "protocol": self.protocol}


class VerifiedArm(ArmNames):
    """An arm with its verdicts."""

    verdicts: ShardFiles


class JudgedArm(VerifiedArm):
    """An arm with its problems and verdicts."""

    kind: KindName | None = None
    problems: File


class ReadArm(VerifiedArm):
    """An arm of an analysis; without problems no gold answer is shown."""

    kind: KindName | None = None
    problems: File | None = None
    samples: ShardFiles | None = None


class Counts(Strict):
    """Take published counts as the scores of an arm."""

    model: Text
    name: Text
    benchmark: Text
    protocol: Text
    citation: Text | None = None
    settings: dict[str, JsonValue] | None = None
    caution: Text | None = None


class Score(Strict):
    """Count the correct responses of one arm."""

    problems: File
    samples: ShardFiles
    verdicts: ShardFiles
    n: int | None = Field(default=None, ge=1)
    max_unset: float = Field(default=MAX_UNSET, ge=0, le=1)
    allow: list[str] = Field(default=[])
    stopping: StoppingRule | None = None


class Look(Strict):
    """Say which problems go on after a look: those with fewer successes than stop them."""

    verdicts: ShardFiles
    look: int = Field(ge=1)
    stop_after: int = Field(ge=1)


class GoingOn(Strict):
    """The problems that go on after a look."""

    look: int
    problems: list[str]


class ComparedArms(Strict):
    """Which arms a comparison on one benchmark is of."""

    comparison: Text
    base: Text
    other: Text
    benchmark: Text
    protocol: Text
    other_protocol: Text | None = None

    @property
    def arms(self) -> dict[str, ArmKey]:
        """The arms by side, ``base`` and ``other``."""
        return {
            "base": (self.base, self.benchmark, self.protocol),
            "other": (self.other, self.benchmark, self.other_protocol or self.protocol),
        }


class ComparisonRow(ComparedArms):
    """A comparison on one benchmark, with the settings in which its sides differ."""

    allowed: list[str] = Field(default=[])
    differs: dict[str, Annotated[list[JsonValue], Field(min_length=2, max_length=2)]] = Field(
        default={}
    )
    grading: str | None = None
    cautions: list[str] = Field(default=[])


class Point(Strict):
    """A checkpoint of a series."""

    model: Text
    step: int | None = None


class SeriesRow(Strict):
    """Checkpoints of a training run on one benchmark."""

    series: Text
    benchmark: Text
    protocol: Text
    points: Annotated[list[Point], Field(min_length=1)]


class Grid(Strict):
    """Protocols that differ in temperature alone: the temperature of each."""

    temperatures: Annotated[dict[Text, float], Field(min_length=2)]


class Control(Strict):
    """A control of a comparison on one benchmark: its model where training began, otherwise.

    ``start`` is the side where training began, ``protocol`` that of the control, and ``setting``
    says what is otherwise, as ``T = 0.5``.
    """

    comparison: Text
    benchmark: Text
    control: Text
    kind: ControlKind
    start: Literal["base", "other"]
    protocol: Text
    setting: Text


class Tables(Strict):
    """Make the tables of a study that follow from scores."""

    scores: Files | None = None
    comparisons: list[ComparisonRow]
    series: list[SeriesRow] = Field(default=[])
    bootstrap: Bootstrap = 10_000
    confidence: Confidence = 0.95
    k_max: LargestK | None = None
    min_n: FewestSamples | None = None
    decides: Literal["population", "benchmark"] = "population"
    grids: list[Grid] | None = None
    controls: list[Control] | None = None
    analyses: dict[str, dict[str, JsonValue]] | None = None


def tokens_beside(path: str) -> str:
    """Return the table of what is said of each token, beside a likelihood table."""
    return f"{path.removesuffix('.parquet')}-tokens.parquet"


class ScoredArm(VerifiedArm):
    """An arm whose responses were scored: the tables of each scorer, below that scorer's folder.

    Problems and samples are there where an analysis reads texts.
    """

    scored: Files = Field(default=[])
    problems: File | None = None
    samples: ShardFiles | None = None


class GoldArm(ArmNames):
    """Worked solutions of a benchmark that were scored, under the name `allowed.GOLD`."""

    scored: Files
    problems: File


class Perplexity(Strict):
    """Join log-probabilities with verdicts and summarise them.

    Each arm was scored by each scorer, so that folders and names say which files.
    All arms were sampled at one temperature and top_p; None: not known.
    """

    scorers: Files = Field(default=[])
    arms: Annotated[list[ScoredArm], Field(min_length=1)]
    gold: list[GoldArm] = Field(default=[])
    temperature: float | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    bootstrap: Bootstrap
    confidence: Confidence
    options: dict[str, JsonValue] = Field(default={})

    def token_scores(self) -> list[str]:
        """Return the tables of what is said of each token."""
        return [tokens_beside(path) for path in self.likelihoods()]

    def likelihoods(self) -> list[str]:
        """Return the likelihood tables of all scorers and arms."""
        names = [name for arm in self.arms for name in arm.scored]
        names += [name for arm in self.gold for name in arm.scored]
        return [f"{scorer}/{name}" for name in names for scorer in self.scorers]


class ArmTables(Strict):
    """Make the tables of an analysis that reads verdicts, or samples too."""

    arms: list[ReadArm]
    comparisons: list[ComparedArms] | None = None
    confidence: Confidence
    min_n: FewestSamples | None = None
    max_unset: float = Field(default=0.0, ge=0, le=1)
    options: dict[str, JsonValue] = Field(default={})
