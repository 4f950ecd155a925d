"""pass@1 and pass@n along a training run."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="series",
    about="pass@1 and pass@n of the checkpoints of each series.",
    needs="scores",
    stops_early=True,
    tables=("series",),
    docs="statistics.md#series",
    figures=(Figure("series", reads=("series",), asks="series", series=True),),
    chapter="changed",
)
