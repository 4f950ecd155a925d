"""Whether right answers follow the known algorithm or come about by accident, and how typical."""

from boundary.analyses.record import Analysis, Figure
from boundary.kinds import names

ANALYSIS = Analysis(
    name="phases",
    about="Right answers whose every step is right against those that end right by accident, and "
    "how typical either are of each scoring model, by difficulty; of what `analyses.likelihood` "
    "asks for.",
    needs="likelihoods",
    tables=("phases",),
    docs="statistics.md#right-by-the-algorithm-or-by-accident",
    kinds=names(lambda kind: kind.chain),
    on=False,
    figures=(Figure("phases", reads=("phases",), asks="analyses.likelihood"),),
    chapter="likelihood",
)
