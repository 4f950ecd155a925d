"""Whether log-odds move apart from base to other, and which problems exceed it."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="sharpening",
    about=(
        "Slope of the other model's log-odds of success on the base's, with error on both, and "
        "the problems that exceed it."
    ),
    needs="scores",
    tables=("sharpening", "sharpening_problems"),
    docs="statistics.md#sharpening",
    figures=(Figure("sharpening", reads=("sharpening", "sharpening_problems"), problems=True),),
    chapter="changed",
)
