"""What each model's answers to other problems would solve by luck."""

from pydantic import Field

from boundary.allowed import MOST_SAMPLES
from boundary.analyses.record import Analysis, Figure, Options
from boundary.kinds import names


class GuessOptions(Options):
    """Settings of the guess floor."""

    k_max: int | None = Field(
        default=None, ge=1, le=MOST_SAMPLES, description="Last k; default: n."
    )


ANALYSIS = Analysis(
    name="guess_floor",
    about="What guessing would solve, drawn under pass@k: each model's answers to other problems, "
    "or blind guesses among the options of a choice.",
    needs="verdicts",
    tables=("guess_floor", "excess", "excess_gain"),
    docs="statistics.md#guess-floor",
    kinds=names(lambda kind: kind.answers),
    compares=True,
    options=GuessOptions,
    figures=(Figure("guess", reads=("passk", "guess_floor", "excess")),),
    chapter="real",
)
