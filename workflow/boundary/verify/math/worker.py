"""What runs inside the killable workers: one pair of answers.

Whatever goes wrong becomes plain text here: an exception, whose pickle could be
hostile, never travels back.
"""

from __future__ import annotations

from boundary.answers.structure import read
from boundary.verify.math.compare import Comparison
from boundary.verify.math.engine import (
    UNEVALUATED,
    OutOfMemoryError,
    UnreadError,
    equal,
    near,
    refuse_code,
)
from boundary.verify.math.lenient import lenient_same
from boundary.verify.math.second.compare import second_opinion

EQUIVALENT = "equivalent to the gold answer"
SAME = "same structure and numbers"
#: Modules that workers have imported before they start.
PRELOAD = ("boundary.verify.math.worker", "boundary.verify.math.warm")


def judge(gold: str, answer: str) -> tuple[str, str | None]:
    """Compare an answer with the gold answer by the strict rule.

    Parameters
    ----------
    gold, answer : str
        LaTeX, without the box.

    Returns
    -------
    verdict : str
        ``correct``, ``wrong``, ``resource`` (out of memory, or too deep) or
        ``error`` (the parser or the comparison raised).
    detail : str or None
        Why, where it is not plain.
    """
    try:
        return _judged(gold, answer)
    except (OutOfMemoryError, MemoryError):
        return "resource", "out of memory while comparing"
    except RecursionError:
        return "resource", "too deep to compare"
    except UnreadError as error:
        return "wrong", str(error)
    except Exception as error:
        return "error", f"Math-Verify raised {type(error).__name__}"


def _judged(gold: str, answer: str) -> tuple[str, str | None]:
    asked = []

    def engine(one: str, other: str) -> bool:
        asked.append(other)
        return equal(one, other)

    comparison = Comparison(engine, near)
    if not comparison.same(read(gold), read(answer)):
        return "wrong", comparison.reason
    if UNEVALUATED.search(answer) and not UNEVALUATED.search(gold):
        return "correct", f"{EQUIVALENT}; unevaluated"
    return "correct", EQUIVALENT if asked else SAME


def second(gold: str, answer: str) -> bool | None:
    """Compare by the second engine; None when it cannot."""
    try:
        return second_opinion(gold, answer)
    except MemoryError:
        return None


def lenient(gold: str, answer: str) -> bool:
    """Compare by the lenient rule."""
    try:
        return lenient_same(gold, answer)
    except MemoryError:
        return False


_WORK = {"judge": judge, "second": second, "lenient": lenient}


def work(kind: str, gold: str, answer: str) -> tuple[str, str | None] | bool | None:
    """Do one of the three on a pair: ``judge``, ``second`` or ``lenient``."""
    refuse_code()
    return _WORK[kind](gold, answer)
