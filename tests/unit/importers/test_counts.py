"""Counts as CSV and JSON lines: columns by their names, and every fault with its line."""

from __future__ import annotations

import gzip

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive

LINES = '{"id": "p1", "c": 3, "n": 8}\n{"id": "p2", "c": 0.0, "n": 8, "unset": 2}\n'


def rows(side):
    columns = ["problem_id", "n", "correct", "n_unset"]
    frame = side.scores
    return frame.select(c for c in columns if c in frame.columns).rows()


def test_json_lines(side):
    (read,) = side(LINES)
    assert (read.label, read.format, read.judged_by) == ("base", "counts", {"benchmark": "theirs"})
    assert rows(read) == [("p1", 8, 3, 0), ("p2", 8, 0, 2)]
    assert read.remarks == (
        "read as counts, a problem a line: it has keys id, n, c",
        "'id' is taken for problem",
        "'c' is taken for correct",
        "'unset' is taken for n_unset",
    )


def test_packed_csv_of_several_models(side):
    text = "\ufeffsubmission;task_id;total;passes\r\nb;1;4;1\r\na;1;4.0;2\r\n"
    first, second = side(gzip.compress(text.encode()), "run.csv.gz")
    assert [(each.label, rows(each)) for each in (first, second)] == [
        ("a", [("1", 4, 2)]),
        ("b", [("1", 4, 1)]),
    ]
    (alone,) = side(text, "run.csv", model="b", label="Base")
    assert (alone.label, rows(alone)) == ("Base", [("1", 4, 1)])
    with pytest.raises(InputError, match=r"run\.csv: has no model named 'c'; it has: a, b\."):
        side(text, "run.csv", model="c")


def test_columns_that_the_user_names(side):
    reading = Reading(fields={"problem": "key", "correct": "good"})
    for text, name in (
        ('{"key": 7, "good": 1, "n": 2, "correct": null}\n', "x.jsonl"),
        ("key,good,n\n7,1,2\n", "x.csv"),
    ):
        (read,) = side(text, name, reading=reading)
        assert rows(read) == [("7", 2, 1)]
        assert len(read.remarks) == 1
        with pytest.raises(InputError, match="of no form that is read here"):
            side(text, name)
        with pytest.raises(InputError, match=rf"{name}.* has no column problem"):
            side(text, name, reading=Reading(form="counts"))
    with pytest.raises(InputError, match=r"--field k: files .*counts.* no such"):
        side(LINES, reading=Reading(fields={"k": "id"}))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": 1, "c": 1, "n": 4}', "line 3: the problem's id 1 is a number here and text else"),
        ('{"id": null, "c": 1, "n": 4}', "line 3: the problem's id should be text or a whole"),
        ('{"c": 1, "n": 4}', "line 3: the problem's id should be text .* and is missing"),
        ('{"id": "x", "n": 4}', "line 3: no correct"),
        ('{"id": "x", "c": true, "n": 4}', "line 3: correct is True, not an integer"),
        ('{"id": "x", "c": "1", "n": 4}', "line 3: correct is '1', not an integer"),
        ('{"id": "x", "c": NaN, "n": 4}', "line 3: correct is nan, not an integer"),
        ('{"id": "x", "c": 1, "n": Infinity}', "line 3: n is inf, not an integer"),
        ('{"id": "x", "c": 1, "n": 1e30}', "line 3: a number has more than 18 digits"),
        ('{"id": "x", "c": 1, "n": 3.5}', "line 3: n is 3.5, not an integer"),
        ('{"id": "x", "c": 5, "n": 4}', "line 3: correct is 5, not between 0 and n = 4"),
        ('{"id": "x", "c": 2, "n": 4, "unset": 3}', "line 3: n_unset is 3, not between 0 and"),
        ('{"id": "x", "c": 2, "n": 4, "model": "m"}', r"line 1: no model\n.*line 2: no model"),
        ('{"id": "x", "c": 2, "n": 4, "model": 3}', "line 3: model is 3, not text"),
        ('{"id": "x", "c": 2, "n": 4, "correct": 2}', "has 2 columns for correct: c, correct"),
        ('{"id": "x", "c": 2, "n": 4, "n": 4}', "line 3: the key 'n' stands twice"),
        ('{"id": "p2", "c": 2, "n": 4}', "line 3: problem p2 stands on line 2 already"),
        ('["x", 2, 4]', "line 3: should be a JSON object, and is list"),
        ('{"id": "x", "c": 2, "n"', "line 3: is no JSON, so it may be half-written"),
    ],
)
def test_a_bad_line_is_told(side, line, told):
    text = '{"id": "1", "c": 1, "n": 4}\n{"id": "p2", "c": 1, "n": 4}\n'
    with pytest.raises(InputError, match=rf"base\.jsonl: (?s:.*){told}"):
        side(f"{text}{line}\n")


