"""Batches of OpenAI and vLLM: with and without requests, what failed, and every fault.

No real file is at hand: the lines are written by hand from vLLM's `BatchRequestOutput`
(entrypoints/openai/run_batch.py) and OpenAI's page on the Batch API.
"""

from __future__ import annotations

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive
from importer_files import batch, lines

QUESTIONS = {"p0": "What is 1 + 1?", "p1": "What is 2 + 2?"}


def asked(name="p0", question=None, **body):
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": question or QUESTIONS[name]},
    ]
    body = {"model": "org/m", "messages": messages, **body}
    return {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body}


@pytest.fixture
def sides(tmp_path):
    """Return a function from files, rows by name, to sides with the answers 2 and 4."""
    problems = tmp_path / "problems.jsonl"
    problems.write_bytes(
        lines(
            {"problem_id": name, "question": question, "answer": str(2 * i + 2)}
            for i, (name, question) in enumerate(QUESTIONS.items())
        )
    )

    def read(**files):
        (tmp_path / "run").mkdir(exist_ok=True)
        for name, rows in files.items():
            (tmp_path / "run" / f"{name}.jsonl").write_bytes(lines(rows))
        reading = Reading(problems=problems, kind="math")
        return read_side(tmp_path / "run", reading, tmp_path / "work")

    return read


def scores(side):
    return side.scores.select("problem_id", "n", "correct").rows()


def test_choices_are_responses_and_ids_problems(sides):
    (side,) = sides(out=[batch("p0", "\\boxed{2}", "\\boxed{3}"), batch("p1", "\\boxed{4}")])
    assert (side.label, side.format) == ("org/m", "openai_batch")
    assert scores(side) == [("p0", 2, 1), ("p1", 1, 1)]


def test_requests_that_ask_the_same_are_samples(sides):
    requests = [asked(f"r{i}", QUESTIONS[f"p{i % 2}"]) for i in range(4)]
    (side,) = sides(ask=requests, out=[batch(f"r{i}", "\\boxed{4}") for i in range(4)])
    assert scores(side) == [("p0", 2, 0), ("p1", 2, 2)]
    assert any("ask the same are samples of one problem" in each for each in side.remarks)
    assert any("2 by their text" in each for each in side.remarks)


def test_completions_have_texts(sides):
    row = batch("p0")
    row["response"]["body"]["choices"] = [{"index": 0, "text": "\\boxed{2}"}]
    assert scores(sides(out=[row])[0]) == [("p0", 1, 1)]


def test_what_failed_has_no_outcome(sides):
    rows = [batch("p0"), batch("p1", error={"code": "x"}, response=None)]
    (side,) = sides(ask=[asked("p0"), asked("p1", n=3)], out=rows)
    assert side.scores.select("problem_id", "n", "n_unset").rows() == [("p0", 1, 0), ("p1", 3, 3)]
    assert any("1 requests failed and are trials without" in each for each in side.remarks)
    rows[1] = batch("p1", response={"status_code": 500, "body": None})
    with pytest.raises(InputError, match="line 2: request p1 failed, and the files are of several"):
        sides(ask=[asked("p0"), asked("p1", model="?")], out=rows, more=[batch("p0", model="b")])


def test_requests_without_output_have_no_outcome(sides):
    (side,) = sides(ask=[asked("p0"), asked("p1")], out=[batch("p0")])
    assert side.scores["n_unset"].to_list() == [0, 1]
    assert any("1 requests have no line of output" in each for each in side.remarks)


def test_settings_that_differ_are_said(sides):
    requests = [asked("p0", temperature=1), asked("p1", temperature=0.6)]
    (side,) = sides(ask=requests, out=[batch("p0"), batch("p1")])
    assert any("in 2 ways, such as" in each and "0.6" in each for each in side.remarks)


def changed(row, **body):
    return {**row, "response": {**row["response"], "body": body}}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (batch("p0"), "line 2: custom_id p0 stands in line 1 already"),
        (batch("p9"), "line 2: p9 is none of the 2 requests that are given"),
        (batch("p1", model=None), "line 2: model is None"),
        (changed(batch("p1"), model="m", choices=[]), r"line 2: choices should be a list.* \[\]"),
        (changed(batch("p1"), model="m", choices=[{"index": 0, "text": 3}]), "a choice should"),
        (
            changed(batch("p1"), model="m", choices=[{"index": 0, "text": "a"}] * 2),
            r"a choice stands twice \(their indices: \[0, 0\]",
        ),
        (changed(batch("p1"), data=[]), r"has the keys \['data'\], so that no version of the bod"),
        ({**batch("p1"), "response": {"body": {}}}, "response should have a status_code"),
        ({"custom_id": "p1"}, r"line 2: has the keys \['custom_id'\]"),
        ({**batch("p1"), "custom_id": 1}, "1 is none of the 2 requests"),
    ],
)
def test_a_bad_line_is_told(sides, row, told):
    with pytest.raises(InputError, match=told):
        sides(ask=[asked("p0"), asked("p1")], out=[batch("p0"), row])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (asked("p0"), "custom_id p0 stands twice among the requests"),
        (asked("p1", n=0), "n is 0, and should be a whole number from 1"),
        (asked("p1", messages=[]), "the prompt asks nothing"),
        (
            asked("p1", messages=[{"role": "user", "content": 4}]),
            "the prompt holds a message without text",
        ),
        ({**asked("p1"), "body": 3}, "the body of the request is 3"),
    ],
)
def test_a_bad_request_is_told(sides, row, told):
    with pytest.raises(InputError, match=told):
        sides(ask=[asked("p0"), row], out=[batch("p0")])


def test_ids_of_two_types_are_refused(sides):
    with pytest.raises(InputError, match="line 2: the problem's id 1 is a number here and text"):
        sides(out=[batch("1"), batch(1)])


def test_requests_alone_are_refused(sides):
    with pytest.raises(InputError, match="holds requests, and nothing that came of them"):
        sides(ask=[asked("p0")])


def test_parts_of_messages_are_joined(sides):
    parts = [{"type": "text", "text": "What is"}, {"type": "text", "text": "1 + 1?"}]
    request = asked("p0", messages=[{"role": "user", "content": parts}])
    assert scores(sides(ask=[request], out=[batch("p0")])[0]) == [("p0", 1, 1)]


def test_mutants(tmp_path, sides):
    sides(out=[batch("p0")])
    reading = Reading(problems=tmp_path / "problems.jsonl", kind="math")
    files = {
        "ask.jsonl": lines([asked("p0"), asked("p1")]),
        "out.jsonl": lines([batch("p0", "\\boxed{2}", "no"), batch("p1")]),
    }
    survive(lambda path: read_side(path, reading, path.parent / "w"), files, tmp_path / "m", 9)
