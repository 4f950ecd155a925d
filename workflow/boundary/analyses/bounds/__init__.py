"""Every verdict with responses that were not graded to their end taken for right and for wrong."""

from boundary.analyses.record import Analysis

ANALYSIS = Analysis(
    name="bounds",
    about="Every verdict with responses that were cut, given up or without outcome taken for "
    "right and for wrong.",
    needs="scores",
    stops_early=True,
    tables=("bounds",),
    docs="statistics.md#bounds-for-what-was-not-graded",
    chapter="real",
)
