"""A short text, compared with each gold answer in its normal form."""

from boundary.extraction import RULES
from boundary.kinds.record import EXTRACTING, SHARED, Kind

KIND = Kind(
    name="text",
    about="a short text",
    module="boundary.verify.text",
    sources=("verify/text.py", "options.py", "strict_json.py", *EXTRACTING, *SHARED),
    gold="texts",
    rules=RULES,
)
