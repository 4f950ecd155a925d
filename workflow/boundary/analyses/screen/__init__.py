"""The screen: whether models complete problems that they were shown a part of."""

from boundary.analyses.record import Analysis

ANALYSIS = Analysis(
    name="screen",
    about="Whether models go on with problems of which they are shown a part better than with "
    "twins that have other names and numbers; of what `analyses.screen` asks for.",
    needs="screen",
    tables=("screen", "screen_verdicts", "screen_problems", "screen_left_out"),
    docs="controls.md#has-the-model-seen-the-problems",
    always=True,  # the section of its stage is its switch
    unprinted=("screen_problems",),
    chapter="real",
)
