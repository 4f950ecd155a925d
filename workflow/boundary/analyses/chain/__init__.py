"""pass@k of answers whose chain the verifier of the lab calls right too."""

from boundary.analyses.record import Analysis, Figure
from boundary.kinds import names

ANALYSIS = Analysis(
    name="chain",
    about="pass@k of answers whose chain is right too, of the lab's problems.",
    needs="scores",
    tables=("passk_chain",),
    docs="statistics.md#chains",
    kinds=names(lambda kind: kind.chain),
    figures=(Figure("chain", reads=("passk", "passk_chain", "crossovers")),),
    chapter="real",
)
