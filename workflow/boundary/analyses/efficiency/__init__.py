"""How much of the base's boundary one sample of the other model reaches."""

from boundary.analyses.record import Analysis

ANALYSIS = Analysis(
    name="efficiency",
    about="How much of the base's boundary one sample of the other model reaches.",
    needs="scores",
    stops_early=True,
    tables=("efficiency",),
    docs="statistics.md#sampling-efficiency",
    chapter="cost",
)
