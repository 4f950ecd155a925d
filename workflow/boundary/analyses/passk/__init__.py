"""pass@k of every arm."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="passk",
    about="pass@k of every model, for all k ≤ n.",
    needs="scores",
    stops_early=True,
    tables=("passk",),
    docs="statistics.md#passk",
    always=True,
    figures=(Figure("passk", reads=("passk", "crossovers", "responses")),),
    chapter="answer",
)
