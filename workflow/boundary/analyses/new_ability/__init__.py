"""What one model solves of the problems that the other leaves unsolved, after selection."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="new_ability",
    about=(
        "What one model solves of the problems that the other leaves unsolved in half of its "
        "samples, and gain by rate of success, judged on other samples than chose the problems."
    ),
    needs="scores",
    tables=("new_ability", "gain_by_rate"),
    docs="statistics.md#new-ability",
    figures=(Figure("new_ability", reads=("new_ability", "gain_by_rate"), problems=True),),
    chapter="changed",
)
