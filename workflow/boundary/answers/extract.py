r"""The final answer of a response, by three rules that read more and more.

``boxed``
    the last statement in ``\boxed{…}``;
``declared``
    that, or a later declaration in other words: ``<answer>…</answer>``, a line
    ``#### 18``, "Answer: …", "The answer is …" in the common wordings and languages;
``any``
    that, or where nothing is declared what a reader would call the answer
    (`boundary.answers.undeclared`).

Each reads what a response says last, and what it says at once is one answer:
``\boxed{3}`` or ``\boxed{4}`` is "3, 4".  An answer that is taken back is none.
No rule looks at what would be right.  ``docs/grading.md`` has them in full.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from boundary.answers.boxes import Box, boxes
from boundary.answers.clause import commits as states_value
from boundary.answers.declared import Declaration, declarations
from boundary.answers.doubt import further, taken_back
from boundary.answers.proof import without_marks
from boundary.answers.reasoning import after_reasoning, own_turn, unfinished
from boundary.answers.statement import as_one, last_statement
from boundary.answers.typesetting import normalise
from boundary.answers.undeclared import undeclared
from boundary.extraction import BOX, DEFAULT, SENTENCE

NONE = "none"
#: What closes a formula or a sentence.
_MARKS = " \t\r\n$.,;!)]}*_\\"
#: Boxes that are looked at for a difference: a response of nothing but boxes stays cheap.
_COMPARED = 100
#: Declarations that are held against each other.
_NEIGHBOURS = 20
#: Words of a sentence that may be an answer beside others that state a value.
_FEW = 3

Commits = Callable[[str], bool]


class Extraction(NamedTuple):
    """A final answer and how it stands in its response.

    Attributes
    ----------
    answer : str or None
        LaTeX or text, without outer white space, possibly empty; None when
        the rule reads none.
    form : str
        One of `boundary.extraction.FORMS`, or ``none``.
    multiple : bool
        Whether boxes of the response differ; the last statement counts.
    """

    answer: str | None
    form: str
    multiple: bool = False


class Readings(NamedTuple):
    """The final answer of a response by each rule."""

    boxed: Extraction
    declared: Extraction
    any: Extraction

    def under(self, rule: str) -> Extraction:
        """Return what a rule of `boundary.extraction.RULES` reads."""
        found: Extraction = getattr(self, rule)
        return found


NOTHING = Extraction(None, NONE)


def final_answer(
    response: str, rule: str = DEFAULT, *, truncated: bool = False, commits: Commits = states_value
) -> Extraction:
    """Return the final answer of a response by one rule; see `readings`."""
    return readings(response, truncated=truncated, commits=commits).under(rule)


def readings(
    response: str, *, truncated: bool = False, commits: Commits = states_value
) -> Readings:
    """Return the final answer of a response by each rule.

    Parameters
    ----------
    response : str
        A model's response, hostile or not; time is linear in its length.
    truncated : bool
        Whether it ended at the token limit, so that what stands last need not
        be what it would have ended in.
    commits : callable
        Whether words are an answer of the kind that is asked for; by default,
        whether they are a mathematical value.
    """
    text = without_marks(after_reasoning(own_turn(response)))
    found = boxes(text)
    if len(found) == 1 and not text[found[0].end :].strip(_MARKS):
        only = Extraction(found[0].content, BOX)  # and not a word behind it
        return Readings(only, only, only)
    boxed = _boxed(text, found, commits)
    after = found[-1].end if found else 0
    later = list(islice(declarations(text, after, commits, truncated=truncated), _NEIGHBOURS))
    declared = _declared(text, found, later, boxed, commits)
    if declared is not None:
        return Readings(boxed, declared, declared)
    if truncated or found or unfinished(text):
        return Readings(boxed, boxed, boxed)
    read = undeclared(text, commits)
    loose = NOTHING if read is None else Extraction(*read)
    return Readings(boxed, boxed, loose)


def _boxed(text: str, found: list[Box], commits: Commits) -> Extraction:
    if not found:
        return NOTHING
    multiple = len(found) > 1 and len({normalise(box.content) for box in found[-_COMPARED:]}) > 1
    return _read(text, found[-_COMPARED:], BOX, commits, multiple)


def _read(
    text: str, found: Sequence[Box], form: str, commits: Commits, multiple: bool
) -> Extraction:
    """Return the last statement as one answer; None where it is taken back."""
    end = found[-1].end
    if taken_back(text, end):
        return Extraction(None, NONE, multiple)
    stated = last_statement(text, found)
    offered = further(text, end, commits) if any(stated) else None
    return Extraction(as_one([*stated, *([offered] if offered else [])]), form, multiple)


def _wordy(one: Declaration, *, boxed: bool) -> bool:
    return boxed or (one.form == SENTENCE and len(one.content.split()) > _FEW)


def _declared(
    text: str,
    found: list[Box],
    later: list[Declaration],
    boxed: Extraction,
    commits: Commits,
) -> Extraction | None:
    """Return what is declared in words behind the last box; None where the box stands."""
    # Words such as "the answer is the least such number" take no value's place.
    values = bool(found) or any(one.commits for one in later)
    kept = [one for one in later if one.commits or not (values and _wordy(one, boxed=bool(found)))]
    if not kept:
        return None
    last = kept[0]
    named = [*(found[-1:]), *(one.box for one in reversed(kept))]
    return _read(text, named, last.form, commits, boxed.multiple)
