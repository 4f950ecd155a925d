"""What further studies of the same kind would find, where this one leaves the question open."""

from boundary.analyses.record import Analysis

ANALYSIS = Analysis(
    name="planning",
    about="Where a verdict leaves larger k open: how often further studies of more problems or "
    "more samples would come to one.",
    needs="scores",
    tables=("planned",),
    docs="statistics.md#planning",
    chapter="answer",
)
