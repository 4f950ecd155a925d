"""What each model solves within a number of rounds, of tokens or at a cost a trial."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="rounds",
    about="pass@(k, T) of agents: a trial counts where it is right within T rounds, tokens or "
    "dollars; whether the difference at full T closes with k.",
    needs="scores",
    tables=("rounds", "round_differences", "round_gaps", "trial_costs"),
    docs="statistics.md#rounds",
    figures=(Figure("rounds", reads=("rounds",), on=False),),
    chapter="cost",
)