def test_one_list(side):
    assert rows(side("[\n" + LINES.strip().replace("\n", ",\n") + "]", "base.json")[0]) == [
        ("p1", 8, 3, 0),
        ("p2", 8, 0, 2),
    ]
    told = r"base\.json \(a list, an entry a line\): line 2: should be a JSON object, and is int"
    with pytest.raises(InputError, match=told):
        side('[{"id": 1, "n": 2, "c": 1}, 2]', "base.json")


def test_mutants(tmp_path):
    ends = survive(
        lambda path: read_side(path, Reading(), path.parent / "work"),
        {"base.jsonl": LINES.encode()},
        tmp_path,
        1,
    )
    assert ends["refused"] > 30
    table = b"submission,task_id,n,correct,n_unset\nb,1,4,1,0\nb,2,4,1,3\na,1,4,2,\n"
    assert survive(
        lambda path: read_side(path, Reading(), path.parent / "work"),
        {"run.csv": table},
        tmp_path / "csv",
        2,
    )


def test_two_files_of_one_problem(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "a.csv").write_text("id,n,c\n1,4,1\n")
    (folder / "b.csv").write_text("id,n,c\n2,4,1\n1,4,2\n")
    told = r"b\.csv: line 3: problem 1 of model run on benchmark stands in .*a\.csv, line 2, alrea"
    with pytest.raises(InputError, match=told):
        read_side(folder, Reading(), tmp_path / "work")
    (folder / "b.csv").write_text("id,n,c\n2,4,1\n")
    assert rows(read_side(folder, Reading(), tmp_path / "work")[0]) == [("1", 4, 1), ("2", 4, 1)]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('{"id": 1, "response": "4", "n": 1, "correct": 1}', "responses"),
        ('{"task_id": 1, "samples": ["a"], "correct": [1]}', "responses"),
        ('{"id": 1, "n": 1}', None),
        ("id,n\n1,2\n", None),
        ('{"ID": 1, "N": 1, "Passes": 0}', "counts"),
        ("id\tn\tc\n1\t2\t1\n", "counts"),
    ],
)
def test_what_is_taken_for_counts(side, text, form):
    if form:
        assert side(text)[0].format == form
    else:
        with pytest.raises(InputError, match="of no form that is read here"):
            side(text)


def test_what_more_is_said_of_a_problem_is_its_strata(side):
    text = LINES.replace(
        '"n": 8', '"n": 8, "source": "aime", "level": 3, "tags": ["x"], "rate": 0.5'
    )
    (read,) = side(text)
    expected = '{"level":"3","rate":"0.5","source":"aime"}'
    assert read.scores["strata"].to_list() == [expected] * 2
    (plain,) = side(LINES)
    assert "strata" not in plain.scores.columns
    (csv,) = side("id,n,c,source\n1,4,1,math\n2,4,1,amc\n", "a.csv")
    assert csv.scores["strata"].to_list() == ['{"source":"math"}', '{"source":"amc"}']
    with pytest.raises(InputError, match="surrogate"):
        side(LINES.replace('"n": 8', '"n": 8, "source": "\\ud800"'))
