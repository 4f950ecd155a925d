"""With which word of strategy responses begin, by the family of the problem."""

from typing import Annotated

from pydantic import Field, model_validator

from boundary.analyses.record import Analysis, Figure, Options
from boundary.kinds import names

Word = Annotated[str, Field(pattern=r"^\S+$", max_length=40)]


class StrategyOptions(Options):
    """Which words are strategies, and by what problems are told apart."""

    words: list[Word] = Field(
        default=["<", ">"],
        min_length=1,
        max_length=10,
        description="First words of responses that name a strategy; default: those of the "
        "register machine.",
    )
    by: str = Field(
        default="family", description="Key of the problems' metadata that says their family."
    )
    margin: float = Field(
        default=0.1,
        gt=0,
        lt=0.5,
        description="Shares of two families that differ by less for sure count as the same.",
    )

    @model_validator(mode="after")
    def _distinct(self) -> "StrategyOptions":
        if len(set(self.words)) < len(self.words):
            raise ValueError(f"words holds one of them twice: {self.words}")
        return self


ANALYSIS = Analysis(
    name="strategies",
    about="Share of responses that begin with each word of strategy, by the family of the "
    "problem, and whether it differs between families.",
    needs="samples",
    tables=("strategies", "strategy_differences"),
    docs="statistics.md#strategies",
    kinds=names(lambda kind: kind.task is not None),
    options=StrategyOptions,
    on=False,
    figures=(Figure("strategies", reads=("strategies", "series"), asks="series", series=True),),
    chapter="changed",
)
