"""Gold answers where a tool keeps anything by which its reward is computed."""

from __future__ import annotations

import re

from boundary.answers import last_box
from boundary.errors import InputError
from boundary.golds import gold_text
from boundary.importers.answers import LONGEST_ANSWER
from boundary.importers.record import Tally

#: What stands before the answer of a derivation of GSM8K.
_BEHIND = "####"
#: What begins as objects and lists of texts do, such as tests; an interval or a set does not.
_NOTATION = re.compile(r"[\[{]\s*[\[{\"']")


def short_gold(value: object, where: str, tally: Tally) -> str | None:
    r"""Return the gold answer in what a reward was computed from; None where it has none.

    Of a text what stands behind ``####`` or in the last ``\boxed{}``, else the text
    itself where it is one short line and no JSON; a number; or a list of one of these.

    Parameters
    ----------
    value : object
        Of JSON or YAML.
    where : str
        File and line.
    tally : Tally
        Counts what is no answer.

    Raises
    ------
    InputError
        When it is a number that is no answer.
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return gold_text(value)
        except InputError as error:
            raise InputError(f"{where}: the gold answer: {error}.") from None
    text = value.strip() if isinstance(value, str) else ""
    _, behind, last = text.rpartition(_BEHIND)
    answer = last.strip() if behind else last_box(text) or text
    if not answer or len(answer) > LONGEST_ANSWER or "\n" in answer or _NOTATION.match(answer):
        if value is not None:
            tally.count("rows have no short gold answer, and count by the verdict", 1, where)
        return None
    return answer
