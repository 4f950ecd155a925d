"""The register machine: against a machine written out longhand, and hostile input."""

from __future__ import annotations

import itertools
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boundary.config.lab import LabBenchmark
from boundary.errors import InputError
from boundary.lab_traces import FEWEST_PROBLEMS
from boundary.tables import PROBLEMS
from boundary.tables import check as check_table
from boundary.tasks import registers
from boundary.tasks.registers import TABLE, check, draw_operations, held_out, problems, question

SHORT = LabBenchmark(problems=120, lengths=[3, 4, 5, 6])


def longhand(text: str) -> tuple[str, list[str]]:
    """Three named registers, one operation after the other: trace and contents."""
    marker, *operations, _ = text.split()
    a = b = c = 0
    trace = []
    for operation in operations if marker == "p" else reversed(operations):
        a = int(TABLE[int(operation[1:])][a])
        trace += [operation, f"v{a}"]
        a, b, c = b, c, a
    return " ".join(trace), [f"v{a}", f"v{b}", f"v{c}"]


def right_response(text: str) -> str:
    trace, contents = longhand(text)
    return f"{'>' if text[0] == 'p' else '<'} {trace} # {' '.join(contents)}"


texts = st.builds(
    question,
    st.sampled_from("pq"),
    st.permutations(range(24)).flatmap(
        lambda order: st.integers(3, 24).map(lambda length: order[:length])
    ),
)


def test_operations_are_permutations_that_never_change():
    assert (np.sort(TABLE, axis=1) == np.arange(24)).all()
    assert TABLE[0, :6].tolist() == np.random.RandomState(1234).permutation(24)[:6].tolist()
    assert len({tuple(row) for row in TABLE.tolist()}) == 24


@given(texts)
def test_the_right_response_is_correct_and_so_is_its_chain(text):
    assert " ".join(registers.solution(text)) == right_response(text)
    found = check(text, right_response(text))
    assert found == (" ".join(longhand(text)[1]), True, True, None)


@given(texts, st.data())
def test_one_wrong_word_is_seen(text, data):
    words = right_response(text).split()
    place = data.draw(st.integers(0, len(words) - 1))
    other = data.draw(st.sampled_from(registers.VOCABULARY).filter(lambda w: w != words[place]))
    found = check(text, " ".join([*words[:place], other, *words[place + 1 :]]))
    assert not found.chain_correct
    assert found.detail
    if place >= len(words) - 4:
        assert not found.correct


def test_a_right_answer_by_a_wrong_trace_is_correct_but_its_chain_is_not():
    text = "p o1 o2 o3 o4 ="
    words = right_response(text).split()
    words[2] = "v5" if words[2] != "v5" else "v6"
    found = check(text, " ".join(words))
    assert (found.correct, found.chain_correct) == (True, False)
    assert found.detail is not None
    assert "step 1" in found.detail
    bare = check(text, "# " + " ".join(longhand(text)[1]))
    assert (bare.correct, bare.chain_correct) == (True, False)


def test_the_other_strategy_is_wrong():
    text = "q o1 o2 o3 o4 o5 ="
    trace, contents = longhand(text.replace("q", "p"))
    found = check(text, f"> {trace} # {' '.join(contents)}")
    assert found.answer == " ".join(contents)
    assert not found.correct
    assert found.detail == "strategy: > where < is right"


@pytest.mark.parametrize(
    ("ending", "answer", "detail"),
    [
        ("", None, "no #"),
        ("#", None, "three states"),
        ("# v1 v2", None, "three states"),
        ("# v1 v2 o3", None, "three states"),
        ("# v1 v2 v24", None, "three states"),
        ("# # v1 v2 v3", None, "three states"),
        ("# v1 v2 v3 v4", "v1 v2 v3", "goes on"),
        ("# v1 v2 v3 #", "v1 v2 v3", "goes on"),
        ("# v1 v2 v3", "v1 v2 v3", "strategy"),
    ],
)
def test_malformed_responses_are_never_correct(ending, answer, detail):
    found = check("p o1 o2 o3 =", ending)
    assert (found.answer, found.correct, found.chain_correct) == (answer, False, False)
    assert found.detail is not None
    assert detail in found.detail


