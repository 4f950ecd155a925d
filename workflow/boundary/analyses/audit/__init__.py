"""What was tried against the verifier, and where rules of grading disagree."""

from boundary.analyses.record import Analysis
from boundary.kinds import names

ANALYSIS = Analysis(
    name="audit",
    about="What was tried against the verifier, and where rules of grading disagree.",
    needs="verdicts",
    tables=("audit", "disagreements"),
    docs="statistics.md#attacks-on-the-verifier",
    kinds=names(lambda kind: bool(kind.rules)),
    chapter="real",
)
