"""Names of what counts as an answer or a program: rules of extraction, and forms."""

from __future__ import annotations

from typing import Final, Literal

#: A rule reads what the one before it reads, and more.
Rule = Literal["boxed", "declared", "any"]
RULES: Final[tuple[Rule, ...]] = ("boxed", "declared", "any")
DEFAULT: Final[Rule] = "any"

BOX = "box"
ELEMENT, MARK = "answer element", "answer mark"
LINE, SENTENCE = "answer line", "answer sentence"
WHOLE, BOLD, DISPLAY, CLOSING = "whole response", "bold", "display", "closing sentence"
#: The forms in which an answer stands in its response, by the first rule that reads them.
FORMS: Final[dict[str, Rule]] = {
    BOX: "boxed",
    ELEMENT: "declared",
    MARK: "declared",
    LINE: "declared",
    SENTENCE: "declared",
    WHOLE: "any",
    BOLD: "any",
    DISPLAY: "any",
    CLOSING: "any",
}

#: The other rule for programs, beside the project's: the last fenced block and nothing else.
FENCED: Final = "fenced"
#: The forms in which a program stands in its response.
PROGRAM_FORMS: Final = (
    *("fenced block", "other block", "part of a block", "joined parts"),
    *(WHOLE, "part of the response", "continuation", "mended continuation"),
)
