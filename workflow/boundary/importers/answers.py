"""Gold answers of a file as the columns of a problem that grade its responses."""

from __future__ import annotations

from collections.abc import Sequence

from boundary.digests import canonical_json
from boundary.errors import InputError
from boundary.options import LETTERS, choices_of, option_form

#: A longer gold answer is a text for a grader to read.
LONGEST_ANSWER = 200


def gold_columns(golds: Sequence[str], options: Sequence[str] = ()) -> dict[str, str | None]:
    """Return answer, kind and metadata of a problem.

    Parameters
    ----------
    golds : sequence of str
        Answers, each of which is right.
    options : sequence of str
        Those of a choice, whose gold answer is then the letter or text of one.

    Returns
    -------
    dict of str to str or None
        Columns of `boundary.importers.columns.TRIALS`; none where these are no short
        answers, or several options are right, so that they cannot grade.
    """
    golds = list(dict.fromkeys(gold.strip() for gold in golds))
    if not golds or not all(
        gold and len(gold) <= LONGEST_ANSWER and "\n" not in gold for gold in golds
    ):
        return {}
    if not options:
        more = canonical_json({"golds": golds[1:]}) if len(golds) > 1 else None
        return {"answer": golds[0], "kind": "text" if more else None, "metadata": more}
    letters = LETTERS[: len(options)]
    forms = [option_form(one) for one in options]
    right = [
        gold if gold in letters else letters[forms.index(option_form(gold))]
        for gold in golds
        if gold in letters or option_form(gold) in forms[: len(letters)]
    ]
    return choice_columns(right[0], options) if len(right) == len(golds) == 1 else {}


def choice_columns(letter: str, options: Sequence[str]) -> dict[str, str | None]:
    """Return answer, kind and metadata of a choice; none where options cannot be told apart."""
    metadata = canonical_json({"choices": list(options)})
    try:
        choices_of(letter, metadata)
    except InputError:
        return {}
    return {"answer": letter, "kind": "choice", "metadata": metadata}


def texts_of(value: object, what: str, where: str) -> list[str]:
    """Return a text, or the texts of a list; none of null.

    Raises
    ------
    InputError
        When it is anything else; names ``what`` and ``where``.
    """
    several = [] if value is None else value if isinstance(value, list) else [value]
    texts = [text for text in several if isinstance(text, str)]
    if len(texts) < len(several):
        raise InputError(
            f"{where}: {what} should be a text or a list of texts, and is {value!r:.80}."
        )
    return texts
