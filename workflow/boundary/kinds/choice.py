"""Multiple choice: the letter of an option."""

from boundary.extraction import RULES
from boundary.kinds.record import EXTRACTING, SHARED, Kind

KIND = Kind(
    name="choice",
    about="multiple choice",
    module="boundary.verify.choice",
    sources=("verify/choice.py", "options.py", "strict_json.py", *EXTRACTING, *SHARED),
    gold="letter",
    rules=RULES,
)
