"""Problems of EvalPlus whose outputs are compared by another rule than equality.

EvalPlus's own oracles let by what they were not meant for: they read arguments
that the candidate may have changed, call ``set`` on whatever came, or accept
any value.  These run in the parent, on its own copy of the arguments, and
check types first.  Mbpp/164 and 295 are not in MBPP+ v0.2.0; releases before it
have them.  What each accepts, beside the expected value:

set
    A list, tuple, set or frozenset of the same members, in any order and number.
not_none
    The expected value is a match object or None.  A Boolean that says whether it
    is a match, a match object, or None; no other value, though it be "not None".
any
    Mbpp/164, whose text has two readings (the divisors with or without the number
    itself): a Boolean that is right under one of them, and nothing else.
or_zero
    Mbpp/295: zero, for numbers that have no divisor but themselves, and no others.
pyramid
    Mbpp/581: the surface if the second argument is the perpendicular height, exact
    or rounded to an integer.
digit_distance
    Mbpp/558: the sum after padding the shorter number with zeros.
root
    HumanEval/32, in place of equality: a finite number at which the polynomial is
    within ``atol`` of zero, or within the rounding of its terms.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from boundary.verify.code.compare import Comparison
from boundary.verify.sandbox import wire

Arguments = tuple[Any, ...]
Oracle = Callable[[Comparison, Arguments, Any, Any], bool]
#: Type of a match object in a record.
MATCH = "re.Match"
_COLLECTIONS = (list, tuple, set, frozenset)


def same_members(comparison: Comparison, args: Arguments, expected: Any, own: Any) -> bool:
    """Whether two collections have the same members."""
    if type(own) not in _COLLECTIONS or type(expected) not in _COLLECTIONS:
        return False
    wanted, found = ({wire.encode(member): member for member in each} for each in (expected, own))
    if wanted.keys() == found.keys():
        return True
    sets = _distinct(wanted.values()), _distinct(found.values())
    return None not in sets and comparison.same(*sets)


def _distinct(members: Collection[Any]) -> set[Any] | None:
    """Return distinct members as a set; None when some cannot be in one, or are made to collide."""
    try:
        if max(Counter(map(hash, members)).values(), default=0) > wire.MOST_COLLISIONS:
            return None
        return set(members)
    except TypeError:
        return None


def sum_of_divisors(n: int) -> int:
    """Return the sum of the divisors of a positive number, itself included."""
    small = [d for d in range(1, math.isqrt(n) + 1) if n % d == 0]
    return sum(d + (n // d if d * d != n else 0) for d in small)


def _equivalent(comparison: Comparison, args: Arguments, expected: Any, own: Any) -> bool:
    numbers = args if all(type(n) is int and 0 < n < 10**12 for n in args) else ()
    if type(own) is not bool or len(numbers) != 2:
        return False
    sums = [sum_of_divisors(n) for n in numbers]
    readings = {sums[0] == sums[1], sums[0] - numbers[0] == sums[1] - numbers[1]}
    return own in readings


def _or_zero(comparison: Comparison, args: Arguments, expected: Any, own: Any) -> bool:
    return type(own) is int and own == 0 and type(args[0]) is int and args[0] <= 1


def _pyramid(comparison: Comparison, args: Arguments, expected: Any, own: Any) -> bool:
    if type(own) not in (int, float) or not _finite(own):
        return False
    base, height = args
    surface = base**2 + 2 * base * math.hypot(base / 2, height)
    within = comparison.atol + 1e-6 * abs(surface)
    return bool(own == round(surface) or abs(own - surface) <= within)


def _digit_distance(comparison: Comparison, args: Arguments, expected: Any, own: Any) -> bool:
    if type(own) is not int:
        return False
    texts = [str(n) for n in args]
    width = max(map(len, texts))
    pairs = zip(*(text.zfill(width) for text in texts), strict=True)
    return own == sum(abs(int(a) - int(b)) for a, b in pairs)


def root(args: Arguments, own: Any, atol: float) -> bool:
    """Whether a number is a root of the polynomial with coefficients ``args[0]``."""
    if type(own) not in (int, float) or not _finite(own):
        return False
    try:
        terms = [c * math.pow(own, power) for power, c in enumerate(args[0])]
        value, rounding = abs(sum(terms)), 4 * sys.float_info.epsilon * math.fsum(map(abs, terms))
    except (OverflowError, ValueError):
        return False
    # Summed as EvalPlus does.  Terms of 1e44 (test 751) cancel to within their rounding only.
    return math.isfinite(rounding) and value <= max(atol, rounding)


def _finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an int above every float
        return False


#: Rules that accept something beside the expected value.
BESIDE: dict[str, Oracle] = {
    "set": same_members,
    "any": _equivalent,
    "or_zero": _or_zero,
    "pyramid": _pyramid,
    "digit_distance": _digit_distance,
}
