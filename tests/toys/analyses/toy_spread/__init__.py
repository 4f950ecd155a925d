"""A toy: how far apart the easiest and the hardest problem of each model are."""

from pydantic import Field

from boundary.analyses.record import Analysis, Figure, Options


class SpreadOptions(Options):
    """Settings of the spread."""

    least_n: int = Field(default=1, ge=1, description="Fewest samples of a problem that counts.")


ANALYSIS = Analysis(
    name="toy_spread",
    about="How far apart the easiest and the hardest problem of each model are.",
    needs="scores",
    tables=("toy_spread",),
    docs="statistics.md#passk",
    options=SpreadOptions,
    figures=(Figure("toy_bars", reads=("toy_spread",)),),
    chapter="changed",
)
