"""What was retained, learned and forgotten at each k, by stratum and by training step."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="solved_sets",
    about="Problems retained, learned and forgotten within k samples, by stratum and by step.",
    needs="scores",
    stops_early=True,
    tables=("solved_sets", "solved_steps", "unseen"),
    docs="statistics.md#solved-sets",
    figures=(Figure("solved_sets", reads=("solved_sets",), problems=True),),
    chapter="changed",
)
