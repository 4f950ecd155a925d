"""Jobs that draw figures and write the report."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from boundary.jobs.reading import Confidence, JudgedArm
from boundary.jobs.shards import ShardFiles, Text
from boundary.strict import Strict

#: What a page asks where no model was made from the one that it is compared with.
WHICH_MODEL = "Which model solves more problems, in one sample of each problem and in many?"
Role = Literal["base", "rl", "distilled", "instruct", "reference"]


#: Vega, Vega-Lite and vega-embed, which the interactive figures of a folder share.
LIBRARY = "vega.js"
#: Suffix of the picture of a figure for the screen of a phone.
PHONE = ".phone.svg"
#: The table of problems beside the report, which `boundary.explorer` writes.
EXPLORER = "report/problems.html"


class Figure(Strict):
    """A figure with a title of its own, and what of the study it shows.

    ``file`` is the stem of its files, by default its name; ``benchmark`` and ``models`` leave out
    all others.
    """

    name: Text
    title: str | None = None
    file: Text | None = None
    benchmark: Text | None = None
    models: list[Text] | None = None

    @property
    def stem(self) -> str:
        """The name of its files, without suffix."""
        return self.file or self.name


#: Widths of figures on paper, in points: one column and the whole width of a page of text.
WIDTHS = {"column": 240.0, "text": 480.0}
Palette = Literal["vivid", "muted", "grey"]
#: Names of font families, with commas between them; no other letter reaches a picture.
FONT = r"^[A-Za-z0-9][A-Za-z0-9 ,_-]*$"


class Theme(Strict):
    """How the figures of a study look."""

    width: Literal["column", "text"] | Annotated[float, Field(ge=100, le=2000)] | None = Field(
        default=None,
        description="Width of figures on paper, in points, `column` (240) or `text` (480): panels "
        "stand one below another where they do not fit side by side, and `snakemake paper` "
        "writes files of this width. Default: as wide as a screen.",
    )
    font: str | None = Field(
        default=None,
        max_length=200,
        pattern=FONT,
        description="Font families, the first that is there; default: Arial or one like it.",
    )
    palette: Palette = Field(
        default="vivid",
        description="Colours of models, which readers with any colour vision and grey printers "
        "tell apart; the base is black in each.",
    )

    @property
    def points(self) -> float | None:
        """Width in points, where there is one."""
        return WIDTHS[self.width] if isinstance(self.width, str) else self.width


class QuotedArm(JudgedArm):
    """An arm from which the report quotes responses."""

    samples: ShardFiles


class Named(Strict):
    """A model as pages show it; ``other`` where nothing says what it is."""

    name: Text
    role: Role | Literal["other"]


#: What two sides are to each other: one was made from the other by RL, distillation or
#: instruction tuning; checkpoints of one run; one model sampled in two ways; any two models.
Relation = Literal["rl", "distilled", "instruct", "steps", "sampling", "models"]
TRAINED: tuple[Relation, ...] = ("rl", "distilled", "instruct", "steps")
Side = Literal["base", "other"]


class Compared(Strict):
    """What a comparison is, beside its numbers.

    ``later`` is the side that was made from the other, or the later checkpoint.
    """

    title: Text
    relation: Relation = "models"
    later: Side | None = None


class Overview(Strict):
    """What pages say of a study's comparisons that is not in its tables.

    ``pairs`` by comparison, ``citations`` and ``cautions`` by model; ``comparisons`` and
    ``benchmarks`` are in the study's order.
    """

    study: Text
    confidence: Confidence
    models: list[Named]
    comparisons: list[Text] = Field(default=[])
    benchmarks: list[Text] = Field(default=[])
    pairs: dict[str, Compared] = Field(default={})
    citations: dict[str, str] = Field(default={})
    cautions: dict[str, str] = Field(default={})

    def title(self, comparison: str) -> str:
        """Return what a comparison is called; its label where nothing is told of it."""
        pair = self.pairs.get(comparison)
        return pair.title if pair else comparison


class ProblemSource(Strict):
    """Where the problems of a benchmark are from; ``drawn``: how the lab drew them."""

    title: str | None = None
    source: str
    revision: str | None = None
    unverified: bool = False
    citation: str | None = None
    drawn: dict[str, JsonValue] | None = None


class PromptText(Strict):
    """A prompt template as text."""

    name: Text
    text: str


class PrintedPoint(Strict):
    """pass@k as others printed it of a model; ``label`` is what legends say."""

    label: Text
    citation: Text
    source: Text
    model: Text
    benchmark: Text
    k: Annotated[int, Field(ge=1)]
    value: Annotated[float, Field(ge=0, le=1)]


class PrintedPair(Strict):
    """What others printed of two models on a benchmark."""

    citation: Text
    source: Text
    base: Text
    other: Text
    benchmark: Text


class PrintedSets(PrintedPair):
    """How many problems two models solve, and within how many samples."""

    both: Annotated[int, Field(ge=0)]
    base_only: Annotated[int, Field(ge=0)]
    other_only: Annotated[int, Field(ge=0)]
    neither: Annotated[int, Field(ge=0)]
    k: Annotated[int, Field(ge=1)] | None = None


class PrintedEntropy(PrintedPair):
    """At which temperature the other model has the entropy of the base at its own."""

    base_temperature: float
    temperature: float


class Figures(Strict):
    """Draw the figures of a study.

    ``benchmarks`` in the study's order, and ``protocols`` where arms of several are shown;
    ``studied`` the models that comparisons are about, ``checkpoints`` those that stand in
    series alone, and ``titles`` what comparisons of one pair are called beside their models,
    by label.
    """

    study: Text
    figures: list[Figure]
    tables: list[Text] | None = None
    models: list[Named]
    benchmarks: list[Text] = Field(default=[])
    studied: list[Text] = Field(default=[])
    checkpoints: list[Text] = Field(default=[])
    titles: dict[str, Text] = Field(default={})
    theme: Theme = Field(default=Theme())
    confidence: Confidence
    by_protocol: bool | None = None
    protocols: list[Text] | None = None
    printed_points: list[PrintedPoint] | None = None
    printed_sets: list[PrintedSets] | None = None
    printed_entropies: list[PrintedEntropy] | None = None


class Paper(Figures):
    """Write figures, captions and tables for papers."""

    analyses: list[Text]


class Report(Figures, Overview):
    """Write the report of a study.

    ``question`` where it is not that of trained models; ``read`` says how files of other
    tools were read; ``problems`` by benchmark and ``prompts`` by protocol, as far as used here.
    """

    question: str | None = None
    read: list[str] | None = None
    analyses: list[Text]
    arms: list[QuotedArm]
    config: dict[str, JsonValue]
    problems: dict[str, ProblemSource] = Field(default={})
    prompts: dict[str, PromptText] = Field(default={})
    warnings: list[str] = Field(default=[])
