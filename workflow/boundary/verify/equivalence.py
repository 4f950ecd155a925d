"""Whether two LaTeX answers are equal, decided by Math-Verify on one pair.

This module runs inside the killable workers: it keeps its imports few, and
turns whatever goes wrong into a verdict without letting an exception, whose
pickle could be hostile, travel back.
"""

from __future__ import annotations

import functools
import logging
from typing import Any


def judge(gold: str, answer: str) -> tuple[str, str | None]:
    """Compare an answer with the gold answer.

    Parameters
    ----------
    gold, answer : str
        LaTeX, without the box.

    Returns
    -------
    verdict : str
        ``correct``, ``wrong``, ``resource`` (out of memory) or ``error`` (the
        parser or the comparison raised).
    detail : str or None
        Why, where it is not plain.

    Notes
    -----
    Math-Verify reads both through its LaTeX parser alone; its expression
    parser ends in an evaluation of the text and is never used.  Its own
    timeouts rest on SIGALRM, which long C calls outlast, so they are off: the
    caller kills the process.
    """
    from math_verify import verify
    from sympy.core import random

    # SymPy draws random numbers to refute an equality: the same pair, the same draws.
    random.seed(0)
    try:
        expected, found = _parse(gold), _parse(answer)
        equal = bool(
            verify(expected, found, strict=True, timeout_seconds=None, raise_on_error=True)
        )
    except MemoryError:
        return "resource", "out of memory while comparing"
    except RecursionError:
        return "resource", "too deep to compare"
    except Exception as error:
        return "error", f"Math-Verify raised {type(error).__name__}"
    if equal:
        return "correct", "equivalent to the gold answer"
    if not _is_read(expected):
        return "wrong", "the gold answer could not be read as mathematics, only as text"
    return "wrong", None if _is_read(found) else "the answer could not be read as mathematics"


@functools.lru_cache(maxsize=256)
def _parse(latex: str) -> list[Any]:
    """Return the expression and the normalised text that Math-Verify reads."""
    from math_verify import LatexExtractionConfig, parse

    logging.getLogger("math_verify").setLevel(logging.ERROR)
    config = LatexExtractionConfig(boxed_match_priority=0, try_extract_without_anchor=False)
    # Only the box itself may be read: with any_match, a box that does not parse
    # would be searched for other formulas inside.
    return list(
        parse(
            f"\\boxed{{{latex}}}",
            extraction_config=[config],
            extraction_mode="first_match",
            parsing_timeout=None,
            raise_on_error=True,
        )
    )


def _is_read(parsed: list[Any]) -> bool:
    return any(not isinstance(item, str) for item in parsed)
