"""Whether a conclusion hangs on the rules of grading and extraction."""

from boundary.analyses.record import Analysis, Figure
from boundary.extraction import FENCED, RULES
from boundary.kinds import names

CURVES = (
    *("passk_lenient", "passk_agreed"),
    *(f"passk_{rule}" for rule in (*RULES, FENCED)),
    "passk_theirs",
)
ANALYSIS = Analysis(
    name="grading",
    about="Every verdict under other rules of grading, and of what counts as an answer.",
    needs="scores",
    tables=(*CURVES, "grading"),
    docs="statistics.md#rules-of-grading",
    kinds=names(lambda kind: bool(kind.rules)),
    figures=(Figure("grading", reads=("passk", *CURVES, "grading", "crossovers")),),
    chapter="real",
)
