"""Verdicts on mathematics: ordinary equalities, hostile answers, real responses."""

import json
from pathlib import Path

import polars as pl
import pytest

from boundary.errors import TableError
from boundary.tables import VERDICTS_TABLE, check
from boundary.verify import killable, math
from boundary.verify.killable import Limits
from boundary.verify.math import judge_pairs, verify

REAL = Path(__file__).parents[4] / "shared" / "data" / "real_outputs" / "math_cot_100.jsonl"
LIMITS = Limits(cpu_seconds=1)


def items(*pairs):
    """Make items of (gold, response)."""
    return pl.DataFrame(
        {
            "problem_id": [f"p{i}" for i in range(len(pairs))],
            "sample_index": [0] * len(pairs),
            "question": "q",
            "answer": [gold for gold, _ in pairs],
            "tests": None,
            "metadata": None,
            "response": [response for _, response in pairs],
            "finish_reason": "stop",
        }
    )


EQUAL = [
    ("5", "5"),
    (r"\frac{1}{2}", "0.5"),
    (r"\frac{1}{2}", r"\dfrac12"),
    (r"\frac{1}{2}", "1/2"),
    (r"\frac{1}{2}", r"\frac{2}{4}"),
    ("10{,}000", "10000"),
    ("10000", "10,000"),
    (r"10,\!000", "10000"),
    (r"\sqrt{8}", r"2\sqrt{2}"),
    ("x^2+2x+1", "(x+1)^2"),
    ("[1,2)", r"\left[1, 2\right)"),
    (r"(-\infty, 3)", r"(-\infty,3)"),
    (r"(1,2) \cup (3,4)", r"(3,4)\cup(1,2)"),
    (r"\{1,2\}", r"\{2, 1\}"),
    ("1,2", "2,1"),
    (r"(3,\frac{\pi}{2})", r"\left( 3, \pi/2 \right)"),
    ("5", r"5\text{ cm}"),
    (r"5 \text{ square units}", "5"),
    (r"90^\circ", "90"),
    (r"\$6", "6"),
    (r"\text{east}", r"\text{east}"),
    (r"\text{(B)}", "B"),
    ("x=5", "5"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"),
]
DIFFERENT = [
    ("5", "6"),
    ("10000", "10001"),
    ("(1,2)", "[1,2]"),
    ("(1,2)", "(2,1)"),
    (r"\frac{1}{2}", "2"),
    ("50", "0.5"),
    ("5", "-5"),
    ("x+y", "x+z"),
    (r"\text{east}", r"\text{west}"),
    ("1,2", "1,2,3"),
    ("x>3", r"x\geq 3"),
    ("4", "3"),
]


def test_ordinary_equalities_and_inequalities():
    pairs = EQUAL + DIFFERENT
    found = judge_pairs(pairs)
    wrong = [pair for pair in EQUAL if found[pair].verdict != "correct"]
    wrong += [pair for pair in DIFFERENT if found[pair].verdict != "wrong"]
    assert wrong == []


HOSTILE = {
    r"9^{9^{9^9}}": "timeout",
    "500000000!": "timeout",
    r"10^{10^{10}}": "timeout",
    "1" * 10**6: "resource",
    "1" * 1001: "resource",
    "{" * 51 + "5" + "}" * 51: "resource",
    "(" * 51 + "6" + ")" * 51: "resource",
    r"\frac{1}{" * 51 + "2" + "}" * 51: "resource",
    "9" * 1000: "wrong",
    "__import__('os').system('touch MARK')": "wrong",
    r"\text{__import__('os').system('touch MARK')}": "wrong",
    "exec(open('MARK','w').write('x'))": "wrong",
    "{0.__class__}%s%n": "wrong",
    "<script>alert(5)</script>": "wrong",
    "$" * 500: "wrong",
}


def test_every_hostile_answer_gets_a_verdict_and_nothing_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mark = str(tmp_path / "mark")
    answers = [answer.replace("MARK", mark) for answer in HOSTILE]
    found = verify(items(*(("5", rf"\boxed{{{a}}}") for a in answers)), limits=LIMITS)
    assert dict(zip(HOSTILE, found["verdict"], strict=True)) == HOSTILE
    assert found["correct"].sum() == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("response", "detail"),
    [
        ("five", "no closed \\boxed{}"),
        ("", "no closed \\boxed{}"),
        (r"\boxed{5", "no closed \\boxed{}"),
        (r"\boxed{ }", "an empty \\boxed{}"),
        (r"\boxed{5}</think> so it is 5", "no closed \\boxed{}"),
    ],
)
def test_no_answer_is_not_wrong(response, detail):
    found = verify(items(("5", response))).row(0, named=True)
    assert (found["verdict"], found["answer"], found["correct"]) == ("no_answer", None, False)
    assert found["detail"] == detail


