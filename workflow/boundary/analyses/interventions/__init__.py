"""Interventions on the chain: how often the answer follows an edit of it."""

from boundary.analyses.record import Analysis

ANALYSIS = Analysis(
    name="interventions",
    about="How often answers follow an edit of the chain before them, stay, or break; of what "
    "`analyses.interventions` asks for.",
    needs="interventions",
    tables=("interventions", "interventions_left_out"),
    docs="chains.md#interventions",
    always=True,  # the section of its stage is its switch
    chapter="real",
)
