"""Differences of pass@k, and the verdict of every comparison."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="crossover",
    about="Differences of pass@k by k, and the verdict of every comparison.",
    needs="scores",
    stops_early=True,
    tables=("differences", "crossovers"),
    docs="statistics.md#the-decision-rule",
    always=True,
    figures=(Figure("difference", reads=("differences", "crossovers", "passk")),),
    chapter="answer",
)
