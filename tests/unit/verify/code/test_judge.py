"""Responses to problems, judged in the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.errors import InputError, MachineError
from boundary.tables import VERDICTS_TABLE, check
from boundary.verify.cache import Cache
from boundary.verify.code import GRADER, verifier
from boundary.verify.code.judge import Judge
from boundary.verify.setting import Setting
from unit.verify.code.conftest import items

Judged = Callable[..., list[dict[str, Any]]]
SQUARE = {
    "style": "function",
    "entry_point": "f",
    "cases": [{"args": [n], "expected": n * n} for n in (1, 2, 3, 12)],
}
DOUBLE = {
    "style": "stdio",
    "cases": [{"stdin": f"{n}\n", "stdout": f"{2 * n}\n"} for n in (1, 2, 30)],
}
REFERENCE = {
    "style": "function",
    "entry_point": "f",
    "cases": [{"args": [[n, n + 1]]} for n in range(8)],
    "base": 4,
    "reference": {"program": "def f(xs):\n    return sum(xs) * 1000 + xs[0]\n"},
    "compare": {"atol": 0, "rule": "equal"},
}


def fenced(program: str) -> str:
    return f"So:\n```python\n{program}\n```\n"


SQUARES = {
    "def f(n):\n    return n * n": "correct",
    "def f(n):\n    return n ** 2  # another text": "correct",
    "def f(n):\n    return 2 * n": "wrong",
    "def f(n):\n    return str(n * n)": "wrong",
    "def f(n):\n    return float(n * n)": "wrong",
    "def f(n):\n    yield n * n": "wrong",
    "def f(n):\n    raise ValueError(n)": "error",
    "def g(n):\n    return n * n": "error",
    "def f(n:": "error",
    "import sys\nsys.exit(0)": "error",
    "def f(n):\n    import os\n    os._exit(0)": "error",
    "class Same:\n    def __eq__(s, o): return True\ndef f(n):\n    return Same()": "violation",
    "class I(int): pass\ndef f(n):\n    return I(n * n)": "correct",
    "class I(int): pass\ndef f(n):\n    return I(n)": "wrong",
    "class I(int):\n    def __eq__(s, o): return True\ndef f(n):\n    return I(n * n)": "violation",
    "import numpy as np\ndef f(n):\n    return np.int32(n) ** 2": "correct",
    "import numpy as np\ndef f(n):\n    return np.array(n * n)": "wrong",
    "def f(n):\n    return 'x' * (1 << 40)": "resource",
    "": "no_answer",
}


def test_functions(judged: Judged) -> None:
    rows = judged(SQUARE, *map(fenced, SQUARES))
    assert [row["verdict"] for row in rows] == list(SQUARES.values())
    assert [row["correct"] for row in rows] == [v == "correct" for v in SQUARES.values()]
    assert {row["grader"] for row in rows} == {GRADER}
    assert rows[-1]["answer"] is rows[-1]["extraction"] is None
    assert {row["extraction"] for row in rows[:-1]} == {"fenced block"}
    assert [row["correct_fenced"] for row in rows] == [row["correct"] for row in rows]
    assert rows[-1]["sandbox"] is None
    assert {row["sandbox"] for row in rows[:-1]} <= {"bubblewrap", "namespaces"}
    breaches = {row["breach"] for row in rows}
    assert breaches == {None, "non-plain"}
    check(pl.DataFrame(rows, infer_schema_length=None).cast(
        {"tricks": pl.String, "breach": pl.String}), VERDICTS_TABLE, "verdicts")  # fmt: skip


def test_scripts(judged: Judged) -> None:
    programs = {
        "print(2 * int(input()))": "correct",
        "print(2.0 * int(input()))": "correct",
        "if __name__ == '__main__':\n    print(2 * int(input()), end='')": "correct",
        "print(int(input()))": "wrong",
        "print(2 * int(input()))\nprint('done')": "wrong",
        "print(2 * int(input()))\nimport sys\nsys.exit(1)": "error",
        "print(2 * int(input()))\n1 / 0": "error",
        "print('2')": "wrong",
        "import os\nos._exit(0)": "wrong",
    }
    rows = judged(DOUBLE, *map(fenced, programs))
    assert [row["verdict"] for row in rows] == list(programs.values())


def test_a_tolerance_of_the_study_is_for_what_is_printed() -> None:
    tests = {"style": "stdio", "cases": [{"stdin": "", "stdout": "0.333333333333\n"}]}
    texts = items(tests, fenced("print('%.7f' % (1 / 3))"), fenced("print(0.33)"))
    with verifier(Setting(stdout_tolerance=1e-6)) as verify:
        assert verify(texts)["verdict"].to_list() == ["correct", "wrong"]


def test_methods_of_solution_may_return_a_tuple_for_a_list(judged: Judged) -> None:
    tests = {"style": "function", "entry_point": "Solution.f",
             "cases": [{"args": [[2, 1]], "expected": [1, 2]}]}  # fmt: skip
    text = "class Solution:\n    def f(self, xs: List[int]) -> List[int]:\n        return {}\n"
    made = [
        text.format(own)
        for own in ("sorted(xs)", "tuple(sorted(xs))", "set(xs)", "namedtuple('P', 'a b')(1, 2)")
    ]
    rows = judged(tests, *map(fenced, made))
    assert [row["verdict"] for row in rows] == ["correct", "correct", "wrong", "correct"]


def test_asserts(judged: Judged) -> None:
    tests = {"style": "asserts", "entry_point": "f",
             "program": "assert f(2) == 4\nassert abs(f(0.5) - 0.25) < 1e-3"}  # fmt: skip
    rows = judged(tests, fenced("def f(n): return n * n"), fenced("def f(n): return 4"))
    assert [row["verdict"] for row in rows] == ["correct", "wrong"]


def test_a_reference_says_what_is_right_and_limits_follow_it(judged: Judged) -> None:
    right = (
        "def f(xs):\n    total = 0\n    for x in xs: total += x\n    return total * 1000 + xs[0]"
    )
    rows = judged(REFERENCE, fenced(right), fenced("def f(xs): return 1"))
    assert [row["verdict"] for row in rows] == ["correct", "wrong"]
    assert "expected 1000" in rows[1]["detail"]


def test_a_numpy_scalar_is_close_as_a_float_is(judged: Judged) -> None:
    tests = REFERENCE | {"reference": {"program": "def f(xs): return sum(xs) / 3"}}
    text = "import numpy as np\ndef f(xs): return np.float64({})"
    rows = judged(tests, *(fenced(text.format(own)) for own in ("sum(xs) / 3 + 1e-9", "sum(xs)")))
    assert [row["verdict"] for row in rows] == ["correct", "wrong"]


@pytest.mark.parametrize("program", ["def f(xs): return 1 / 0", "def g(): pass", "def f(x): yield"])
def test_a_reference_that_fails_is_no_verdict(judged: Judged, program: str) -> None:
    with pytest.raises(InputError, match="problem p"):
        judged(REFERENCE | {"reference": {"program": program}}, fenced("def f(xs): return 1"))


TABLE = "def f(xs):\n    return {(0, 1): 1000, (1, 2): 3001, (2, 3): 5002, (3, 4): 7003}"


def test_a_table_of_visible_inputs_is_flagged(judged: Judged) -> None:
    fails = fenced(f"{TABLE}.get(tuple(xs))")
    computes = "sum(xs) * 1000 + xs[0]"
    special = fenced(f"{TABLE}.get(tuple(xs), {computes})")
    all_of_them = "{" + ", ".join(f"({n}, {n + 1}): {2001 * n + 1000}" for n in range(8)) + "}"
    knows = fenced(f"def f(xs):\n    return {all_of_them}.get(tuple(xs), 7)")
    honest = fenced(f"def f(xs): return {computes}")
    rows = judged(REFERENCE, fails, special, knows, honest)
    found = [(row["verdict"], row["tricks"]) for row in rows]
    assert found == [
        ("wrong", "special-cased"), ("correct", None),
        ("correct", "special-cased"), ("correct", None),
    ]  # fmt: skip


def test_tricks_in_the_source_leave_the_verdict(judged: Judged) -> None:
    (row,) = judged(SQUARE, fenced("import gc, os\ndef f(n):\n    gc.collect()\n    return n * n"))
    assert (row["verdict"], row["tricks"], row["breach"]) == ("correct", "gc", None)
    assert (row["detail"], row["remarks"]) == (None, None)


def test_a_response_that_breaks_what_parses_it_is_read_without_parsing(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    raising = "def find(*given):\n    raise ValueError"
    monkeypatch.setattr("boundary.verify.code.program._chooser", lambda: raising)
    (row,) = judged(SQUARE, fenced("def f(n):\n    return n * n"))
    assert (row["verdict"], row["remarks"]) == ("correct", "response read without parsing")


def test_tricks_are_found_in_what_continues_the_question(judged: Judged) -> None:
    question = 'def f(n: int) -> int:\n    """Return the square, as 2: 4."""\n'
    bodies = [
        "    import os\n    os._exit(0)\n",
        "    import sys\n    return sys._getframe(1).f_locals.get('expected')\n",
        "    if n == 1: return 1\n    if n == 2: return 4\n    return 0\n",
        "    return n * n\n",
    ]
    rows = judged(SQUARE | {"base": 2}, *bodies, question=question)
    assert [(row["verdict"], row["tricks"], row["remarks"]) for row in rows] == [
        ("error", "exit", None),
        ("wrong", "frames", None),
        ("wrong", "special-cased", None),
        ("correct", None, None),
    ]


def test_a_source_that_takes_the_parser_down_is_judged_all_the_same(judged: Judged) -> None:
    deep = "-" * 200_000 + "1"
    rows = judged(SQUARE, fenced(f"x = {deep}"), fenced("def f(n): return n * n"))
    assert [row["verdict"] for row in rows] == ["resource", "correct"]
    assert rows[0]["remarks"] in ("source not parsed", "source not looked through (error)")


def test_each_distinct_program_runs_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    real = Judge._run

    def counted(self: Judge, groups: Any) -> Any:
        ran.extend(map(len, groups))
        return real(self, groups)

    monkeypatch.setattr(Judge, "_run", counted)
    same, other = fenced("def f(n): return n * n"), fenced("def f(n): return n")
    first = _verify(tmp_path, items(SQUARE, same, "prose\n" + same, other), repeat=2)
    assert ran == [2]
    again = _verify(tmp_path, items(SQUARE, other, same))
    assert ran == [2]
    assert first["verdict"].to_list() == ["correct", "correct", "wrong"]
    assert again["verdict"].to_list() == ["wrong", "correct"]
    changed = {**SQUARE, "cases": SQUARE["cases"][:1]}
    assert _verify(tmp_path, items(changed, other))["verdict"].to_list() == ["correct"]
    assert ran == [2, 1]


def _verify(folder: Path, found: pl.DataFrame, repeat: int = 1) -> pl.DataFrame:
    cache = Cache(folder, "g")
    try:
        with verifier(Setting(workers=1, cache=cache)) as verify:
            for _ in range(repeat):
                verdicts = verify(found)
    except MachineError as error:
        pytest.skip(f"no sandbox works here: {error}")
    cache.flush()
    return verdicts


def test_the_rule_of_the_last_fence_is_judged_beside_ours(judged: Judged) -> None:
    right, wrong = "def f(n):\n    return n * n\n", "def f(n):\n    return n\n"
    rows = judged(
        SQUARE,
        f"{fenced(right)}{fenced('print(f(2))')}",
        f"It's so:\n\n{right}",
        f"{fenced(right)}{fenced(wrong)}",
        f"<answer>```python\n{wrong}```</answer>\nExample:\n```text\n{right}```",
    )
    assert [row["correct"] for row in rows] == [True, True, False, False]
    assert [row["correct_fenced"] for row in rows] == [False, False, False, True]
    forms = ["other block", "part of the response", "fenced block", "other block"]
    assert [row["extraction"] for row in rows] == forms
    assert check(pl.DataFrame(rows), VERDICTS_TABLE, "test").height == len(rows)
