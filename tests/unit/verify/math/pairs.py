"""Pairs of a gold answer and an answer, labelled by hand: the grading policy as data.

Each is under the name of its rule in ``docs/grading.md``.
"""

from unit.verify.math.different import DIFFERENT
from unit.verify.math.same import SAME

__all__ = ["DIFFERENT", "SAME"]
