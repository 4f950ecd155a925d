"""The last letter of a word, as a task of the lab."""

from boundary.kinds.record import SHARED, Kind

KIND = Kind(
    name="copying",
    about="the last letter of a word",
    module="boundary.kinds.copying.verifier",
    sources=("kinds/copying/verifier.py", *SHARED),
    task="boundary.kinds.copying.task",
)
