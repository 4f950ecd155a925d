"""Whether a sampler lets one model give another's responses at all."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="reachability",
    about="Share of responses that each scoring model could give under samplers that cut off "
    "unlikely tokens, of what `analyses.likelihood` asks for.",
    needs="likelihoods",
    tables=("reachability",),
    docs="statistics.md#reachability",
    figures=(Figure("reachability", reads=("reachability",), asks="analyses.likelihood"),),
    chapter="likelihood",
)
