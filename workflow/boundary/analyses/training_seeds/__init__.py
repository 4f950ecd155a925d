"""What seeds of training change: models of one recipe are a sample of what it makes."""

from pydantic import Field

from boundary.analyses.record import Analysis, Figure, Options


class SeedOptions(Options):
    """Which models are seeds of one recipe."""

    recipes: dict[str, list[str]] = Field(
        default={},
        description="Models that one recipe trained from one base and that differ in the seed "
        "alone, by the name of the recipe; three at least for an interval over seeds.",
    )


ANALYSIS = Analysis(
    name="training_seeds",
    about="Differences over training seeds of one recipe and problems at once, where `recipes` "
    "names them, beside those over problems alone; how much seeds vary.",
    needs="scores",
    stops_early=True,
    tables=("training_seeds", "training_runs"),
    docs="statistics.md#training-seeds",
    options=SeedOptions,
    on=False,
    figures=(Figure("training_seeds", reads=("training_seeds", "training_runs", "differences")),),
    chapter="changed",
)
