"""Jobs that make problems, models and responses, or score responses under a model.

What they make costs accelerator time, and Snakemake makes it anew when the text
of a spec changes: these specs hold what decides the result and no list of files.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from boundary.config.model import Adapter
from boundary.config.tasks import LabDrawing, LabRun
from boundary.edits import Edit
from boundary.jobs.crossing import direction
from boundary.jobs.endpoint import Served
from boundary.jobs.sampling import Sampler, Sampling
from boundary.jobs.shards import MOST_BLOCKS, File, Text
from boundary.strict import Strict


class LabProblems(Strict):
    """Draw the problems of a lab benchmark."""

    benchmark: Text
    lab: LabDrawing


class Resolving(Strict):
    """Bring a model from outside."""

    model: Text
    source: Text
    revision: str | None = None
    unverified: bool = False
    adapter: Adapter | None = None
    served: Served | None = None


class Training(Strict):
    """Train a run of the lab; ``parents`` are folders by the name of the run."""

    run: LabRun
    parents: dict[str, File]


class Loading(Strict):
    """How the weights of a model are loaded, where the study says."""

    dtype: str | None = None
    quantization: str | None = None
    adapter: File | None = None


class Loaded(Strict):
    """A job that loads a model, and the protocol that it follows."""

    sampling: Sampling
    checkpoint: File
    loading: Loading = Loading()

    @property
    def loads_with(self) -> str:
        """The engine that loads it."""
        return self.sampling.engine


class SamplingJob(Loaded):
    """Sample one block of an arm."""

    model: Text
    benchmark: Text
    protocol: Text
    block: int = Field(ge=0, lt=MOST_BLOCKS)
    seed: int = Field(ge=0, lt=2**63)


class Block(Strict):
    """A block of an arm, and the seed of its problems' seeds."""

    block: int = Field(ge=0, lt=MOST_BLOCKS)
    seed: int = Field(ge=0, lt=2**63)


class SamplingRound(Loaded):
    """Sample blocks of an arm of the problems that go on after a look."""

    model: Text
    benchmark: Text
    protocol: Text
    blocks: list[Block] = Field(min_length=1)

    def jobs(self) -> list[SamplingJob]:
        """Return the job that would sample each block of every problem, which makes the same."""
        common = self.model_dump(mode="json", exclude={"blocks"}, exclude_unset=True)
        return [SamplingJob.model_validate(common | dict(block)) for block in self.blocks]


class GoldNames(Strict):
    """Which solutions are scored, and under which protocol's name."""

    benchmark: Text
    protocol: Text


class LikelihoodJob(Loaded):
    """Score the first responses of one block of an arm under a model, or worked solutions."""

    scorer: Text
    first: int = Field(default=0, ge=0)
    responses: int = Field(ge=1)
    engine: Text | None = None
    samplers: list[Sampler] = Field(default=[])
    token_responses: int = Field(default=0, ge=0)
    too_long: Literal["cut", "refuse"] = "cut"
    gold: GoldNames | None = None

    @property
    def loads_with(self) -> str:
        """The engine that scores: by default the one that sampled."""
        return self.engine or self.sampling.engine


class CrossedModel(Strict):
    """One of the two models, and how it is loaded."""

    model: Text
    checkpoint: File
    loading: Loading = Loading()


class CrossingJob(Strict):
    """Sample responses of one direction of a pair on one benchmark.

    Attributes
    ----------
    n : int
        Samples of the donor among which right ones are looked for.
    positions : list of int
        Numbers of positions at which the donor chooses.
    responses : int
        Responses a setting; and the most along which positions are ranked.
    """

    sampling: Sampling
    benchmark: Text
    protocol: Text
    host: CrossedModel
    donor: CrossedModel
    positions: list[Annotated[int, Field(ge=1)]]
    responses: int = Field(ge=1)
    n: int = Field(ge=1)
    seed: int = Field(ge=0, lt=2**63)

    @property
    def name(self) -> str:
        """What stands for the model in the samples."""
        return direction(self.host.model, self.donor.model)

    def loaded(self, model: CrossedModel) -> Loaded:
        """Return what loads one of the two models."""
        return Loaded(sampling=self.sampling, checkpoint=model.checkpoint, loading=model.loading)


class InterventionJob(Loaded):
    """Edit responses of a model to one benchmark, and let it go on.

    Attributes
    ----------
    responses : int
        First responses to each problem.
    steps : int
        The most steps of a response that are edited one by one.
    """

    model: Text
    benchmark: Text
    protocol: Text
    edits: list[Edit] = Field(min_length=1)
    responses: int = Field(ge=1)
    steps: int = Field(ge=1)
    seed: int = Field(ge=0, lt=2**63)


class ScreenJob(Loaded):
    """Complete parts of the problems of one benchmark, and of twins of theirs.

    Attributes
    ----------
    shares : list of float
        Shares of a problem's words that are shown.
    twins : int
        Twins of each problem, with other names and numbers.
    """

    model: Text
    benchmark: Text
    protocol: Text
    shares: list[Annotated[float, Field(gt=0, lt=1)]] = Field(min_length=1)
    twins: int = Field(ge=1)
    seed: int = Field(ge=0, lt=2**63)
