"""How many problems each model solves how surely."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="histogram",
    about="How many problems each model solves how surely.",
    needs="scores",
    stops_early=True,
    tables=("histogram",),
    docs="statistics.md#accuracy-histogram",
    figures=(Figure("histogram", reads=("histogram",), problems=True),),
    chapter="changed",
)
