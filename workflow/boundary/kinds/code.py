"""Programs, which are run against tests in a sandbox."""

from boundary.extraction import FENCED
from boundary.kinds.record import SHARED, Kind

KIND = Kind(
    name="code",
    about="programs",
    module="boundary.verify.code",
    sources=("verify/code", "verify/sandbox", "tagged.py", "answers/reasoning.py", *SHARED),
    libraries=("numpy", "sortedcontainers", "tzdata"),
    gold="free",
    rules=(FENCED,),
    programs=True,
    tests=True,
    threads=4,
    thread_mb=5_000,  # a program may take 4 GB of address space
    minutes=360,
    length_like="code",
)
