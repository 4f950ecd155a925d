r"""What is a gold answer, and what would make every response wrong."""

from __future__ import annotations

import datetime
from decimal import Decimal

import polars as pl
import pytest

from boundary.errors import InputError, TableError
from boundary.golds import fault_of, gold_text, math_gold, refuse_empty_golds, unreadable

EMPTY = ["", " \t", r"\boxed{}", r"\boxed{ }", "$$", "$ $", r"\(\)", r"\[ \]", r"\text{}", "{}"]
EMPTY += ["\u200b", "\ufeff $\u2060$"]
MISSING = ["None", "none", "null", "NULL", "nan", "NaN", "N/A", "n/a", "NA", "#N/A", "<NA>", "NaT"]
WRAPPED = ["$None$", r"\boxed{nan}", r"\( null \)", "inf", "-inf", "+Inf"]
NOTATION = [
    "['18']",
    '["18"]',
    "[]",
    "()",
    "{'a': 5}",
    "b'18'",
    "array([1, 2])",
    "np.float64(18.0)",
]
PROGRAMS = ["datetime.date(2024, 1, 1)", "Decimal('1.5')", "Timestamp('2024-01-01')"]
CONTROL = ["1\x00", "\x0crac{1}{2}", "5\text{ cm}", "a\neq b", "\x08inom{5}{2}"]
LEGITIMATE = [
    *("18", "-3", "0", r"\frac{1}{2}", "(2,\\infty)", "[0, 1]", r"\{\}", r"\emptyset", "\\infty"),
    *(r"\text{None}", r"\text{no solution}", "no solution", "True", "False", "yes", "Na", "x"),
    *(r"\{1, 2\}", "(3, 4)", r"\arcsin(10/13)", "none of these", "Infinity", "∅", "<", "i", "n"),
    *("[2, 3] \\cup [5, 6]", "a + b", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "B", "banana"),
]


@pytest.mark.parametrize("text", [*EMPTY, *MISSING, *WRAPPED, *NOTATION, *PROGRAMS, *CONTROL])
def test_no_answer(text: str) -> None:
    with pytest.raises(InputError, match="the answer"):
        gold_text(text)


@pytest.mark.parametrize("text", LEGITIMATE)
def test_an_answer(text: str) -> None:
    assert gold_text(f" {text}\n") == text
    assert fault_of(text) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (25, "25"),
        (25.0, "25"),
        (-0.0, "0"),
        (-1.0, "-1"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (1e-7, r"1 \times 10^{-7}"),
        (4.5e33, r"4.5 \times 10^{33}"),
        (10**40, "1" + "0" * 40),
        (Decimal("25.00"), "25"),
        (Decimal("0.30"), "0.3"),
    ],
)
def test_a_number(value: object, text: str) -> None:
    assert gold_text(value) == text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "has no answer, found None"),
        (float("nan"), "has no answer, found nan"),
        (float("inf"), "finite number, found inf"),
        (True, "found bool True"),
        (["18"], r"found list \['18'\]"),
        ({"a": 1}, r"found dict \{'a': 1\}"),
        (b"18", "found bytes b'18'"),
        (datetime.date(2024, 1, 1), "found date"),
        (0.1 + 0.2, "0.30000000000000004 has digits that are rounding"),
    ],
)
def test_no_number(value: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        gold_text(value)


def problems(*answers: str | None, kind: str = "math") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "problem_id": [f"p{i}" for i in range(len(answers))],
            "answer": pl.Series(answers, dtype=pl.String),
            "kind": [kind] * len(answers),
        }
    )


@pytest.mark.parametrize(
    "text", [None, *EMPTY, *MISSING, *WRAPPED, *NOTATION, *PROGRAMS, *CONTROL, "{'a': '5'}"]
)
def test_a_table_with_no_answer_is_refused_by_row(text: str | None) -> None:
    with pytest.raises(TableError, match=r"set: row 3, problem 'p2': the answer .*\(2 such rows\)"):
        refuse_empty_golds(problems("1", "x", text, "2", text), "set")


def test_a_table_of_answers_passes_and_programs_need_none() -> None:
    refuse_empty_golds(problems(*LEGITIMATE), "set")
    refuse_empty_golds(problems(None, "nan", kind="code"), "set")
    refuse_empty_golds(problems(None, kind="lab"), "set")  # it follows from the question
    refuse_empty_golds(problems(), "set")
    with pytest.raises(TableError, match="'nan' is a word for a missing value"):
        refuse_empty_golds(problems("nan", kind="lab"), "set")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (r"\frac{1}{", "braces that do not match"),
        (r"x}{y", "braces that do not match"),
        (r"\text{east", "braces that do not match"),
    ],
)
def test_a_gold_that_no_engine_can_read_is_refused(text: str, fault: str) -> None:
    assert fault in str(unreadable(text))
    with pytest.raises(InputError, match=fault):
        math_gold(text)
    problems = pl.DataFrame(
        {
            "problem_id": ["p", "q", "r"],
            "answer": ["5", text, text],
            "kind": ["math", "math", "text"],
        }
    )
    if text.count("{") != text.count("}"):
        with pytest.raises(TableError, match=f"row 2, problem 'q'.*{fault}"):
            refuse_empty_golds(problems, "here")
    refuse_empty_golds(problems.filter(pl.col("kind") == "text"), "here")


def test_a_gold_on_which_reading_raises_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        raise ValueError("hostile")

    monkeypatch.setattr("boundary.golds.read", fail)
    with pytest.raises(InputError, match=r"cannot be read \(ValueError\)"):
        math_gold("2^.5")


@pytest.mark.parametrize("text", [r"\{1,2\}", r"(0,1]", r"\}", "2^.5", r"\frac12e-3x", r"5\%"])
def test_other_golds_are_left(text: str) -> None:
    assert math_gold(text) == text
