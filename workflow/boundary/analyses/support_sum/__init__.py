"""How often a scorer should solve a problem, by the likelihoods of the right responses seen."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="support_sum",
    about="Success of each scoring model as its likelihoods of all right responses predict it, "
    "beside its counted success; of what `analyses.likelihood` asks for.",
    needs="likelihoods",
    tables=("support_sums", "importance"),
    docs="statistics.md#from-likelihood-to-k",
    figures=(Figure("predicted_success", reads=("support_sums",), asks="analyses.likelihood"),),
    chapter="likelihood",
)
