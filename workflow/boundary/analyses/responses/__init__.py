"""How the responses of each model ended."""

from boundary.analyses.record import Analysis

ANALYSIS = Analysis(
    name="responses",
    about="How responses ended: cut, empty, without answer, repeated.",
    needs="scores",
    stops_early=True,
    tables=("responses", "truncation"),
    docs="statistics.md#how-responses-ended",
    always=True,
    chapter="real",
)
