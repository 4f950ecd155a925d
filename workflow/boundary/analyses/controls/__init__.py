"""What else than training could explain a gain, by comparisons that a study names controls."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="controls",
    about="How much of a gain each kind of `control:` explains: the model where training began, at "
    "another temperature, asked in another format or with another limit of tokens.",
    needs="scores",
    stops_early=True,
    tables=("controls",),
    docs="controls.md#what-is-said",
    controls=True,
    figures=(Figure("controls", reads=("passk", "controls")),),
    chapter="real",
)
