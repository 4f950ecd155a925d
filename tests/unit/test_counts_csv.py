"""Files of counts as people have them: forms, names of columns, and every fault with its line."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from boundary.counts_csv import SYNONYMS, CountsRow, read_rows
from boundary.errors import InputError

ROOT = Path(__file__).parents[2]
ROW = CountsRow("a", None, "q,1", 8, 3, None, 2)


def read(text, columns=None):
    return read_rows(io.StringIO(text, newline=""), "c.csv", columns)


def refused(text, *parts, columns=None):
    with pytest.raises(InputError) as caught:
        read(text, columns)
    assert str(caught.value).startswith("c.csv: ")
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        'model,problem,n,correct\na,"q,1",8,3\n',
        '\ufeffmodel;problem;n;correct\r\na;"q,1";8.0;3.\r\n',
        "correct\tN\tproblem\tMODEL\n3\t8\tq,1\ta",
        'Submission,extra,Task_ID,TRIALS,num_correct\na,,"q,1",8,3\n',
        "submission;id;total;c\na;q,1;8;3.00\n\n",
        "model;question_id;samples;Passes\na;q,1;8;3\n",
        'a b;"model";"problem_id";"n";"correct"\n;a;q,1;8;3\n',
    ],
)
def test_one_file_in_its_forms(text):
    assert read(text).rows == [ROW]


def test_columns_that_may_be_absent():
    assert read("problem,n,correct\n1,2,1\n1.0,2,0\n").rows == [
        CountsRow(None, None, "1", 2, 1, None, 2),
        CountsRow(None, None, "1.0", 2, 0, None, 3),
    ]
    found = read("benchmark,id,n,c,unset\nx,1,4,1,3\ny,1,4,0,\ny,2,4,0,0.0\n")
    assert [(row.benchmark, row.problem, row.n_unset) for row in found.rows] == [
        ("x", "1", 3),
        ("y", "1", None),
        ("y", "2", 0),
    ]
    assert found.models == []
    assert found.of_model("any") == found.rows


def test_names_that_were_taken_for_others_are_told():
    found = read("Model,task_id,N,passes\nb,1,4,1\na,1,4,2\nb,2,4,3\n")
    assert found.columns == {"model": "Model", "problem": "task_id", "n": "N", "correct": "passes"}
    assert found.synonyms == {"problem": "task_id", "correct": "passes"}
    assert found.models == ["b", "a"]
    assert [row.line for row in found.of_model("b")] == [2, 4]
    assert found.of_model("c") == []


def test_columns_that_the_caller_names():
    text = "id,task_id,source,n,correct\n7,q,math,4,1\n"
    refused(text, "line 1 has 2 columns for problem: id, task_id. Take out or rename all but one.")
    found = read(text, {"problem": "Task_ID", "benchmark": "source"})
    assert found.rows == [CountsRow(None, "math", "q", 4, 1, None, 2, {"id": "7"})]
    assert read(text, {"problem": "id"}).rows[0].problem == "7"
    assert read("ID,id,n,c\n7,q,4,1\n", {"problem": "id"}).rows[0].problem == "q"
    assert read("who knows|\tn\tc\nq\t4\t1\n", {"problem": "who knows|"}).rows[0].problem == "q"


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"problem": "none"}, "line 1 has no column none;"),
        ({"k": "id"}, "counts have no 'k'; there are: model, benchmark, problem, n, correct, n_un"),
        ({"problem": "n", "n": "n"}, "the column 'n' cannot be two things at once."),
        ({"n": "correct"}, "line 1 has no column correct;"),
    ],
)
def test_columns_that_cannot_be_named_so(columns, told):
    refused("id,n,correct\n1,4,1\n", told, columns=columns)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("id,n,correct,n", "2 columns for n: n, n."),
        ("id,n,correct,Total", "2 columns for n: n, Total."),
        ("id,n,correct,C,passes", "3 columns for correct: correct, C, passes."),
        ("model,submission,id,n,c", "2 columns for model: model, submission."),
        ("id,n,c,unset,n_unset", "2 columns for n_unset: unset, n_unset."),
    ],
)
def test_two_columns_for_one_thing(header, told):
    refused(f"{header}\n1,2,3,4,5\n", told)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,x,1,4,nan,0", "line 3: correct is 'nan', not an integer"),
        ("a,x,1,NaN,1,0", "line 3: n is 'NaN', not an integer"),
        ("a,x,1,4,1,nan", "line 3: n_unset is 'nan', not an integer"),
        ("a,x,1,4,1,-1", "line 3: n_unset is -1, not between 0 and the 3 of n = 4 that are not"),
        ("a,x,1,4,1,4", "line 3: n_unset is 4, not between 0 and the 3 of n = 4 that are not"),
        ("a,x,1,4,-1,0", "line 3: correct is -1, not between 0 and n = 4"),
        ("a,x,1,4,5,0", "line 3: correct is 5, not between 0 and n = 4"),
        ("a,x,1,4", "line 3: another number of cells than the header"),
        ("a,x,0,4,1,0", "line 3: model a, benchmark x, problem 0 stands on line 2 already"),
        (",x,1,4,1,0", "line 3: no model"),
        ("a,,1,4,1,0", "line 3: no benchmark"),
        ("a,x,,4,1,0", "line 3: no problem"),
        (",x,,4,1,0", "line 3: no model and no problem"),
        ('a,x,"1,4,1,0', "cannot be read as CSV in UTF-8 (line 3: unexpected end of data)"),
        ('a,x,"1"2,4,1,0', "cannot be read as CSV in UTF-8 (line 3: ',' expected after '\"')"),
        ("a,x,1\0,4,1,0", "cannot be read as CSV in UTF-8 (line 3: bytes that are no text"),
    ],
)
def test_a_bad_row_is_told_with_its_line(row, told):
    good = "a,x,0,4,1,\n"
    refused(f"model,benchmark,problem,n,correct,n_unset\n{good}{row}\na,y,0,4,1,0\n", told)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("64,16,,32,16", "no n_max, without which the others are no rule of stopping"),
        ("64,16,128,,", "no first_look and no stop_after, without which"),
        ("64,16,128,32,0", "stop_after is 0, less than 1"),
        ("64,16,128,-4,16", "first_look is -4, less than 1"),
        ("64,16,100,32,16", "n_max is 100, not first_look 32 doubled"),
        ("50,16,128,32,16", "n is 50, none of the looks 32, 64, 128"),
        ("256,16,128,32,16", "n is 256, none of the looks 32, 64, 128"),
        ("64,15,128,32,16", "it ended at n = 64 of 128 with 15 correct, fewer than the 16 that"),
        ("64,48,128,32,16", "with 48 correct of 64 it had at least 16 of 32, and would have ended"),
        ("64,16,128,32,x", "stop_after is 'x', not an integer"),
    ],
)
def test_an_end_that_no_rule_reaches_is_told(row, told):
    header = "id,n,correct,n_max,first_look,stop_after"
    good = "a,32,16,128,32,16\nb,64,47,128,32,16\nc,128,0,128,32,16\nd,77,3,,,\n"
    refused(f"{header}\n{good}x,{row}\n", f"line 6: {told}")


def test_a_line_in_another_encoding_is_told(tmp_path):
    path = tmp_path / "c.csv"
    path.write_bytes("id,n,c\né,4,1\n".encode() + "ü,4,1\n".encode("latin-1") + b"x,4,1\n")
    with pytest.raises(InputError, match=r"c\.csv: cannot be read as CSV in UTF-8 \(line 3: byt"):
        read_rows(path)
    with path.open(encoding="utf-8") as handle, pytest.raises(InputError, match=r"^x/y: .*UTF-8"):
        read_rows(handle, "x/y")
    path.write_bytes("id,n,c\né,4,1\n".encode("utf-16"))
    with pytest.raises(InputError, match="it is text in UTF-16"):
        read_rows(path)


def test_the_documents_list_the_names():
    """As `| problem | problem_id, … |`."""
    text = (ROOT / "config" / "README.md").read_text()
    section = text.partition("\n## Counts")[2].partition("\n## ")[0]
    listed = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.M))
    for name, others in SYNONYMS.items():
        assert re.findall(r"`(\w+)`", listed[name]) == list(others)
