"""Which characters of a response were copied from its question, hold its answer or follow it.

All is in characters of the text, so that one span serves the tokens of any
tokeniser: a word has other tokens behind a space than without one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: First character and the one behind the last.
Span = tuple[int, int]
#: Copied from the question, behind the answer, the answer itself.
MASKS = ("copied", "after_answer", "answer")
#: Words of the shortest run that counts as copied.
FEWEST_WORDS = 5
#: Places that are tried for an answer that stands within longer words or numbers.
MOST_PLACES = 1000
#: 3.5, 1,000 and don't are one word each; neither part of the pattern can match what the other
#: does, so that time is linear.
_WORD = re.compile(r"\w+(?:[.,'’]\w+)*")
#: What makes the text before and behind one word with it.
_BEFORE, _BEHIND = re.compile(r"\w[.,]?\Z"), re.compile(r"[.,]?\w")


def copied_spans(response: str, question: str, fewest: int = FEWEST_WORDS) -> list[Span]:
    """Return where runs of words stand that occur in the question too.

    Words are compared without case and without the punctuation between them.
    Time is linear in both lengths: a word lies in such a run exactly where one of
    the runs of ``fewest`` words around it is among those of the question.  Runs
    without a word between them, as where a question stands twice, are one span with
    what is between.

    Returns
    -------
    list of tuple of int
        Sorted and apart, each from the first to the last character of its run.
    """
    asked = [word for word, _, _ in _words(question)]
    runs = {tuple(asked[i : i + fewest]) for i in range(len(asked) - fewest + 1)}
    if not runs:
        return []
    words = _words(response)
    plain = [word for word, _, _ in words]
    places: list[tuple[int, int]] = []
    for i in range(len(words) - fewest + 1):
        if tuple(plain[i : i + fewest]) not in runs:
            continue
        if places and i <= places[-1][1] + 1:
            places[-1] = places[-1][0], i + fewest - 1
        else:
            places.append((i, i + fewest - 1))
    return [(words[first][1], words[last][2]) for first, last in places]


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return the words of a text without case, each with its span."""
    return [(match[0].casefold(), *match.span()) for match in _WORD.finditer(text)]


def answer_span(response: str, answer: str | None) -> Span | None:
    """Return where the answer last stands in the response, as it was written.

    An answer 7 does not stand in 17 or in 7.5.

    Returns
    -------
    tuple of int, optional
        None without an answer, where the response does not hold its text (a
        grader may tell it in a form of its own), and where the last `MOST_PLACES`
        are all within longer words.
    """
    answer = (answer or "").strip()
    if not answer:
        return None
    # From behind by `find`, whose time is linear, as that of `rfind` is not.
    text, sought, place = response[::-1], answer[::-1], -1
    for _ in range(MOST_PLACES):
        place = text.find(sought, place + 1)
        if place < 0:
            return None
        end = len(response) - place
        start = end - len(answer)
        before, behind = response[max(0, start - 2) : start], response[end : end + 2]
        within = (answer[0].isalnum() and _BEFORE.search(before)) or (
            answer[-1].isalnum() and _BEHIND.match(behind)
        )
        if not within:
            return start, end
    return None


def mask_spans(response: str, question: str, answer: str | None) -> dict[str, list[Span] | None]:
    """Return the spans of each mask; None where the answer's place is not known.

    ``copied``: `copied_spans`; ``after_answer``: all text behind the answer, the
    end of the response itself not; ``answer``: `answer_span`.
    """
    place = answer_span(response, answer)
    after = None
    if place is not None:
        after = [(place[1], len(response))] if place[1] < len(response) else []
    each = (copied_spans(response, question), after, None if place is None else [place])
    return dict(zip(MASKS, each, strict=True))


def token_mask(token_ends: NDArray[np.int64], spans: Sequence[Span]) -> NDArray[np.bool_]:
    """Return which tokens have a character in a span.

    Parameters
    ----------
    token_ends : int64 array [T]
        Characters of the text up to the end of each token, never falling.
    spans : sequence of tuple of int
        Sorted and apart.

    Returns
    -------
    bool array [T]
        A token without a character of its own goes with the one before it, as a later
        part of that character; the last one with none, as the end of the response.
    """
    starts = np.concatenate([[0], token_ends[:-1]])[: len(token_ends)]
    firsts, ends = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    following = np.searchsorted(ends, starts, side="right")
    mask = np.append(firsts, np.iinfo(np.int64).max)[following] < token_ends
    wide = token_ends > starts
    owner = np.maximum.accumulate(np.where(wide, np.arange(len(starts)), 0))
    carried: NDArray[np.bool_] = (mask & wide)[owner]
    carried[-1:] &= wide[-1:]
    return carried
