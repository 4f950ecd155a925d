"""What runs inside the killable workers: one pair of answers.

Whatever goes wrong becomes plain text here: an exception, whose pickle could be
hostile, never travels back.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from boundary.answers.structure import read
from boundary.verify.math.compare import Comparison
from boundary.verify.math.engine import (
    UNEVALUATED,
    OutOfMemoryError,
    UnreadError,
    equal,
    near,
    proportional,
)
from boundary.verify.math.latex import refuse_code
from boundary.verify.math.lenient import lenient_same
from boundary.verify.math.points import Equality
from boundary.verify.math.second.compare import second_opinion

EQUIVALENT = "equivalent to the gold answer"
SAME = "same structure and numbers"
#: Equal where all letters are positive numbers, and not elsewhere.
POSITIVE = "positive values only"
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
        integral standing that the gold answer does not have; `POSITIVE`.
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


class _Engine:
    """The engine, which remembers that it was asked and what it remarked."""

    def __init__(self) -> None:
        self.asked = False
        self.remarks: set[str] = set()

    def equal(self, gold: str, answer: str) -> bool:
        return self._told(equal(gold, answer))

    def proportional(self, gold: str, answer: str, positive: bool) -> bool:
        return self._told(proportional(gold, answer, positive=positive))

    def near(self, target: Fraction, latex: str, tolerance: Fraction) -> bool:
        self.asked = True
        return near(target, latex, tolerance)

    def _told(self, found: Equality) -> bool:
        self.asked = True
        if found is Equality.POSITIVE:
            self.remarks.add(POSITIVE)
        return found is not Equality.DIFFERENT


def _judged(gold: str, answer: str) -> Found:
    engine = _Engine()
    comparison = Comparison(engine)
    if not comparison.same(read(gold), read(answer)):
        return "wrong", comparison.reason, ()
    if UNEVALUATED.search(answer) and not UNEVALUATED.search(gold):
        engine.remarks.add("unevaluated")
    return "correct", EQUIVALENT if engine.asked else SAME, tuple(sorted(engine.remarks))


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
