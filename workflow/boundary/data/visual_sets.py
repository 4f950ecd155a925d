r"""Rows of visual benchmarks: a question, images, and a free-form answer.

Rows with options are left out, as in arXiv 2504.13837: a guess is right too often.
"""

from __future__ import annotations

import re

from boundary.data import gold
from boundary.data.pictures import pictures
from boundary.data.problem import (
    Picture,
    Problem,
    Row,
    absent,
    field,
    label,
    math_problem,
    numbered,
    some,
    text,
)
from boundary.errors import InputError
from boundary.golds import gold_text

#: Two values in brackets, which as LaTeX are an interval and not the two.
_PAIR = re.compile(r"\[([^\[\],]+,[^\[\],]+)\]")
_LETTER = re.compile("[A-Z]")


def mathvista(row: Row, index: int) -> Problem | None:
    """MathVista: rows of the type ``free_form``; the question tells unit and precision.

    The answer has no unit, and is exact to the decimal places that the question asks for,
    as in the data set's own prompts; ``query``, which holds hints, is not read.
    """
    if text(row, "question_type") != "free_form":
        return None
    if row.get("choices"):
        raise InputError("is 'free_form' and has 'choices'")
    question, unit, places = text(row, "question"), row.get("unit"), row.get("precision")
    if not absent(unit) and unit:
        question += f" (Unit: {unit})"
    if not absent(places):
        number = gold.integer(places)
        if number is None:
            raise InputError(f"'precision' should be a number of decimal places, found {places!r}")
        question += f"\nRound the answer to {number} decimal place{'s' * (number != '1')}."
    pair = _PAIR.fullmatch(gold_text(field(row, "answer")))
    return _shown(
        math_problem(
            numbered(field(row, "pid"), 4),
            question,
            pair[1].strip() if pair else gold_text(field(row, "answer")),
            some(row, "unit", "precision", "answer_type", "metadata"),
        ),
        # Files are called .jpg whatever they hold.
        [
            Picture(each.name, each.data, true_name=False)
            for each in pictures(row, "decoded_image", "image")
        ],
    )


def mathvision(row: Row, index: int) -> Problem | None:
    """MATH-Vision: rows without options whose answer is no letter of one.

    ``<image1>`` and its like in a question are parts of the one image; they stay.
    """
    answer = gold_text(field(row, "answer"))
    options = row.get("options")
    if (not absent(options) and options) or _LETTER.fullmatch(answer):
        return None
    return _shown(
        math_problem(
            numbered(label(field(row, "id")), 4),
            text(row, "question"),
            gold.bare(answer),
            some(row, "subject", "level", "solution"),
        ),
        pictures(row, "decoded_image", "image"),
    )


def _shown(problem: Problem, shown: list[Picture]) -> Problem:
    if not shown:
        raise InputError("has no image")
    problem["pictures"] = shown
    return problem
