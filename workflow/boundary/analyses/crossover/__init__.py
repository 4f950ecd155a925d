"""Differences of pass@k, and the verdict of every comparison."""

from pydantic import Field, field_validator

from boundary.allowed import MOST_SAMPLES
from boundary.analyses.record import Analysis, Figure, Options


class PlannedLook(Options):
    """A number of samples at which the verdict is looked at."""

    n: int = Field(ge=2, le=MOST_SAMPLES)
    alpha: float = Field(
        ge=0.001, lt=0.5, description="Error spent by this look, with all before it."
    )


class CrossoverOptions(Options):
    """At which n verdicts are looked at, where that was written down beforehand."""

    looks: list[PlannedLook] = Field(
        default=[],
        max_length=16,
        description="Looks at growing n, written before the first: the band of each leaves room "
        "for the others. Both `n` and `alpha` rise; the last `alpha` is at most 1 − confidence.",
    )

    @field_validator("looks")
    @classmethod
    def _rise(cls, looks: list[PlannedLook]) -> list[PlannedLook]:
        for i in range(1, len(looks)):
            before, look = looks[i - 1], looks[i]
            for key in ("n", "alpha"):
                if getattr(look, key) <= getattr(before, key):
                    raise ValueError(
                        f"looks[{i}].{key} is {getattr(look, key)}, and looks[{i - 1}].{key} "
                        f"{getattr(before, key)}: list looks as n rises, each with the error "
                        f"spent by then, those before it included"
                    )
        return looks


ANALYSIS = Analysis(
    name="crossover",
    about="Differences of pass@k by k, and the verdict of every comparison.",
    needs="scores",
    stops_early=True,
    tables=("differences", "crossovers"),
    docs="statistics.md#the-decision-rule",
    always=True,
    options=CrossoverOptions,
    figures=(Figure("difference", reads=("differences", "crossovers", "passk")),),
    chapter="answer",
)
