"""The least typical right responses, token by token."""

from boundary.analyses.record import Analysis

ANALYSIS = Analysis(
    name="surprising_tokens",
    about="The least typical right responses of each model under another, token by token; of those "
    "that `analyses.likelihood` has scored token by token.",
    needs="likelihoods",
    texts=True,
    tables=("surprising_tokens",),
    docs="statistics.md#surprising-tokens",
    chapter="likelihood",
)
