"""How surely each model solves what it solves, beside how much it solves."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="reliability",
    about="How surely each model solves what it solves: pass^k, G-Pass@k, TailPass@k, cover@τ.",
    needs="scores",
    tables=("reliability", "cover"),
    docs="statistics.md#reliability",
    figures=(
        Figure("plane", reads=("passk", "series"), series=True),
        Figure("reliability", reads=("passk", "reliability"), on=False),
        Figure("cover", reads=("cover",), on=False),
    ),
    chapter="cost",
)
