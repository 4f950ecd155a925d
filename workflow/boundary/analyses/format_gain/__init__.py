"""How much of a gain is answering, form and grading, and how much is being right."""

from boundary.analyses.record import Analysis, Figure
from boundary.kinds import names

ANALYSIS = Analysis(
    name="format_gain",
    about="The gain at k = 1 in exact parts: answering at all, the form of answers, and being "
    "right; and the gain under each rule of grading.",
    needs="scores",
    tables=("format_gain", "rule_gains"),
    docs="statistics.md#format-or-ability",
    kinds=names(lambda kind: True),
    figures=(Figure("format_gain", reads=("format_gain", "rule_gains")),),
    chapter="real",
)
