"""Verdicts on mathematics: ordinary equalities, hostile answers, real responses."""

import importlib
import json

import polars as pl
import pytest

from boundary.errors import TableError
from boundary.extraction import RULES
from boundary.tables import VERDICTS_TABLE, check
from boundary.verify import killable, math, reading
from boundary.verify.math import verifier
from boundary.verify.setting import Setting
from harness import HAND_MADE


def verify(given):
    with verifier(Setting(workers=2)) as verified:
        return verified(given)


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


@pytest.mark.parametrize(
    ("response", "detail"),
    [
        ("I do not know.", "no final answer"),
        ("", "no final answer"),
        (r"\boxed{5", "no final answer"),
        (r"\boxed{ }", "an empty answer"),
        (r"\boxed{5}</think> so it was", "no final answer"),
        (r"\boxed{5}. That is wrong.", "no final answer"),
        ("<answer> </answer>", "an empty answer"),
    ],
)
def test_no_answer_is_not_wrong(response, detail):
    found = verify(items(("5", response))).row(0, named=True)
    assert (found["verdict"], found["answer"], found["correct"]) == ("no_answer", None, False)
    assert found["detail"] == detail
    assert (found["extraction"] is None) == (detail == "no final answer")


def test_the_result_is_a_verdicts_table():
    given = items(("5", r"\boxed{5}"), ("5", "I give up here"), (r"\frac12", r"\boxed{ 0.5 }"))
    found = verify(given)
    assert check(found, VERDICTS_TABLE, "x").equals(found)
    assert found["answer"].to_list() == ["5", None, "0.5"]
    assert found["grader"].unique().to_list() == [math.GRADER]
    assert found["detail"].to_list() == [
        "same text as the gold answer",
        "no final answer",
        "same structure and numbers",
    ]
    assert found["correct_lenient"].to_list() == [True, False, True]
    assert found["correct_agreed"].to_list() == [True, False, True]
    assert check(verify(given.clear()), VERDICTS_TABLE, "x").height == 0


def test_equal_text_needs_no_process(monkeypatch):
    def never(*_):
        raise AssertionError("a process was started")

    monkeypatch.setattr(killable, "_start_fork_server", never)
    found = verify(items(("10{,}000", r"\boxed{10,000}"), ("x", "there is no box")))
    assert found["verdict"].to_list() == ["correct", "no_answer"]


def test_each_distinct_pair_is_compared_once(monkeypatch):
    seen = []

    def run(_, function, tasks, share):
        seen.extend(tasks)
        return [("wrong", None, ()) if task[0] == "judge" else False for task in tasks]

    monkeypatch.setattr(killable.KillablePool, "run", run)
    rows = [("x", r"\boxed{2y}"), ("x", r"so \boxed{2y}"), ("5", r"\boxed{5}")] * 10
    with verifier(Setting()) as verified:
        verified(items(*rows))
        verified(items(*rows))
    assert sorted(seen) == [("judge", "x", "2y"), ("second", "x", "2y")]


#: Each stage that reads what a response holds, where it is looked up.
STAGES = (
    *("verify.reading.readings", "verify.math.judging.normalise", "verify.math.judging.read"),
    *("verify.math.judging.Comparison", "verify.math.judging.too_much"),
    *("verify.math.worker.read", "verify.math.worker.Comparison", "verify.math.worker.equal"),
)
#: Stages of what is only measured: they decide nothing, also when they raise.
MEASURED = (
    *("verify.math.lenient_answer", "verify.math.worker.lenient_same"),
    "verify.math.worker.second_opinion",
)


@pytest.mark.parametrize("stage", STAGES + MEASURED)
@pytest.mark.parametrize("raised", [ValueError, RecursionError, KeyError, AssertionError])
def test_a_response_never_ends_a_job(monkeypatch, stage, raised):
    """A stage that raises costs its own row the verdict, and no other row anything."""
    module, _, name = f"boundary.{stage}".rpartition(".")
    real = getattr(importlib.import_module(module), name)

    def fail(*given, **more):
        if (
            any("HOSTILE" in text for text in given if isinstance(text, str))
            or name == "Comparison"
        ):
            raise raised("hostile text")
        return real(*given, **more)

    def run(_, function, tasks, share=1.0):  # in this process, where the stage is replaced
        return [function(*task) for task in tasks]

    monkeypatch.setattr(f"boundary.{stage}", fail)
    monkeypatch.setattr(killable.KillablePool, "run", run)
    rows = [("x", r"\boxed{x^2+HOSTILE}"), ("7", r"\boxed{7}"), ("x", "I do not know.")]
    found = verify(items(*rows))
    expected = "wrong" if stage in MEASURED else "resource" if raised is RecursionError else "error"
    if expected == "resource" and "worker" not in stage:
        expected = "error"
    assert found["verdict"].to_list() == [expected, "correct", "no_answer"], found["detail"][0]
    assert found["correct_lenient"].to_list() == [False, True, False]