def test_the_result_is_a_verdicts_table():
    given = items(("5", r"\boxed{5}"), ("5", "none"), (r"\frac12", r"\boxed{ 0.5 }"))
    found = verify(given)
    assert check(found, VERDICTS_TABLE, "x").equals(found)
    assert found["answer"].to_list() == ["5", None, "0.5"]
    assert found["grader"].unique().to_list() == [math.GRADER]
    assert found["detail"].to_list() == [
        "same text as the gold answer",
        "no closed \\boxed{}",
        "equivalent to the gold answer",
    ]
    assert check(verify(given.clear()), VERDICTS_TABLE, "x").height == 0


def test_equal_text_needs_no_process(monkeypatch):
    def never(*_):
        raise AssertionError("a process was started")

    monkeypatch.setattr(killable, "_start_fork_server", never)
    found = verify(items(("10{,}000", r"\boxed{10,000}"), ("x", "no box")))
    assert found["verdict"].to_list() == ["correct", "no_answer"]


def test_each_distinct_pair_is_compared_once(monkeypatch):
    seen = []

    def run(function, tasks, **_):
        seen.extend(tasks)
        return [("wrong", None)] * len(tasks)

    monkeypatch.setattr(math, "run_killable", run)
    verify(items(*[("5", r"\boxed{6}"), ("4", r"\boxed{6}"), ("5", r"\boxed{5}")] * 10))
    assert seen == [("4", "6"), ("5", "6")]


def test_a_gold_answer_longer_than_the_cap_can_still_be_met():
    gold = "1+" * 600 + "1"
    assert verify(items((gold, rf"\boxed{{{gold}}}")))["verdict"].to_list() == ["correct"]


def test_a_huge_answer_is_stored_by_its_beginning_and_digest():
    pairs = [("5", r"\boxed{" + "1" * 2000 + end + "}") for end in "23"]
    first, second = verify(items(*pairs))["answer"]
    assert first.startswith("1" * 1000 + "… (2001 characters, sha256 ")
    assert len(first) < 1100
    assert first != second


def test_an_unreadable_gold_answer_is_said():
    ((verdict, detail),) = judge_pairs([("__gold__", "5")]).values()
    assert verdict == "wrong"
    assert detail == "the gold answer could not be read as mathematics, only as text"
    ((verdict, detail),) = judge_pairs([("5", "__answer__")]).values()
    assert verdict == "wrong"
    assert detail == "the answer could not be read as mathematics"


def test_a_problem_without_gold_answer_is_named():
    with pytest.raises(TableError, match=r"1 problem.*no gold answer: p1"):
        verify(items(("5", r"\boxed{5}"), (None, r"\boxed{5}")))


def test_a_fault_of_the_parser_is_an_error_and_not_wrong(monkeypatch):
    from boundary.verify import equivalence

    def fail(kind):
        def parse(_):
            raise kind

        return parse

    for kind, verdict in ((KeyError, "error"), (MemoryError, "resource")):
        monkeypatch.setattr(equivalence, "_parse", fail(kind))
        found, detail = equivalence.judge("1", "2")
        assert found == verdict
        assert ("KeyError" in detail) == (kind is KeyError)


def test_real_responses_agree_with_their_labels():
    if not REAL.exists():
        pytest.skip(f"needs the test data {REAL.name} beside the repository")
    rows = [json.loads(line) for line in REAL.read_text().splitlines()]
    triples = [
        (row["answer"], response, label)
        for row in rows
        for response, label in zip(row["code"], row["score"], strict=True)
    ]
    found = verify(items(*((gold, response) for gold, response, _ in triples)))
    odd = {
        (gold, answer, correct)
        for (gold, _, label), answer, correct in zip(
            triples, found["answer"], found["correct"], strict=True
        )
        if label != correct
    }
    assert len(triples) == 800
    # The label's grader does not read the braces of a thousands separator.
    assert odd == {("10{,}000", "10000", True)}
    assert found["correct"].sum() == 729
