"""How often the right answer wins the vote of k samples."""

from boundary.analyses.record import Analysis, Figure
from boundary.kinds import names

ANALYSIS = Analysis(
    name="majority",
    about="maj@k: how often the right answer wins the vote of k samples, by stored answers.",
    needs="verdicts",
    compares=True,
    tables=("majority", "majority_pairs"),
    docs="statistics.md#majority-vote",
    kinds=names(lambda kind: kind.answers),
    on=False,
    figures=(Figure("majority", reads=("majority",)),),
    chapter="cost",
)
