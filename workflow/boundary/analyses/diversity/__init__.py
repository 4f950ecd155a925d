"""How many different answers and responses each model gives to a problem."""

from boundary.analyses.record import Analysis, Figure
from boundary.kinds import KINDS

ANALYSIS = Analysis(
    name="diversity",
    about="Different answers and responses to a problem and the entropy of answers, of each model, "
    "and their change from base to other.",
    needs="scores",
    tables=("diversity", "diversity_change"),
    docs="statistics.md#diversity",
    kinds=tuple(KINDS),
    figures=(Figure("diversity", reads=("diversity", "diversity_change")),),
    chapter="changed",
)
