r"""What problems of the kinds ``choice`` and ``text`` hold beside their gold answer.

A choice has ``metadata`` ``{"choices": ["Paris", "Rome"]}`` and the letter of
the right one as its answer.  A text has its answer, and may have ``metadata``
``{"golds": ["U.S.", "United States"], "case": true, "articles": true}``: further
answers that are right, and whether capitals and articles count, which they do
not by default.
"""

from __future__ import annotations

import functools
import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boundary import strict_json
from boundary.errors import InputError, TableError

if TYPE_CHECKING:
    import polars as pl

CHOICE, TEXT = "choice", "text"
#: Options have one letter each.
LETTERS = string.ascii_uppercase
_TEXT_KEYS = {"golds": list, "case": bool, "articles": bool}
_ARTICLE = re.compile(r"(?:an?|the)\s+(?=\S)", re.IGNORECASE)
#: LaTeX around plain words.
_WORDS = re.compile(r"\\(?:text|mathrm|textbf|textit|mathbf|mbox|emph)\s*\{([^{}]*)\}")
_SPACE = re.compile(r"\s+")
#: What may stand before and behind an answer; a full stop before it may be a decimal point.
_BEFORE = " \"'`*_“”‘«"
_BEHIND = _BEFORE + ".,;:!?’»。，、"
#: Full-width letters and signs, quotes and dashes.  Powers and fractions stay what they are.
_ALIKE = {0xFF01 + i: 0x21 + i for i in range(94)} | {
    **dict.fromkeys(map(ord, "‘’"), "'"),
    **dict.fromkeys(map(ord, "“”"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),
}


@dataclass(frozen=True)
class Choices:
    """The options of a multiple-choice problem.

    Attributes
    ----------
    letter : str
        Of the right one.
    options : tuple of str
        In the order of their letters.
    """

    letter: str
    options: tuple[str, ...]

    @property
    def letters(self) -> str:
        """The letters in use."""
        return LETTERS[: len(self.options)]

    @property
    def chance(self) -> float:
        """The share of blind guesses that are right."""
        return 1 / len(self.options)

    @functools.cached_property
    def _letters_of(self) -> dict[str, str | None]:
        """Letters by the form of their option; None where capitals alone tell some apart."""
        exact: dict[str, str | None] = {}
        folded: dict[str, str | None] = {}
        for letter, option in zip(self.letters, self.options, strict=True):
            exact[option_form(option)] = letter
            form = option_form(option).casefold()
            folded[form] = None if form in folded else letter
        return folded | exact

    def option(self, text: str) -> str | None:
        """Return the letter of the option that a text is; None when it is none."""
        form = option_form(text)
        found = self._letters_of
        return found[form] if form in found else found.get(form.casefold())


@dataclass(frozen=True)
class Texts:
    """The answers of a problem with a short text.

    Attributes
    ----------
    golds : tuple of str
        Each is right.
    case, articles : bool
        Whether capitals, and articles at the beginning, count.
    """

    golds: tuple[str, ...]
    case: bool = False
    articles: bool = False

    def form(self, text: str) -> str:
        """Return the form in which answers are compared."""
        return normal_text(text, case=self.case, articles=self.articles)

    @functools.cached_property
    def forms(self) -> frozenset[str]:
        """The normal forms of all golds."""
        return frozenset(map(self.form, self.golds))


def normal_text(text: str, *, case: bool = False, articles: bool = False) -> str:
    r"""Return a text without what makes no other answer of it.

    Spacing, full-width letters, dashes and quotes, punctuation around it and
    ``\text{…}``; capitals and an article at the beginning, unless these count.

    >>> normal_text(" The  Beatles."), normal_text("The Beatles", articles=True, case=True)
    ('beatles', 'The Beatles')
    """
    form = unicodedata.normalize("NFC", text).translate(_ALIKE)
    form = _SPACE.sub(" ", _WORDS.sub(r"\1", form)).lstrip(_BEFORE).rstrip(_BEHIND)
    if not articles:
        article = _ARTICLE.match(form)
        form = form[article.end() :] if article else form
    return form if case else form.casefold()


def option_form(text: str) -> str:
    """Return the form in which options are compared: capitals may tell them apart."""
    return normal_text(text.replace("$", ""), case=True, articles=True)


def choices_of(answer: str | None, metadata: str | None) -> Choices:
    """Read the options of a problem.

    Raises
    ------
    InputError
        When there are none, or several that a reader takes for the same, or the
        answer is no letter of one.
    """
    options = _metadata(metadata).get("choices")
    if not isinstance(options, list) or not all(isinstance(one, str) for one in options):
        raise InputError("its metadata has no 'choices', a list of the options' texts")
    if not 2 <= len(options) <= len(LETTERS):
        raise InputError(f"'choices' has {len(options)} options, and should have 2 to 26")
    forms = list(map(option_form, options))
    for i, form in enumerate(forms):
        if not form:
            raise InputError(f"option {LETTERS[i]} of 'choices' is empty")
        if form in forms[:i]:
            first = LETTERS[forms.index(form)]
            raise InputError(f"options {first} and {LETTERS[i]} of 'choices' are the same")
    found = Choices(answer or "", tuple(options))
    if found.letter not in list(found.letters):
        raise InputError(
            f"the answer {answer!r} is no letter of an option, of {found.letters[0]} to "
            f"{found.letters[-1]}"
        )
    return found


def texts_of(answer: str | None, metadata: str | None) -> Texts:
    """Read the answers of a problem, and how they are compared.

    Raises
    ------
    InputError
        When a gold answer is empty in its normal form, or an option has another type.
    """
    told = _metadata(metadata)
    for name, kind in _TEXT_KEYS.items():
        if name in told and not isinstance(told[name], kind):
            wanted = "a list of texts" if kind is list else "true or false"
            raise InputError(f"{name!r} of its metadata should be {wanted}, found {told[name]!r}")
    more = told.get("golds", [])
    if not all(isinstance(one, str) for one in more):
        raise InputError("'golds' of its metadata should be a list of texts")
    found = Texts((answer or "", *more), told.get("case", False), told.get("articles", False))
    for gold in found.golds:
        if not found.form(gold):
            raise InputError(f"the gold answer {gold!r} is empty")
    return found


def _metadata(text: str | None) -> Mapping[str, Any]:
    try:
        told = strict_json.loads(text) if text else {}
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise InputError("its metadata is no JSON object")
    return told


def judged_by(kind: str, metadata: str | None) -> Mapping[str, Any]:
    """Return what of a problem's metadata a verdict depends on; nothing of other kinds."""
    keys = {CHOICE: ("choices",), TEXT: tuple(_TEXT_KEYS)}.get(kind, ())
    if not keys:
        return {}
    told = _metadata(metadata)
    return {key: told[key] for key in keys if key in told}


def require_options(kind: str, answer: str | None, metadata: str | None) -> None:
    """Require what the kind of a problem needs.

    Raises
    ------
    InputError
        Says what is missing; problems of other kinds need nothing.
    """
    if kind == CHOICE:
        choices_of(answer, metadata)
    elif kind == TEXT:
        texts_of(answer, metadata)


def refuse_bad_options(problems: pl.DataFrame, where: str) -> None:
    """Refuse problems of which no response could be judged.

    Parameters
    ----------
    problems : polars.DataFrame
        ``problem_id``, ``kind``, ``answer`` and ``metadata`` of the problems table.
    where : str
        File or origin, named in the error.

    Raises
    ------
    TableError
        Names the first row and its problem, and how many there are.
    """
    found = list(_faults(problems))
    if not found:
        return
    row, name, fault = found[0]
    more = f" ({len(found)} such rows)" if len(found) > 1 else ""
    raise TableError(f"{where}: row {row}, problem {name!r}: {fault}{more}. Correct the table.")


def _faults(problems: pl.DataFrame) -> Iterator[tuple[int, str, str]]:
    columns = problems.select("problem_id", "kind", "answer", "metadata")
    for row, (name, kind, answer, metadata) in enumerate(columns.iter_rows(), start=1):
        try:
            require_options(kind, answer, metadata)
        except InputError as error:
            yield row, name, str(error)
