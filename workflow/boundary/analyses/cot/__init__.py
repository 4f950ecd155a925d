"""pass@k of answers whose chain of thought was judged to hold."""

from boundary.analyses.record import Analysis, Figure
from boundary.kinds import names

ANALYSIS = Analysis(
    name="cot",
    about="pass@k of answers whose chain of thought holds, of what `analyses.chains` selects.",
    needs="labels",
    tables=("chains", "judge_quality", "passk_cot"),
    docs="statistics.md#chains",
    kinds=names(lambda kind: kind.argued),
    figures=(Figure("cot", reads=("passk_cot", "judge_quality"), asks="analyses.chains"),),
    chapter="real",
)
