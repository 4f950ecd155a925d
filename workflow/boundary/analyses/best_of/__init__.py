"""How often the response that ranks highest among k is right."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="best_of",
    about="Best of k: how often the highest ranked of k responses is right, by the scores that "
    "imported responses carry and by a model's own likelihood.",
    needs="samples",
    tables=("best_of",),
    docs="statistics.md#best-of-k",
    on=False,
    figures=(Figure("best_of", reads=("best_of",)),),
    chapter="cost",
)
