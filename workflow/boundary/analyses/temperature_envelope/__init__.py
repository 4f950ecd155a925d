"""Whether the gap between two models is one that another temperature would close."""

from boundary.analyses.record import Analysis, Figure

ANALYSIS = Analysis(
    name="temperature_envelope",
    about="Each model at its best temperature of a grid of protocols, and the temperature at which "
    "the other has the base's entropy of answers.",
    needs="scores",
    stops_early=True,
    tables=("temperature_envelope", "matched_temperature"),
    docs="statistics.md#temperature-envelope",
    grids=True,
    on=False,
    figures=(Figure("envelope", reads=("temperature_envelope", "matched_temperature")),),
    chapter="changed",
)
