"""Importing this module makes the parser ready, for workers that are forked after it.

ANTLR builds its tables with the first formula, and SymPy loads modules with the
first comparison: hundreds of milliseconds that each worker would spend anew.
"""

from __future__ import annotations

from boundary.verify.math.engine import equal
from boundary.verify.math.latex import refuse_code
from boundary.verify.math.points import Equality

refuse_code()
for _gold, _answer in (
    (r"\frac{x+1}{2}", r"\frac{1}{2}x + 0.5"),
    (r"2\sqrt{2}", r"\sqrt{8}"),
    (r"\sin^2 \theta_0 + e^{-t/(RC)}", r"1 - \cos^2\theta_0 + \exp(-\frac{t}{RC})"),
):
    if equal(_gold, _answer) is not Equality.EQUAL:
        raise ImportError(f"Math-Verify does not work: {_gold} is not {_answer} to it")