HOSTILE = (
    r"2^.5",
    r"x^.5",
    r"\frac12e-3x",
    r"x^2e-3",
    r"2^{.5}",
    "x_.5",
    "2^.",
    r"\frac.5",
    "1e-3e-3",
)


def test_exponents_without_braces_are_read_or_wrong_and_their_neighbours_unharmed():
    rows = [
        pair for text in HOSTILE for pair in ((("x"), rf"\boxed{{{text}}}"), ("7", r"\boxed{7}"))
    ]
    rows += [(text, r"\boxed{8}") for text in HOSTILE]
    found = verify(items(*rows))
    hostile = 2 * len(HOSTILE)
    assert found["verdict"].to_list()[1:hostile:2] == ["correct"] * len(HOSTILE)
    assert set(found["verdict"][0:hostile:2]) | set(found["verdict"][hostile:]) == {"wrong"}


def test_rows_keep_their_order_and_equal_responses_their_own_problem():
    rows = [("1", r"\boxed{2}"), ("2", r"\boxed{2}"), ("1", r"\boxed{1}"), ("1", r"\boxed{2}")]
    found = verify(items(*rows))
    assert found["problem_id"].to_list() == ["p0", "p1", "p2", "p3"]
    assert found["correct"].to_list() == [False, True, True, False]


class Shelf:
    """A cache in memory."""

    def __init__(self):
        self.held, self.asked, self.flushed = {}, 0, 0

    def get(self, keys):
        keys = list(keys)
        self.asked += len(keys)
        return {key: self.held[key] for key in keys if key in self.held}

    def put(self, rows):
        self.held |= json.loads(json.dumps(rows))

    def flush(self):
        self.flushed += 1


def test_what_an_earlier_job_compared_is_taken_from_the_cache(monkeypatch):
    shelf = Shelf()
    given = items(("2x", r"\boxed{x+x}"), ("x", r"\boxed{y}"), ("1", r"\boxed{1}"), ("1", "none"))
    with verifier(Setting(cache=shelf)) as verified:
        first = verified(given)
    assert shelf.flushed == 1
    assert first["correct"].to_list() == [True, False, True, False]
    # Only what needed an engine is worth keeping.
    assert 2 <= len(shelf.held) <= 4

    def never(*_):
        raise AssertionError("compared again")

    monkeypatch.setattr(killable, "_start_fork_server", never)
    with verifier(Setting(cache=shelf)) as verified:
        assert verified(given).equals(first)


def test_other_declarations_of_a_final_answer_are_read_and_said():
    found = verify(
        items(
            ("5", "Reasoning.\nAnswer: 5"),
            ("5", "<think> 4? </think> <answer> 5 </answer>"),
            ("5", "So the final answer is $5$. I hope it is correct."),
            ("5", r"\boxed{4} no, \boxed{5}"),
            ("5", "maybe 5"),
        )
    )
    assert found["verdict"].to_list() == ["correct"] * 4 + ["no_answer"]
    forms = ["answer line", "answer element", "answer sentence", "box", None]
    assert found["extraction"].to_list() == forms
    assert found["remarks"].to_list() == [None, None, None, "multiple boxes", None]
    # The lenient rule falls back on the last number.
    assert found["correct_lenient"].to_list()[4] is True


