"""Problems of the lab, whose answer and steps follow from the question."""

from boundary.kinds.record import SHARED, Kind

KIND = Kind(
    name="lab",
    about="problems of the lab",
    module="boundary.verify.lab",
    sources=("verify/lab.py", "tasks", *SHARED),
    gold="derived",
    chain=True,
    argued=True,
    task="boundary.config.lab",
    steps="boundary.interventions.registers:STEPS",
)
