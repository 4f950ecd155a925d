"""Perplexity of each model's responses under another."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="perplexity",
    about="Perplexity of each model's responses under another, of what `analyses.likelihood` asks "
    "for.",
    needs="likelihoods",
    tables=("perplexity", "rescored", "likelihoods"),
    docs="statistics.md#perplexity",
    unprinted=("likelihoods",),
    figures=(
        Figure("perplexity", reads=("likelihoods", "perplexity"), asks="analyses.likelihood"),
        Figure(
            "perplexity_steps",
            reads=("perplexity", "series"),
            asks="analyses.likelihood series",
            series=True,
        ),
    ),
    chapter="likelihood",
)
