"""Responses as JSON lines: fields by their names, values by their types, lists, faults."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from boundary.errors import BoundaryError, InputError
from boundary.importers.responses.fields import FIELDS, fields_of
from boundary.importers.sides import Reading, read_side
from file_mutants import survive

ROOT = Path(__file__).parents[3]
PLAIN = [
    {"id": "a", "question": "1+1?", "answer": "2", "response": "\\boxed{2}", "correct": True},
    {"id": "a", "question": "1+1?", "answer": "2", "response": "\\boxed{3}", "correct": False},
    {"id": "b", "question": "2+2?", "answer": "4", "response": "\\boxed{4}", "correct": False},
    {"id": "b", "question": "2+2?", "answer": "4", "response": None, "correct": False},
]


def rows(side, *columns):
    return side.scores.select("problem_id", "n", "correct", *columns).rows()


def changed(place=-1, **values):
    """Return the rows with one changed."""
    copy = [dict(row) for row in PLAIN]
    copy[place] |= values
    return copy


def test_responses_are_graded_beside_the_verdicts_of_the_file(side):
    (read,) = side(PLAIN)
    assert (read.format, read.judged_by) == ("responses", {"benchmark": "ours"})
    assert rows(read, "correct_theirs") == [("a", 2, 1, 1), ("b", 2, 1, 0)]
    assert read.remarks == (
        "read as responses, an object of JSON a line: its objects have id and response",
        "fields by their names: problem = id, response = response, gold = answer, "
        "verdict = correct, question = question (--field says otherwise)",
        next(r for r in read.remarks if r.startswith("1 trials of base have no response")),
        "the gold answers of benchmark are taken for mathematics, as 100 % of them look like "
        "mathematics (--kind says otherwise)",
        "base on benchmark: our verdicts and those of the file differ on 1 of 4 responses (25 %): "
        "1 are correct by ours alone, 0 by theirs alone",
    )
    assert "base.jsonl, line 4)" in read.remarks[2]


def test_one_side_in_its_forms(side):
    listed = [
        {"idx": 1, "Prompt": "1+1?", "target": 2, "outputs": ["2", "3"], "score": [1, 0.0]},
        {"idx": 2, "Prompt": "2+2?", "target": "4", "outputs": ["4", None], "score": [0, None]},
    ]
    for content in (listed, json.dumps(listed, indent=1)):
        (read,) = side(content)
        assert rows(read, "n_unset") == [("1", 2, 1, 0), ("2", 2, 1, 1)]
    (read,) = side([{"problem_id": "a", "is_correct": [True, False, None]}])
    assert rows(read, "n_unset") == [("a", 3, 1, 1)]
    assert read.judged_by == {"benchmark": "theirs"}
    (read,) = side([{"id": 1, "generation": "18", "answer": "9 + 9\n#### 18"}])
    assert rows(read) == [("1", 1, 1)]
    assert "of answer what stands behind #### counts" in read.remarks


def test_models_and_benchmarks_are_told_apart(side):
    base = [{**row, "model": "m", "dataset": name} for row in PLAIN for name in ("x", "y")]
    first, second = side([*base, *({**row, "model": "n", "dataset": "x"} for row in PLAIN)])
    assert (first.label, first.judged_by) == ("m", {"x": "ours", "y": "ours"})
    assert (second.label, second.judged_by) == ("n", {"x": "ours"})


def test_two_files_of_one_model_are_told(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, changed(response=name))))
    (read,) = read_side(folder, Reading(), tmp_path / "work")
    assert (read.label, rows(read)) == ("run", [("a", 4, 2), ("b", 4, 2)])
    told = "2 problems of run on benchmark stand in several files, such as .*a.jsonl and .*b.jsonl,"
    assert any(re.match(told, remark) for remark in read.remarks)
    (folder / "b.jsonl").write_text((folder / "a.jsonl").read_text())
    with pytest.raises(InputError, match=r"b\.jsonl: has the same content as .*a\.jsonl"):
        read_side(folder, Reading(), tmp_path / "again")


def test_the_question_may_be_the_id(side):
    texts = [{"question": name, "response": name, "gold": name} for name in ("tea", "oak", "tea")]
    (read,) = side(texts)
    assert sorted(row[1:] for row in rows(read)) == [(1, 1), (2, 2)]
    assert "problems are told apart by the text of question, as none has an id" in read.remarks
    assert any("are taken for a short text" in remark for remark in read.remarks)
    texts[1]["question"] = " "
    with pytest.raises(InputError, match=r"line 2: question \(question\) should be text, as prob"):
        side(texts)


def test_fields_that_the_user_names(side):
    odd = [{"key": 1, "said": "2", "answer": "3", "right": "2", "correct": "no"}]
    named = {"problem": "key", "response": "said", "gold": "right", "verdict": ""}
    (read,) = side(odd, reading=Reading(fields=named))
    assert rows(read) == [("1", 1, 1)]
    assert not any("by their names" in remark for remark in read.remarks)
    with pytest.raises(
        InputError, match=r"have no field 'k' .problem.; there are: key, said, answ"
    ):
        side(odd, reading=Reading("responses", fields={**named, "problem": "k"}))
    with pytest.raises(
        InputError, match=r"with the keys key, said, answer, right.*--field problem=K"
    ):
        side(odd)
    with pytest.raises(InputError, match=r"--field k: .* no such field; there are: problem, resp"):
        side(PLAIN, reading=Reading(fields={"k": "id"}))


def test_how_responses_ended(side):
    ended = [
        {**PLAIN[0], "finish_reason": reason, "n_tokens": tokens, "seed": seed}
        for seed, (reason, tokens) in enumerate(
            [("eos", 3), ("max_tokens", 4.0), ("error", None), ("tool", 5)]
        )
    ]
    (read,) = side(ended)
    assert rows(read, "n_unset", "truncated") == [("a", 4, 3, 1, 1)]
    assert any("1 responses ended by 'tool', which says nothing" in each for each in read.remarks)
    with pytest.raises(InputError, match=r"line 2: sample 0 of problem a .*, line 1, already"):
        side([{**row, "seed": 0} for row in ended])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"id": None}, "line 4: the problem's id should be text or a whole number, and is missing"),
        ({"id": True}, "line 4: the problem's id should be text or a whole number, and is True"),
        ({"id": [1]}, r"line 4: the problem's id should be .*, and is \[1\]"),
        ({"id": " "}, "line 4: the problem's id is empty"),
        ({"response": 4}, r"line 4: response \(response\) should be text, and is 4"),
        ({"response": []}, "line 4: response is an empty list"),
        (
            {"response": ["4"], "correct": [1, 0]},
            "line 4: response has 1 elements, and correct has 2",
        ),
        ({"response": ["4", "5"]}, "line 4: correct is one verdict on 2 responses"),
        (
            {"correct": "yes"},
            r"line 4: correct \(verdict\) should be true, false, 1 or 0, and is \"",
        ),
        (
            {"correct": 0.5},
            r"line 4: correct \(verdict\) should be true, false, 1 or 0, and is 0.5. --field ver",
        ),
        ({"correct": float("nan")}, r"line 4: .* should be true, false, 1 or 0, and is NaN"),
        ({"answer": "5"}, "line 4: problem b has another answer here than before"),
        ({"answer": True}, r"line 4: answer \(gold\) should be text or a number, and is true"),
        ({"answer": ["4", "5"]}, r"line 4: answer \(gold\) should be one gold answer, and is \["),
        ({"question": 5}, r"line 4: question \(question\) should be text, and is 5"),
        ({"model": "m"}, r"line 1: model \(model\) should be a name in every line, and is null"),
        (
            {"output": "4"},
            "the objects have 2 fields that may hold response: response, output. Say which by",
        ),
        (
            {"task": "m", "dataset": "m"},
            "the objects have 2 fields that may hold benchmark: task, dataset",
        ),
        ({"seed": 1.5}, r"line 4: seed \(sample_index\) should be a whole number, and is 1.5"),
        ({"seed": 10**30}, r"line 4: seed \(sample_index\) should be a whole number, and is 1000"),
        (
            {"response": ["4", "5"], "correct": [1, 0], "reward": [1]},
            "line 4: response has 2 elements, and reward has 1",
        ),
        (
            {"reward": 1, "RM_score": 2},
            "the objects have 2 fields that may hold reward: reward, RM_score",
        ),
        ({"n_tokens": -1}, r"line 4: n_tokens \(n_tokens\) should be a whole number of 0 or more"),
        ({"finish_reason": 1}, r"line 4: finish_reason \(finish_reason\) should be text"),
    ],
)
def test_a_bad_line_is_told(side, row, told):
    with pytest.raises(InputError, match=rf"base\.jsonl: {told}"):
        side(changed(**row))


def test_an_id_of_two_types_is_refused(side):
    with pytest.raises(InputError, match="line 4: the problem's id 7 is a number here and text"):
        side([{**row, "id": id_} for row, id_ in zip(PLAIN, ["7", "7", "8", 7], strict=True)])


def test_a_verdict_that_is_missing_is_counted(side):
    (read,) = side([{k: v for k, v in row.items() if k != "correct" or v} for row in PLAIN])
    assert "correct_theirs" not in read.scores.columns
    assert any("3 trials have no correct (verdict) (first: " in each for each in read.remarks)
    with pytest.raises(InputError, match=r"line 2: problem b .* has neither response nor verdict"):
        side([{"id": "a", "correct": 1}, {"id": "b"}])


def test_a_name_that_only_later_lines_have(side, monkeypatch):
    monkeypatch.setattr("boundary.importers.source.BATCH_LINES", 2)
    for place, told in ((2, r"model \(model\) should be a name"), (3, "a name in every line")):
        with pytest.raises(InputError, match=told):
            side(changed(place, model="m"))
    late = [*PLAIN[:2], *({**row, "model": "m"} for row in PLAIN[2:])]
    with pytest.raises(InputError, match="line 3: lines above or below have no model, and others"):
        side(late)
    (read,) = side(PLAIN)
    assert rows(read) == [("a", 2, 1), ("b", 2, 1)]


def test_neither_gold_nor_verdict(side):
    with pytest.raises(InputError, match="neither a gold answer or tests"):
        side([{"id": 1, "response": "x"}])


def test_what_cannot_be_read_is_asked_for():
    with pytest.raises(InputError, match="x have no field for response or verdict; there are: id"):
        fields_of(["id"], {}, "x")
    with pytest.raises(
        InputError, match=r"x have no field for problem or question; .*--field prob"
    ):
        fields_of(["output"], {}, "x")
    with pytest.raises(InputError, match="x have no field for response or verdict; they are empty"):
        fields_of([], {}, "x")


def test_no_name_stands_for_two_things():
    names = [name for several in FIELDS.values() for name in several]
    assert len(names) == len(set(names))


def test_the_document_lists_the_names():
    """As `| response | output, … |`."""
    section = (ROOT / "docs" / "import.md").read_text().partition("\n## Responses")[2]
    section = section.partition("\n## ")[0]
    listed = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.M))
    for held, several in FIELDS.items():
        assert re.findall(r"`(\w+)`", listed[held]) == list(several)


def test_mutants(tmp_path):
    content = "\n".join(map(json.dumps, PLAIN)).encode()
    listed = json.dumps(
        [
            {"id": i, "responses": [f"\\boxed{{{i}}}", "7"], "score": [1, 0], "gold": str(i)}
            for i in range(6)
        ]
    ).encode()
    for name, files in (
        ("plain", {"base.jsonl": content}),
        ("listed", {"base.json": listed}),
        ("folder", {"a.jsonl": content, "b.jsonl": content.replace(b'"id": "', b'"id": "x')}),
    ):
        ends = survive(
            lambda path: read_side(path, Reading(), path.parent / f"{path.name}.work"),
            files,
            tmp_path / name,
            1,
        )
        assert ends["refused"] > 20, name


def test_short_texts_by_each_rule(side):
    """A model that answers bare, and a verdict that wanted an element."""
    golds = ["Yaseen", "Alexx", "Jo"]
    texts = {
        "base": golds,
        "rl": [f"<think>who?</think>\n<answer>{gold}</answer>" for gold in golds],
    }
    for name, theirs, ours in (("base", 0, (0, 0, 3)), ("rl", 1, (0, 3, 3))):
        lines = [
            {"id": i, "question": f"Who {i}?", "gold": golds[i], "response": text, "score": theirs}
            for i, text in enumerate(texts[name])
        ]
        for rule, right in zip(("boxed", "declared", "any"), ours, strict=True):
            (read,) = side(lines, f"{name}.jsonl", reading=Reading(extract=rule))
            assert read.scores["correct"].sum() == right
            assert read.scores["correct_theirs"].sum() == 3 * theirs


def test_bad_golds_are_refused(side):
    with pytest.raises(BoundaryError, match="missing value"):
        side([{"id": 1, "response": "2", "gold": "nan"}])
