"""Names of what counts as an answer: the rules of extraction, and the forms that each reads."""

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
