"""What runs inside the killable workers: one pair of answers.

Whatever goes wrong becomes plain text here: an exception, whose pickle could be
hostile, never travels back.
"""

from __future__ import annotations

from collections.abc import Callable

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

#: A verdict, why, and what is worth counting apart.
Found = tuple[str, str | None, tuple[str, ...]]


def judge(gold: str, answer: str) -> Found:
    """Compare an answer with the gold answer by the strict rule.

    Parameters
    ----------
    gold, answer : str
        LaTeX, without the box.

    Returns
    -------
    verdict : str
        ``correct``, ``wrong``, ``resource`` (out of memory, or too deep) or
        ``error`` (reading or comparing raised).
    detail : str or None
        Why, where it is not plain.
    remarks : tuple of str
        ``unevaluated`` where the answer leaves a sum, product, limit or
        integral standing that the gold answer does not have.
    """
    try:
        return _judged(gold, answer)
    except (OutOfMemoryError, MemoryError):
        return "resource", "out of memory while comparing", ()
    except RecursionError:
        return "resource", "too deep to compare", ()
    except UnreadError as error:
        return "wrong", str(error), ()
    except Exception as error:
        return "error", f"comparing raised {type(error).__name__}", ()


def _judged(gold: str, answer: str) -> Found:
    asked = []

    def engine(one: str, other: str) -> bool:
        asked.append(other)
        return equal(one, other)

    comparison = Comparison(engine, near)
    if not comparison.same(read(gold), read(answer)):
        return "wrong", comparison.reason, ()
    unevaluated = UNEVALUATED.search(answer) and not UNEVALUATED.search(gold)
    return "correct", EQUIVALENT if asked else SAME, ("unevaluated",) if unevaluated else ()


def read_gold(gold: str, _: str) -> None:
    """Do with a gold answer alone what any comparison with it does."""
    judge(gold, f"{gold}+1")


def second(gold: str, answer: str) -> bool | None:
    """Compare by the second engine; None when it cannot."""
    try:
        return second_opinion(gold, answer)
    except Exception:
        return None


def lenient(gold: str, answer: str) -> bool:
    """Compare by the lenient rule."""
    try:
        return lenient_same(gold, answer)
    except Exception:
        return False


_WORK: dict[str, Callable[[str, str], Found | bool | None]] = {
    "judge": judge,
    "second": second,
    "lenient": lenient,
    "gold": read_gold,
}


def work(kind: str, gold: str, answer: str) -> Found | bool | None:
    """Do one thing with a pair: ``judge``, ``second``, ``lenient``, or ``gold``, which times it."""
    refuse_code()
    return _WORK[kind](gold, answer)
