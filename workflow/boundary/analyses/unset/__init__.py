"""Every verdict with trials without outcome taken for right and for wrong."""

from boundary.analyses.record import Analysis

ANALYSIS = Analysis(
    name="unset",
    about="Every verdict with trials without outcome taken for right and for wrong.",
    needs="scores",
    tables=("unset",),
    docs="statistics.md#trials-without-outcome",
    chapter="answer",
)
