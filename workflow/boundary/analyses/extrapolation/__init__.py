"""What lies past the last k: bounds without a family, and families behind a gate."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="extrapolation",
    about=(
        "Where D(k) can lie beyond n: bounds for any rates of the problems, and where it goes if "
        "rare problems go on like common ones, if fewer samples would have told the rest."
    ),
    needs="scores",
    tables=("extrapolation", "extrapolation_gates"),
    docs="statistics.md#beyond-n",
    on=False,
    figures=(
        Figure("extrapolation", reads=("extrapolation", "extrapolation_gates", "differences")),
    ),
    chapter="answer",
)
