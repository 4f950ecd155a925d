"""Problems that both models solve, only one, or neither."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="coverage",
    about="Problems that both models of a comparison solve, only one, or neither.",
    needs="scores",
    stops_early=True,
    tables=("coverage", "coverage_problems"),
    docs="statistics.md#coverage",
    always=True,
    figures=(Figure("coverage", reads=("coverage", "crossovers"), problems=True),),
    chapter="changed",
)
