"""Where the problems stopped that were sampled no further once solved often enough."""

from boundary.analyses.record import Analysis

ANALYSIS = Analysis(
    name="stopping",
    about="Where problems stopped that were sampled no further once solved often enough, and what "
    "that saved.",
    needs="scores",
    stops_early=True,
    tables=("stopping",),
    docs="statistics.md#problems-that-stop-early",
    chapter="cost",
)
