"""Sums of the lab modulo a small number, answered at once or step by step."""

from boundary.kinds.record import SHARED, Kind

KIND = Kind(
    name="modular",
    about="sums modulo a small number, of the lab",
    module="boundary.kinds.modular.verifier",
    sources=("kinds/modular/problem.py", "kinds/modular/verifier.py", "verify/traced.py", *SHARED),
    gold="derived",
    chain=True,
    task="boundary.kinds.modular.task",
    steps="boundary.kinds.modular.steps:STEPS",
)
