"""What each model solves for the same tokens, price or time."""

from typing import Annotated

from pydantic import Field

from boundary.analyses.record import Analysis, Figure, Options

Cost = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class CostOptions(Options):
    """What a token of each model costs."""

    prices: dict[str, Cost] | None = Field(
        default=None, description="Price of a million tokens, by model."
    )
    seconds: dict[str, Cost] | None = Field(
        default=None, description="Seconds that a thousand tokens take, by model."
    )


ANALYSIS = Analysis(
    name="equal_cost",
    about="What each model solves for the same tokens, and for the same price or time where "
    "`prices` or `seconds` name them; where the base overtakes; the effect of a length cap.",
    needs="samples",
    compares=True,
    tables=("equal_cost", "cost_crossings", "length_caps"),
    docs="statistics.md#equal-cost",
    options=CostOptions,
    on=False,
    figures=(Figure("equal_cost", reads=("equal_cost", "cost_crossings")),),
    chapter="cost",
)
