"""How success falls with the length of problems, and the length that is half solved."""

from typing import Annotated, Literal

from pydantic import Field

from boundary.allowed import MOST_SAMPLES
from boundary.analyses.record import Analysis, Figure, Options

#: How much problems count: alike, or one over the root of the number in their cluster.
Weights = Literal["equal", "invsqrt"]


class Sweep(Options):
    """Settings of the curve that are tried beside those that count."""

    penalties: list[Annotated[float, Field(gt=0)]] = Field(default=[])
    weights: list[Weights] = Field(default=[])


class HorizonOptions(Options):
    """Settings of the horizons."""

    by: str | None = Field(
        default=None,
        description="Key of the problems' metadata whose number is their length; default: the "
        "first of steps, minutes and length that is there.",
    )
    together: list[list[str]] = Field(
        default=[], description="Benchmarks whose problems are taken as one set of lengths."
    )
    k: list[Annotated[int, Field(ge=1, le=MOST_SAMPLES)]] = Field(
        default=[],
        description="Values of k beside 1, beyond n too, where 1 - (1 - c/n)^k stands in; "
        "default: 8 and half of the smallest n.",
    )
    penalty: Annotated[float, Field(gt=0)] = Field(
        default=1e-5, description="λ, the penalty of the slope, as of METR."
    )
    weights: Weights = Field(
        default="equal",
        description="Weights of problems: `equal`, or `invsqrt`, one over the root of the number "
        "of problems in the cluster.",
    )
    sweep: Sweep | None = Field(default=None, description="Further settings to be tried.")


ANALYSIS = Analysis(
    name="horizon",
    about="pass@k by the length of problems: rate of a step, product rule, length half solved.",
    needs="scores",
    stops_early=True,
    tables=(
        *("horizon_curve", "step_rates", "horizons"),
        *("horizon_ratios", "horizon_gaps", "horizon_leads"),
    ),
    docs="statistics.md#horizons",
    options=HorizonOptions,
    figures=(
        Figure(
            "horizon",
            reads=("horizon_curve", "step_rates", "horizons"),
            on=False,
        ),
        Figure("horizon_sweep", reads=("horizons",), on=False),
    ),
    chapter="cost",
)
