"""A verifier in a file of the user's: held to its promise, and named with what it gets wrong."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from boundary.digests import PACKAGE
from boundary.errors import InputError, TableError
from boundary.extraction import RULES
from boundary.tables import VERDICTS_TABLE, check
from boundary.verify.custom import verifier
from boundary.verify.setting import Setting

ROOT = PACKAGE.parents[1]
ITEMS = pl.DataFrame(
    {
        "problem_id": ["a", "a", "b"],
        "sample_index": [0, 1, 0],
        "response": ["it is 4", "it is five", "12"],
        "finish_reason": "stop",
        "question": "An even number?",
        "answer": None,
        "metadata": None,
        "tests": None,
    }
)
EVEN = """
import contextlib
import polars as pl

GRADER = "even-1"

@contextlib.contextmanager
def verifier(setting):
    yield judge

def judge(items):
    answer = items["response"].str.extract("([0-9]+)$")
    correct = (answer.cast(pl.Int64) % 2 == 0).fill_null(False)
    words = pl.when(correct).then(pl.lit("correct")).otherwise(pl.lit("wrong"))
    return items.select("problem_id", "sample_index", answer=answer, correct=correct, verdict=words)
"""
YIELDS = "@contextlib.contextmanager\ndef verifier(setting):\n    yield judge\n"


def judged(tmp_path: Path, text: str, items: pl.DataFrame = ITEMS) -> pl.DataFrame:
    path = tmp_path / "mine.py"
    path.write_text(text)
    with verifier(f"file:{path}", Setting()) as verify:
        return verify(items)


def test_it_judges_each_response(tmp_path: Path) -> None:
    rows = judged(tmp_path, EVEN)
    assert check(rows, VERDICTS_TABLE, "x").equals(rows)
    assert rows["correct"].to_list() == [True, False, True]
    assert rows["answer"].to_list() == ["4", None, "12"]
    assert set(rows["grader"]) == {"even-1"}


def test_the_example_of_the_documentation_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs/grading.md").read_text()
    (example,) = re.findall(r"```python\n(import contextlib\n.*?)```", page, re.DOTALL)
    assert judged(tmp_path, example).equals(judged(tmp_path, EVEN))


def test_it_may_read_answers_as_the_built_in_verifiers_do(tmp_path: Path) -> None:
    text = """
import contextlib
from boundary.verify.reading import answer_verdicts, read_response
GRADER = "box-1"

@contextlib.contextmanager
def verifier(setting):
    def read(gold, metadata, response, cut):
        return gold, read_response(response, cut)
    def judge(gold, answer):
        return answer, answer == gold
    yield lambda items: answer_verdicts(items, setting.extract, GRADER, read, judge)
"""
    items = ITEMS.with_columns(response=pl.lit(r"\\boxed{7}"), answer=pl.lit("7"))
    rows = judged(tmp_path, text, items.with_columns(pl.col("metadata").cast(pl.String)))
    assert rows["correct"].all()
    assert {f"correct_{rule}" for rule in RULES} <= {*rows.columns}


def test_data_classes_and_names_of_other_modules_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "math.py"
    head = "from __future__ import annotations\nimport dataclasses\n@dataclasses.dataclass\n"
    path.write_text(head + "class Gold:\n    value: int\nimport math\nmath.pi\n" + EVEN)
    with verifier(f"file:{path}", Setting()) as verify:
        assert verify(ITEMS).height == 3


WRONG = {
    "not Python": ("def verifier(setting:", r"line 1: loading it raised SyntaxError"),
    "raises when loaded": ("import nothing_like_it", "line 1: loading it raised ModuleNotFoundE"),
    "no grader": (EVEN.replace("GRADER", "NAME"), "does not define GRADER, a text"),
    "no function": (EVEN.replace("verifier(", "check("), r"the function verifier\(setting\)"),
    "no context": (
        EVEN.replace(YIELDS, "verifier = lambda setting: judge\n"),
        "no context manager",
    ),
    "raises when opened": (
        EVEN.replace("yield judge", "raise OSError('no model')"),
        r"line 9: verifier\(setting\) raised OSError: no model",
    ),
    "yields no function": (
        EVEN.replace("yield judge", "yield 3"),
        "yields an object of type int; it should yield a function",
    ),
    "raises at a response": (
        EVEN.replace(
            "    answer =",
            "    items['response'].str.to_integer() if 'five' in items["
            "'response'].str.tail(4) else 0\n    answer =",
        ),
        r"line 12: judging problem 'a', sample 1 raised",
    ),
    "returns a list": (EVEN.replace("return items", "return [1] or items"), "object of type list"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_it_gets_wrong_is_told_with_the_file(name: str, tmp_path: Path) -> None:
    text, message = WRONG[name]
    with pytest.raises(InputError, match=rf"(?s)mine\.py.*{message}"):
        judged(tmp_path, text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("verdict=words", "word=words"), "what it returned: not a verdicts table.*no column verd"),
        (("correct=correct", "correct=~correct"), "correct says what verdict says; 3 row"),
        (('pl.lit("wrong")', 'pl.lit("bad")'), "found bad; 1 row.*row 1 .a, 1."),
    ],
)
def test_what_it_returns_is_a_table_of_verdicts(
    change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(TableError, match=rf"(?s)mine\.py.*{message}"):
        judged(tmp_path, EVEN.replace(*change))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "give it as --verifier file:PATH.py"),
        ("file:none.py", r"none\.py: no such verifier; paths are relative"),
        ("mine.py", "should be 'file:PATH.py'"),
        ("file:mine.txt", "should be 'file:PATH.py'"),
    ],
)
def test_without_a_file_there_is_no_verifier(source: str | None, message: str) -> None:
    with (
        pytest.raises(InputError, match=message),
        verifier(source, Setting()),
    ):
        pass
