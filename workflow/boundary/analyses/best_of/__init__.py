"""How often the response that ranks highest among k is right."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="best_of",
    about="Best of k: how often the highest ranked of k responses is right, by the scores that "
    "imported responses carry and by a model's own likelihood.",
    needs="samples",
    compares=True,
    tables=("best_of", "best_of_pairs"),
    docs="statistics.md#best-of-k",
    on=False,
    figures=(
        Figure("best_of", reads=("best_of", "majority")),
        Figure("one_answer", reads=("best_of_pairs", "majority_pairs")),
    ),
    chapter="cost",
)
