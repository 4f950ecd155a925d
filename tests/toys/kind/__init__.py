"""Answers of so many words."""

from boundary.kinds.record import SHARED, Kind

KIND = Kind(
    name="words",
    about="answers of so many words",
    module="boundary.kinds.words.verifier",
    sources=("kinds/words/verifier.py", *SHARED),
)
