"""Mathematics: a final answer in LaTeX, compared as what it means."""

from boundary.extraction import RULES
from boundary.kinds.record import EXTRACTING, SHARED, Kind

KIND = Kind(
    name="math",
    about="mathematics",
    module="boundary.verify.math",
    sources=("verify/math", *EXTRACTING, "verify/killable.py", *SHARED),
    libraries=("math-verify", "latex2sympy2_extended", "sympy", "mpmath"),
    gold="latex",
    rules=("lenient", "agreed", *RULES),
    argued=True,
    steps="boundary.interventions.mathematics:STEPS",
    threads=2,
    thread_mb=3_000,  # a comparison may take 2 GB
    minutes=120,
)
