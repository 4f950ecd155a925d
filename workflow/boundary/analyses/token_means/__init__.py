"""What a scorer says of tokens: of those sampled, of its likeliest, and on average."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="token_means",
    about="Mean log-probability of the tokens of responses beside that of each scoring model's "
    "likeliest tokens and its expectation, of what `analyses.likelihood` asks for.",
    needs="likelihoods",
    tables=("token_means",),
    docs="statistics.md#token-means",
    figures=(Figure("token_means", reads=("token_means",), asks="analyses.likelihood"),),
    chapter="likelihood",
)
