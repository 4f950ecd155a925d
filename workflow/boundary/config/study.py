"""The typed study file: one YAML file is one study.

These models are the truth; the JSON schema in ``config/`` is generated from
them.  Checks that span several entries stand in `boundary.config.check`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from boundary.allowed import MAX_UNSET, MOST_SAMPLES, ControlKind
from boundary.config.analyses import Analyses
from boundary.config.figures import FigureSection, FigureSettings
from boundary.config.model import Model
from boundary.config.names import Name
from boundary.config.protocol import Protocol
from boundary.config.tasks import FIRST, TASKS, LabDrawing, LabRun
from boundary.extraction import DEFAULT as DEFAULT_RULE
from boundary.extraction import Rule
from boundary.kinds import ABOUT, OfBenchmark
from boundary.strict import Strict

#: The most problems of a benchmark.
MOST_PROBLEMS = 10_000_000
#: Blocks of a study: each is two jobs, and its number has five digits in paths.
MOST_BLOCKS = 100_000

#: The protocol of counts, and of imports alone, where the study names none.
PUBLISHED, IMPORTED = "published", "imported"
_PROTOCOL = (
    f"It may be left out where all is published counts or imported: it is then `{PUBLISHED}`, or "
    f"`{IMPORTED}` where no counts are among them."
)
BENCHMARK_SOURCES = {"lab": True, "hf": True, "github": True, "file": True}


class Benchmark(Strict):
    """A set of problems."""

    source: str | None = Field(
        default=None,
        description="`lab:registers`, `hf:ORG/NAME`, `github:OWNER/REPOSITORY` or `file:PATH`; "
        "default: where `config/benchmarks.yaml` says. None is needed for published counts and "
        "imports.",
    )
    revision: str | None = Field(
        default=None, description="The commit of the source; default: the registry's."
    )
    unverified: bool = Field(default=False, description="The revision could not be established.")
    registry: Name | None = Field(
        default=None,
        description="Entry of `config/benchmarks.yaml` that says how to read it; default: the "
        "benchmark's own name.",
    )
    kind: OfBenchmark | None = Field(
        default=None,
        description=f"What the problems are: {ABOUT}; default: as the registry says, else `math`.",
    )
    verifier: str | None = Field(
        default=None,
        description="`file:PATH.py`, your own verifier of problems of the kind custom "
        "(docs/grading.md). It is trusted, and told by its content.",
    )
    images: str | None = Field(
        default=None,
        min_length=1,
        exclude_if=lambda folder: folder is None,
        description="Folder of the image files that the rows of the problems name; default: "
        "they are fetched from the source, or stand in the rows.",
    )
    limit: int | None = Field(
        default=None,
        ge=1,
        le=MOST_PROBLEMS,
        description="Only the first problems, in the order of their ids.",
    )
    lab: LabDrawing | None = Field(default=None, description="Which problems the lab draws.")
    samples_per_shard: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="Block size on this benchmark, in place of the protocol's.",
    )

    @model_validator(mode="before")
    @classmethod
    def _task_of_the_source(cls, entry: Any) -> Any:
        """Say below `lab` of which task its problems are, as the source does."""
        if isinstance(entry, dict) and isinstance(entry.get("lab"), dict):
            named = str(entry.get("source")).removeprefix("lab:")
            if named in TASKS and named != FIRST:
                return entry | {"lab": {"task": named} | entry["lab"]}
        return entry


class Comparison(Strict):
    """Two models on the same problems; differences are base − other."""

    name: Name | None = Field(default=None, description="Default: `OTHER-vs-BASE`.")
    base: Name
    other: Name
    benchmarks: list[Name] = Field(min_length=1)
    protocol: Name = Field(default=PUBLISHED, description=_PROTOCOL)
    other_protocol: Name | None = Field(
        default=None, description="Protocol of `other`, if another."
    )
    allow_differences: list[str] = Field(
        default_factory=list,
        description="Protocol keys, `dtype`, `quantization`, `engine_version` or `grader`, in "
        "which the two may differ, and `provenance`, which lets shards that tell nothing of "
        "themselves stand beside others; what differs is printed on tables and figures.",
    )
    control: ControlKind | None = Field(
        default=None,
        description="What else than training could explain a gain, and all in which the two, one "
        "model or one made from the other, differ (docs/controls.md).",
    )

    @property
    def label(self) -> str:
        """The name of the comparison in tables."""
        if self.name:
            return self.name
        label = f"{self.other}-vs-{self.base}"
        return f"{label}-{self.other_protocol}" if self.other_protocol else label


class Series(Strict):
    """Checkpoints of one training run, in the order of their steps."""

    models: list[Name] = Field(min_length=2)
    benchmarks: list[Name] = Field(min_length=1)
    protocol: Name = Field(default=PUBLISHED, description=_PROTOCOL)


class Verification(Strict):
    """How responses are verified."""

    sandbox: Literal["isolated", "reduced"] = Field(
        default="isolated",
        description="`reduced` lets programs run without namespaces of their own where nothing "
        "better works; every verdict then says so. Not for models trained by reinforcement "
        "learning, which do attack their graders.",
    )
    extract: Rule = Field(
        default=DEFAULT_RULE,
        description="What counts as a response's answer, for both sides of every comparison: "
        "`boxed` its last box; `declared` that, or what it says is its answer, in any common "
        "wording or language; `any` that, or where it declares none what a reader would call the "
        "answer (docs/grading.md). The other two rules are measured beside it.",
    )
    stdout_tolerance: float = Field(
        default=0,
        ge=0,
        le=0.01,
        description="By how much floats on standard output may differ from those expected, "
        "absolutely or relative to them (numbers expected without a point or an exponent stay "
        "exact). LiveCodeBench's own harness has no tolerance.",
    )
    max_unset: float = Field(
        default=MAX_UNSET,
        ge=0,
        le=1,
        description="Largest share of an arm's responses that may have no outcome, as a fault of "
        "the machine ended them (finish_reason error). They count as failures, and the report "
        "says how many there are; above this share the arm is refused.",
    )


class Pages(Strict):
    """What the report keeps of the responses."""

    responses: int = Field(
        default=8,
        ge=0,
        le=1000,
        description="Responses of each problem and model on the problem's page, chosen by a rule "
        "that the page states; 0 for none.",
    )
    megabytes: int = Field(
        default=200,
        ge=0,
        le=100_000,
        description="Text of all these together, in 10^6 bytes; where they take more, fewer of "
        "each problem and model are kept, and the pages say so.",
    )


class Study(Strict):
    """The whole study file."""

    study: Name = Field(description="Names the folder under `results/studies/`.")
    models: dict[Name, Model] = Field(min_length=1)
    benchmarks: dict[Name, Benchmark] = Field(min_length=1)
    protocols: dict[Name, Protocol] = Field(
        default_factory=dict, description="How responses are sampled."
    )
    comparisons: list[Comparison] = Field(min_length=1)
    series: dict[Name, Series] = Field(default_factory=dict)
    lab: dict[Name, LabRun] = Field(default_factory=dict, description="Training runs of the lab.")
    analyses: Analyses = Field(default_factory=Analyses)
    verification: Verification = Field(default_factory=Verification)
    figures: FigureSection = Field(
        default=FigureSettings(),
        description="Which figures are drawn, as a list or below `draw`, and how they look.",
    )
    report: Pages = Field(default_factory=Pages, description="The pages of the problems.")
    published: dict[str, dict[str, Name]] | None = Field(
        default=None,
        description="Printed numbers that the study is held against (`compare-published`), and "
        "that its figures of pass@k and coverage show: by file of `config/published`, names of "
        "the study's models by names of the file. Equal names are no proof of equal models.",
    )
