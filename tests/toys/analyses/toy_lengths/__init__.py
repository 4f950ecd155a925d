"""A toy that reads samples: how long right and wrong responses are."""

from boundary.analyses.record import Analysis

ANALYSIS = Analysis(
    name="toy_lengths",
    about="How long right and wrong responses are.",
    needs="samples",
    tables=("toy_lengths",),
    docs="statistics.md#how-responses-ended",
)
