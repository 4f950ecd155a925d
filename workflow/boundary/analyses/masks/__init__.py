"""Perplexity with and without copied text, the answer and what follows it."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="masks",
    about="Perplexity and total surprisal with and without text copied from the question, the "
    "answer and what follows it; of the responses that `analyses.likelihood` has scored token by "
    "token.",
    needs="likelihoods",
    texts=True,
    tables=("masks",),
    docs="statistics.md#masks",
    figures=(Figure("masks", reads=("masks",), asks="analyses.likelihood"),),
    chapter="likelihood",
)
