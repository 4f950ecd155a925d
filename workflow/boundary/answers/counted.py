"""The number of a sentence that draws the conclusion in plain words: "So she has 18 eggs left"."""

from __future__ import annotations

import re

from boundary.answers.unit_names import unit_name

#: A number that stands alone, with its sign of money or per cent, and the word behind it.
_NUMBER = re.compile(
    r"(?<![\w.,/$^])(?P<value>(?:[-−](?=[\d$€£]))?(?:\\?\$|[€£])?\s?\d[\d,]*(?:\.\d+)?(?:/\d+)?"
    r"(?:\s?\\?%)?)(?P<behind>\s+[a-zA-Z]+)?(?![\w/])"
)
#: Signs of mathematics, and words of a difference: nothing of them is read here.
_FORMULA = re.compile(
    r"(?<![a-zA-Z])(?:more|less|fewer)\s+than(?![a-zA-Z])|[=^+*<>≤≥≈_{}|]|\\(?![$%])|"
    r"\d\s*[-−×·]\s*\d|\d\s+/|\d[a-zA-Z]|[a-zA-Z]\d"
)
#: Words before a number that is no amount, or no more than a bound of one.
_OTHER = re.compile(
    r"(?:(?<![a-zA-Z])(?:step|case|lemma|theorem|equation|part|problem|question|option|section|"
    r"figure|table|line|chapter|class|grade|least|most|than|over|under|between|to|past|or|mod|"
    r"modulo|base|by|not|no)|n['’]t|[(#])\s*$",
    re.IGNORECASE,
)
#: Words behind a number that are no part of it.
_BEHIND = frozenset(
    re.findall(
        r"\S+",
        """
        more left remaining in per each every a an total to for on at of by from with during after
        until before today altogether together long tall old away apart wide deep
        """,
    )
)


def only_number(sentence: str) -> str | None:
    """Return the number of a sentence in plain words, with its unit; None unless it has one.

    Parameters
    ----------
    sentence : str
        Without the marks of formulas.

    Examples
    --------
    >>> only_number("So she has 18 eggs left"), only_number("Thus, he makes $18 a day")
    ('18 eggs', '$18')
    >>> only_number("So 3 of the 18 are red"), only_number("So at least 18 are red")
    (None, None)
    """
    if _FORMULA.search(sentence):
        return None
    numbers = list(_NUMBER.finditer(sentence))
    if len(numbers) != 1 or len(re.findall(r"\d[\d,.]*(?:/\d+)?", sentence)) != 1:
        return None
    number = numbers[0]
    value, word = number["value"].strip().rstrip(","), (number["behind"] or "").strip()
    if _OTHER.search(sentence, 0, number.start()):
        return None
    if not word or word.lower() in _BEHIND or value[-1] == "%" or not value[0].isdigit():
        return value if word.lower() != "or" else None
    return f"{value} {word}" if unit_name(word, only_known=not word.islower())[0] else None
