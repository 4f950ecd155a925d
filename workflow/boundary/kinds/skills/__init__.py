"""Skills of the register machine that a base has seldom or never seen."""

from boundary.kinds.record import SHARED, Kind

KIND = Kind(
    name="skills",
    about="skills of the lab's register machine",
    module="boundary.kinds.skills.verifier",
    sources=(
        "kinds/skills/families.py",
        "kinds/skills/verifier.py",
        "tasks/registers.py",
        "verify/traced.py",
        *SHARED,
    ),
    gold="derived",
    chain=True,
    argued=True,
    task="boundary.kinds.skills.task",
)
