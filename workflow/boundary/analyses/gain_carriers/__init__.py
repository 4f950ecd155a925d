"""Who carries the gain: success where one model chooses a few tokens and another all others."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="gain_carriers",
    about="Success of responses in which one model of a comparison chooses a few tokens and the "
    "other all others; of what `analyses.cross_sampling` asks for.",
    needs="crossings",
    tables=("cross_sampling", "cross_positions"),
    docs="statistics.md#who-carries-the-gain",
    figures=(Figure("cross_sampling", reads=("cross_sampling",), asks="analyses.cross_sampling"),),
    chapter="changed",
)