def test_every_rule_of_extraction_is_judged_whichever_decides():
    rows = [
        ("5", r"\boxed{5}"),
        ("5", r"\boxed{4} is half. The answer is 5."),
        ("5", r"\boxed{5} is half. The answer is 10."),
        ("5", "So the total is **5**."),
        ("5", "I have no idea"),
    ]
    by_rule = {
        "boxed": [True, False, True, False, False],
        "declared": [True, True, False, False, False],
        "any": [True, True, False, True, False],
    }
    for rule, expected in by_rule.items():
        with verifier(Setting(extract=rule)) as verified:
            found = verified(items(*rows))
        assert found["correct"].to_list() == expected
        for other, column in by_rule.items():
            assert found[f"correct_{other}"].to_list() == column
    forms = ["box", "answer sentence", "answer sentence", "bold", None]
    assert found["extraction"].to_list() == forms
    assert found["answer"].to_list() == ["5", "5", "10", "5", None]


def test_what_a_cut_off_response_ends_in_is_no_answer():
    given = items(("5", "So the total is **5**."), ("5", "So the total is **5**."))
    cut = given.with_columns(finish_reason=pl.Series(["stop", "length"]))
    assert verify(cut)["correct"].to_list() == [True, False]
    assert verify(cut.drop("finish_reason"))["correct"].to_list() == [True, True]


def test_a_response_that_cannot_be_read_is_an_error_of_its_row(monkeypatch):
    honest = reading.readings

    def fragile(response, **options):
        if "bad" in response:
            raise ValueError("hostile")
        return honest(response, **options)

    monkeypatch.setattr(reading, "readings", fragile)
    found = verify(items(("5", r"\boxed{5}"), ("5", r"bad \boxed{5}"), ("5", r"so \boxed{5}")))
    assert found["verdict"].to_list() == ["correct", "error", "correct"]
    assert found["detail"][1] == "reading the response raised ValueError"
    assert found["correct_any"].to_list() == [True, False, True]


def test_two_boxes_in_one_statement_are_a_hedge():
    found = verify(items(("4", r"\boxed{3} or \boxed{4}"), ("3,4", r"\boxed{3} and \boxed{4}")))
    assert found["verdict"].to_list() == ["wrong", "correct"]
    assert found["remarks"].to_list() == ["multiple boxes"] * 2


def test_the_second_engine_is_heard_and_decides_nothing():
    found = verify(items(("5050", r"\boxed{\int_0^{5050} 1 dx}"), ("52", r"\boxed{26 \cdot 2}")))
    assert found["correct"].to_list() == [True, True]
    assert found["correct_agreed"].to_list() == [False, True]
    assert found["remarks"].to_list() == ["unevaluated,second engine not read: number", None]


def test_a_gold_answer_longer_than_the_cap_can_still_be_met():
    gold = "1+" * 600 + "1"
    assert verify(items((gold, rf"\boxed{{{gold}}}")))["verdict"].to_list() == ["correct"]


def test_a_huge_answer_is_stored_by_its_beginning_and_digest():
    pairs = [("5", r"\boxed{" + "1" * 2000 + end + "}") for end in "23"]
    first, second = verify(items(*pairs))["answer"]
    assert first.startswith("1" * 1000 + "… (2001 characters, sha256 ")
    assert len(first) < 1100
    assert first != second


def test_a_problem_without_gold_answer_is_named():
    with pytest.raises(TableError, match=r"1 problem.*no gold answer: p1"):
        verify(items(("5", r"\boxed{5}"), (None, r"\boxed{5}")))


def judged(path):
    """Return verdicts on responses of a file, and what its labels call otherwise."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
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
    rules = ("correct", "correct_lenient", "correct_agreed", *(f"correct_{r}" for r in RULES))
    return odd, [found[name].sum() for name in rules], found["extraction"].to_list()


def test_hand_made_responses_agree_with_their_labels():
    odd, right, extraction = judged(HAND_MADE / "responses/math_cot.jsonl")
    assert odd == {("10{,}000", "10000", True)}
    assert right == [8] * 6
    assert extraction == ["box"] * 11 + ["whole response"]


def test_real_responses_agree_with_their_labels(shared_data):
    odd, right, extraction = judged(shared_data / "real_outputs/math_cot_100.jsonl")
    # The labels' grader reads neither the braces of a thousands separator nor times of day.
    assert odd == {
        ("10{,}000", "10000", True),
        (r"\text{4:30 p.m.}", r"4:30 \text{ p.m.}", True),
    }
    assert right == [737, 742, 737, 737, 737, 737]
    assert extraction == ["box"] * 800
