"""Adapters of mathematical benchmarks: gold answers as LaTeX, whatever form the row has.

Each is ``adapter(row, index)``, with the row's position in the data; ids that
are numbers are padded with zeros, so that the order of ids is that of the data.
"""

from __future__ import annotations

import re

from boundary.data import gold
from boundary.data.problem import Problem, Row, field, math_problem, numbered, some, text
from boundary.errors import InputError
from boundary.golds import gold_text

QUESTION = ("question", "problem", "Question", "Problem")
#: An AIME answer is a number of degrees at most in its question's words.
_DEGREES = re.compile(r"\^(?:\\circ|\{\\circ\})$")


def gsm8k(row: Row, index: int) -> Problem:
    """GSM8K: the answer is a worked solution that ends in ``#### 18``."""
    solution = text(row, "answer")
    return math_problem(
        numbered(_first(row, "idx", default=index), 4),
        text(row, *QUESTION),
        gold.after_mark(solution),
        {"solution": solution},
    )


def math500(row: Row, index: int) -> Problem:
    """MATH-500: the id is the position in the file, which is in no order of subjects."""
    return math_problem(
        numbered(index, 3),
        text(row, *QUESTION),
        text(row, "answer"),
        some(row, "unique_id", "subject", "level", "solution"),
    )


def aime(row: Row, index: int) -> Problem:
    """AIME of any year: answers are integers, as numbers, as ``025``, or in a boxed solution."""
    answer = _answer_or_box(row, "answer", "expected_answer", "Answer")
    whole = gold.integer(_DEGREES.sub("", gold.bare(str(answer))))
    if whole is None:
        raise InputError(f"the answer should be an integer, found {answer!r}")
    number = _first(row, "id", "ID", "problem_idx", default=index)
    return math_problem(
        numbered(number, 2),
        text(row, *QUESTION),
        whole,
        some(row, "url", "solution", "reference_solution", "problem_type"),
    )


def amc(row: Row, index: int) -> Problem:
    """AMC 2023: answers are floating-point numbers, of which all are whole."""
    return math_problem(
        numbered(_first(row, "id", default=index), 2),
        text(row, *QUESTION),
        gold.bare(gold_text(field(row, "answer"))),
        some(row, "url"),
    )


def minerva(row: Row, index: int) -> Problem:
    """Minerva: the answer stands in the solution's last box, numbers in Python's notation."""
    answer = gold_text(_answer_or_box(row, "answer"))
    return math_problem(
        numbered(_first(row, "idx", default=index), 3),
        text(row, *QUESTION),
        gold.from_python(gold.bare(answer)),
        some(row, "type", "solution") | {"given_answer": answer},
    )


def olympiadbench(row: Row, index: int) -> Problem:
    """OlympiadBench: a list of final answers, formulas between dollar signs.

    The context, where there is one, goes before the question.  ``unit`` and
    ``error`` (a tolerance) stand in the metadata: the answer has no unit, as
    the question names it.
    """
    final = field(row, "final_answer")
    answers = [gold_text(item) for item in (final if isinstance(final, list) else [final])]
    context, question = row.get("context"), text(row, *QUESTION)
    return math_problem(
        numbered(_first(row, "id", default=index), 4),
        f"{context}\n{question}" if context else question,
        ", ".join(gold.from_dollars(answer) for answer in answers),
        some(row, "subfield", "answer_type", "is_multiple_answer", "unit", "error", "solution")
        | {"given_answer": final},
    )


def omni_math(row: Row, index: int) -> Problem:
    """Omni-MATH: rows have no id, so it is the position in the file."""
    return math_problem(
        numbered(_first(row, "id", "problem_id", default=index), 4),
        text(row, *QUESTION),
        gold.from_dollars(gold.bare(gold_text(field(row, "answer")))),
        some(row, "domain", "difficulty", "source", "solution"),
    )


def _answer_or_box(row: Row, *names: str) -> object:
    """Return the answer, else the content of the last box of the solution."""
    try:
        return field(row, *names)
    except InputError as error:
        box = gold.last_box(str(row.get("solution") or ""))
        if box is None:
            raise InputError(f"{error}, and its 'solution' has no \\boxed{{}}") from None
        return box


def _first(row: Row, *names: str, default: object) -> object:
    return next((row[name] for name in names if row.get(name) is not None), default)
