"""The section ``analyses`` of a study: settings that all share, and one key an analysis.

The keys of the analyses come from their declarations: nobody adds one here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, create_model

from boundary.allowed import BATCH_TOKENS, MOST_REPLICATES, MOST_SAMPLES
from boundary.analyses.record import Analysis, Options
from boundary.analyses.registry import analyses
from boundary.config.names import EngineName, Name
from boundary.edits import EDITS, Edit
from boundary.jobs.chains import ChainJudge
from boundary.jobs.sampling import Sampler
from boundary.strict import Strict

#: Names of the two forms of a key, which no file has.
SWITCH_TAG, OPTIONS_TAG = "(switch)", "(options)"


#: The sampler of the paper, and of most that followed it.
USUAL = Sampler(temperature=0.6, top_p=0.95)


class Likelihood(Strict):
    """Responses of each model scored under each of the others."""

    models: list[Name] = Field(min_length=1)
    sources: list[Name] = Field(
        default=[],
        description="Further models whose responses are scored, as checkpoints along training.",
    )
    benchmarks: list[Name] = Field(min_length=1)
    protocol: Name
    responses: int = Field(
        default=32,
        ge=1,
        le=MOST_SAMPLES,
        description="First responses per problem that are scored.",
    )
    token_responses: int = Field(
        default=8,
        ge=0,
        le=MOST_SAMPLES,
        description="First responses per problem of which every token's scores are kept; some "
        "20 bytes a token.",
    )
    samplers: list[Sampler] = Field(
        default=[USUAL],
        max_length=8,
        description="Samplers whose reach is looked at, beside the protocol's own.",
    )
    gold: bool = Field(
        default=False,
        description="Score the worked solutions of the data set too, where problems have one.",
    )
    engine: EngineName | None = Field(
        default=None,
        description="Engine that scores; default: the protocol's. Entropy, and what stands on "
        "it, needs transformers.",
    )
    batch_tokens: int = Field(
        default=BATCH_TOKENS,
        ge=1,
        description="Tokens that the engine transformers scores together; more take memory, and "
        "on a GPU are faster.",
    )
    too_long: Literal["cut", "refuse"] = Field(
        default="cut",
        description="Of a response longer than a scorer's context: score and flag its beginning, "
        "or stop.",
    )


class CrossSampling(Strict):
    """Responses that the two models of a comparison write together, each in turn as host."""

    comparisons: list[Name] = Field(
        min_length=1, description="Names of comparisons, such as `rl-vs-base`."
    )
    benchmarks: list[Name] = Field(min_length=1)
    positions: list[Annotated[int, Field(ge=1, le=MOST_SAMPLES)]] = Field(
        default=[1, 2, 3, 4, 6, 8, 12],
        min_length=1,
        description="At how many positions the donor chooses the token; each model alone is "
        "sampled beside them.",
    )
    responses: int = Field(
        default=16,
        ge=1,
        le=MOST_SAMPLES,
        description="Responses per problem and setting, and the most of the donor's own along "
        "which positions are ranked.",
    )
    most_tokens: int = Field(
        default=10_000_000,
        ge=1,
        description="Largest product of problems, settings, responses and max_tokens, of one "
        "host on one benchmark; more is refused.",
    )


class Interventions(Strict):
    """Edited responses from which the model that wrote them goes on."""

    models: list[Name] = Field(min_length=1)
    benchmarks: list[Name] = Field(min_length=1)
    protocol: Name
    edits: list[Edit] = Field(
        default=list(EDITS),
        min_length=1,
        description="The result of a step replaced (`corrupt`), after which the model goes on; "
        "the chain cut after a step (`truncate`), as many tokens of filler, no chain, that of "
        "another problem (`swap`), in other words (`paraphrase`), after which it answers at once.",
    )
    responses: int = Field(
        default=8, ge=1, le=MOST_SAMPLES, description="First responses per problem that are edited."
    )
    steps: int = Field(
        default=8,
        ge=1,
        le=200,
        description="Most steps of a response that are edited one by one: the first, the last, "
        "and others evenly between.",
    )
    most_tokens: int = Field(
        default=10_000_000,
        ge=1,
        description="Most tokens that may be drawn for one model on one benchmark; more is "
        "refused.",
    )


class Screen(Strict):
    """Parts of problems that models complete, beside twins with other names and numbers."""

    models: list[Name] = Field(min_length=1)
    benchmarks: list[Name] = Field(min_length=1)
    protocol: Name = Field(
        description="Its engine completes, and its scores are compared; its prompt and sampler "
        "are not used."
    )
    shares: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        default=[0.4, 0.6, 0.8],
        min_length=1,
        max_length=9,
        description="Shares of a problem's words that are shown.",
    )
    twins: int = Field(
        default=59,
        ge=1,
        le=999,
        description="Twins of each problem: p is at least 1/(twins + 1), times as many as there "
        "are shares.",
    )
    seed: int = Field(default=1, ge=0, lt=2**63, description="By which twins are drawn.")
    level: float = Field(
        default=0.05, gt=0, lt=0.5, description="At most which a problem's p flags it."
    )


class Chains(Strict):
    """Whether the chains of thought behind rare correct answers hold."""

    below: float = Field(
        default=0.05,
        gt=0,
        le=1,
        description="Problems are looked at that are solved in a share above 0 and below this.",
    )
    per_problem: int = Field(
        default=8, ge=1, le=10_000, description="Distinct correct responses a problem on the sheet."
    )
    sheet: str | list[str] | None = Field(
        default=None, description="Sheets that people filled in, to be read back."
    )
    judge: ChainJudge | None = Field(
        default=None, description="A language model as judge; nothing is sent without."
    )

    @property
    def sheets(self) -> list[str]:
        """Filled sheets."""
        return [self.sheet] if isinstance(self.sheet, str) else self.sheet or []


class SharedSettings(Strict):
    """Settings that several analyses and the stages before them share."""

    bootstrap: int = Field(
        default=10_000,
        ge=100,
        le=MOST_REPLICATES,
        description="Replicates of the paired bootstrap; verdicts draw at least 10000.",
    )
    confidence: float = Field(default=0.95, gt=0.5, lt=1, description="Level of every interval.")
    k_max: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="Largest k of the crossover rule; default n/2, beyond is flagged.",
    )
    min_n: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="Problems with fewer samples, under either model of a comparison, are "
        "dropped, and notes say how many; default: none are.",
    )
    decides: Literal["population", "benchmark"] = Field(
        default="population",
        description="Whose verdict the study leans on: of the population that the problems come "
        "from, or of this fixed benchmark. Both stand in tables, report and figure.",
    )
    likelihood: Likelihood | None = None
    cross_sampling: CrossSampling | None = Field(
        default=None, description="Let the two models of a comparison write responses together."
    )
    interventions: Interventions | None = Field(
        default=None, description="Edit responses, and let the models that wrote them go on."
    )
    screen: Screen | None = Field(
        default=None, description="See whether models complete the problems from a part of them."
    )
    chains: Chains | None = Field(
        default=None, description="Look at the chains of thought behind rare correct answers."
    )


def _form(value: Any) -> str:
    return OPTIONS_TAG if isinstance(value, dict | Options) else SWITCH_TAG


def _field(entry: Analysis) -> Any:
    """Return the type and the default of the key of an analysis: on, off, or its options."""
    key: Any = Annotated[
        Annotated[bool, Tag(SWITCH_TAG)] | Annotated[entry.options, Tag(OPTIONS_TAG)],
        Discriminator(_form),
    ]
    return (key, Field(default=entry.on, description=entry.about))


#: An analysis that no study may do without and that has no options has no key.
SETTABLE = {
    name: entry
    for name, entry in analyses().items()
    if not entry.always or entry.options.model_fields
}
if TYPE_CHECKING:
    Analyses = SharedSettings
else:
    Analyses = create_model(
        "Analyses",
        __base__=SharedSettings,
        __doc__="Settings of the analyses, and which of them run.",
        **{name: _field(entry) for name, entry in SETTABLE.items()},
    )


def options_of(settings: Analyses, entry: Analysis) -> Options | None:
    """Return the options of an analysis; None where the study switches it off."""
    value = getattr(settings, entry.name, True)
    if isinstance(value, Options):
        return value
    return entry.options() if value or entry.always else None