@given(texts, st.text() | st.lists(st.sampled_from(registers.VOCABULARY)).map(" ".join))
@example("p o1 o2 o3 =", "# " * 50_000)
@example("p o1 o2 o3 =", "\x00 # v1\ud800 {0.__class__} <script> %s")
def test_garbage_is_never_an_exception_nor_chain_correct(text, response):
    found = check(text, response)
    if response.split() != right_response(text).split():
        assert not found.chain_correct
    assert found.answer is None or set(found.answer.split()) <= set(registers.VALUES)
    assert found.detail is None or len(found.detail) < 120


@pytest.mark.parametrize(
    "text", ["", "p =", "p o1 o2 =", "r o1 o2 o3 =", "p o1 o1 o2 =", "p o1 o2 o24 =", "p o1 o2 o3"]
)
def test_a_question_of_another_task_is_refused(text):
    with pytest.raises(InputError, match="register problem"):
        check(text, "# v1 v2 v3")


def test_a_benchmark_is_a_whole_problems_table():
    frame = problems("short", SHORT)
    assert check_table(frame, PROBLEMS, "test").equals(frame)
    assert frame.height == frame["question"].n_unique() == frame["problem_id"].n_unique() == 120
    for row in frame.iter_rows(named=True):
        family, length = row["question"][0], len(row["question"].split()) - 2
        assert row["problem_id"].startswith(f"{family}-{length:02d}-")
        assert json.loads(row["metadata"]) == {"family": family, "length": length}
        assert row["answer"] == " ".join(longhand(row["question"])[1])
    counts = frame.group_by(pl.col("problem_id").str.head(4)).len().sort("problem_id").rows()
    assert counts == [(f"{f}-{n:02d}", c) for f, c in (("p", 24), ("q", 6)) for n in (3, 4, 5, 6)]


def test_benchmarks_are_stable_nested_and_differ_by_seed():
    first = problems("short", SHORT)
    assert first.equals(problems("short", SHORT))
    larger = problems("short", LabBenchmark(problems=240, lengths=[6, 5, 4, 3]))
    assert set(first["question"]) < set(larger["question"])
    other = problems("short", LabBenchmark(problems=120, lengths=[3, 4, 5, 6], seed=1))
    assert len(set(first["question"]) & set(other["question"])) < 10


def test_training_never_meets_a_benchmark_problem_nor_its_mirror():
    rng = np.random.default_rng(0)
    seen = {tuple(row) for _ in range(20) for row in draw_operations(rng, 5000, 3).tolist()}
    tested = {
        tuple(int(word[1:]) for word in text.split()[1:-1])
        for seed in range(5)
        for text in problems("x", LabBenchmark(problems=100, lengths=[3], seed=seed))["question"]
    }
    assert len(seen) > 11_000  # of the 12,144 there are, so an overlap would show
    assert not seen & (tested | {row[::-1] for row in tested})


def test_held_out_problems_suffice_and_are_a_sixteenth():
    triples = np.array(list(itertools.permutations(range(24), 3)))
    reserved = held_out(triples)
    assert (reserved == held_out(triples[:, ::-1])).all()
    assert FEWEST_PROBLEMS < reserved.sum() < 1000
    rng = np.random.default_rng(1)
    for length in (4, 8, 16, 24):
        drawn = rng.random((40_000, 24)).argsort(axis=1)[:, :length]
        assert held_out(drawn).mean() == pytest.approx(1 / 16, abs=0.006)


def test_training_draws_are_distinct_operations_in_every_place():
    drawn = draw_operations(np.random.default_rng(2), 20_000, 5)
    assert all(len(set(row)) == 5 for row in drawn.tolist())
    for column in drawn.T:
        assert np.bincount(column, minlength=24) / 20_000 == pytest.approx(1 / 24, abs=0.006)
