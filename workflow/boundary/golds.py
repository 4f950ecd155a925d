r"""What a gold answer is, and what only looks like one and makes every response wrong.

A missing value often comes as text: ``nan`` of a spreadsheet, ``None`` of Python,
``\boxed{}`` of an empty solution.  Where such a word is the answer, LaTeX says so:
``\text{None}``.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

import polars as pl

from boundary.answers.structure import read
from boundary.errors import InputError, TableError
from boundary.kinds import names
from boundary.lookalikes import normal_form

#: What tools write where there is no value.
_MISSING = re.compile(r"none|null|nan|nat|n/a|#n/a|<na>|[+-]?inf", re.IGNORECASE)
_NOT_AVAILABLE = "NA"
#: What may stand around an answer; ``\{`` is no such, as ``\{\}`` is the empty set.
_AROUND = re.compile(
    r"\\boxed|\\(?:text|mathrm|mathbf|mbox)\s*\{\s*\}|(?<!\\)[{}]|\$|\\[()\[\]]|\s|\\[,;!]"
)
#: A value that a program wrote down in its own notation.
_NOTATION = re.compile(
    r"\[\s*(?:['\"{]|np\.|array)|\{\s*['\"]\w|b['\"]|\[\s*\]$|\(\s*\)$|array\(|np\.(?:float|int|bool"
    r"|str)|Decimal\(|Fraction\(|datetime\.|Timestamp\(|<[\w. ]+ object"
)
#: A control character, and what an escape made of ``\text``, ``\neq`` or ``\right``.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f]|\t(?:ext|imes|heta|an\b)|\n(?:eq|abla)|\r(?:ight|ho)"
)
#: Text that none of the above can match: a number somewhere, and an innocent beginning.
_INNOCENT = r"^[\x20-\x7e]*[0-9][\x20-\x7e]*$"
_PROGRAM = r"^\s*[\[{(bandDFT<]"
LONGEST_SHOWN = 60
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
#: Kinds by what their gold answers are: any text or none, what follows from the question, LaTeX.
_FREE = names(lambda kind: kind.gold == "free")
_DERIVED = names(lambda kind: kind.gold == "derived")
_LATEX = names(lambda kind: kind.gold == "latex")


def fault_of(answer: str) -> str | None:
    """Return why a text is no gold answer; None where it is one."""
    if _CONTROL.search(answer):
        return "holds a control character, as a reader makes of \\f or \\t where \\\\f was meant"
    inner = _AROUND.sub("", answer)
    if not inner.isascii():  # characters without a glyph are no answer
        inner = normal_form(pl.Series([inner]))[0]
    if not inner:
        return "is empty"
    if _MISSING.fullmatch(inner) or inner == _NOT_AVAILABLE:
        return f"is a word for a missing value; where it is the answer, write \\text{{{inner}}}"
    if _NOTATION.match(answer.strip()):
        return "is a value in a program's notation; write the answer as LaTeX"
    return None


def unreadable(answer: str) -> str | None:
    """Return why no engine can read a mathematical gold answer; None where one may.

    Braces that do not match are no LaTeX, and nothing but the same text could meet them.
    """
    depth = 0
    for token in _BRACES.findall(answer):
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth < 0:
            break
    if depth:
        return "has braces that do not match, so no engine can read it"
    try:
        read(answer)
    except Exception as error:  # whatever reading it raises, it would raise at every response
        return f"cannot be read ({type(error).__name__})"
    return None


def math_gold(value: Any) -> str:
    """Return a mathematical gold answer as text: `gold_text`, of what can be read.

    Raises
    ------
    InputError
        As of `gold_text`, or when no engine can read it.
    """
    answer = gold_text(value)
    fault = unreadable(answer)
    if fault is not None:
        raise InputError(f"the answer {_brief(answer)} {fault}")
    return answer


def gold_text(value: Any) -> str:
    """Return a gold answer as text, from a value of a data file.

    Whole numbers lose their ``.0``.

    Raises
    ------
    InputError
        When it is no answer: missing, a truth value, a list, a mapping, a date,
        not finite, or a number with more digits than a float can be trusted for.

    Examples
    --------
    >>> gold_text(25.0), gold_text(0.5), gold_text(-0.0), gold_text(" 1/2 ")
    ('25', '0.5', '0', '1/2')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        raise InputError(f"has no answer, found {value!r}")
    if isinstance(value, str):
        fault = fault_of(value)
        if fault is not None:
            raise InputError(f"the answer {_brief(value)} {fault}")
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise InputError(
            f"the answer should be text or a number, found {type(value).__name__} {_brief(value)}"
        )
    if not math.isfinite(value):
        raise InputError(f"the answer should be a finite number, found {value!r}")
    if value == int(value) and (isinstance(value, int | Decimal) or abs(value) < 2**53):
        return str(int(value))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    digits = f"{value:.15g}"
    mantissa, _, exponent = digits.partition("e")
    if float(digits) != value:
        raise InputError(
            f"the answer {value!r} has digits that are rounding; write it as text, exactly"
        )
    return f"{mantissa} \\times 10^{{{int(exponent)}}}" if exponent else digits


def refuse_empty_golds(problems: pl.DataFrame, where: str) -> None:
    """Refuse problems whose gold answer is none, programs aside.

    Parameters
    ----------
    problems : polars.DataFrame
        ``problem_id``, ``answer`` and ``kind`` of the problems table.
    where : str
        File or origin, named in the error.

    Raises
    ------
    TableError
        Names the first row, its problem and the value, and how many there are.
    """
    answer, kind = pl.col("answer"), pl.col("kind")
    rows = (
        problems.select("problem_id", "answer", "kind")
        .with_row_index("row", offset=1)
        .filter(~kind.is_in(_FREE), ~kind.is_in(_DERIVED) | answer.is_not_null())
    )
    suspects = rows.filter(
        answer.is_null() | ~answer.str.contains(_INNOCENT) | answer.str.contains(_PROGRAM)
    )
    faults = {
        text: "is missing" if text is None else fault_of(text)
        for text in suspects["answer"].unique()
    }
    # Of mathematics also what cannot be read; most texts have as many braces of each kind.
    braces = [answer.str.count_matches(sign, literal=True) for sign in ("{", "}")]
    broken = rows.filter(kind.is_in(_LATEX), braces[0] != braces[1])["answer"].unique()
    faults |= {text: fault for text in broken if (fault := unreadable(text)) is not None}
    wrong = [text for text, fault in faults.items() if fault is not None]
    refused = rows.filter(answer.is_in(wrong, nulls_equal=True))
    if refused.is_empty():
        return
    row, name, text, _ = refused.row(0)
    more = f" ({refused.height} such rows)" if refused.height > 1 else ""
    raise TableError(
        f"{where}: row {row}, problem {name!r}: the answer {_brief(text)} {faults[text]}{more}. "
        f"Every response to it would be wrong; correct the table."
    )


def _brief(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…"
