"""How typical one model's responses are of another."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="typicality",
    about="How far responses are from what each scoring model would draw itself, and the least "
    "typical right ones; of what `analyses.likelihood` asks for.",
    needs="likelihoods",
    tables=("typicality", "atypical"),
    docs="statistics.md#typicality",
    figures=(Figure("typicality", reads=("typicality",), asks="analyses.likelihood"),),
    chapter="likelihood",
)
