"""Published counts: the file that the project carries, and every broken one."""

from math import comb
from pathlib import Path

import polars as pl
import pytest

from boundary.data.counts import counts_scores, read_counts
from boundary.errors import InputError

PUBLISHED = Path(__file__).parents[3] / "config" / "published" / "math500_qwen2.5-7b.csv"
BASE, RL = "qwen2.5-7b", "qwen2.5-7b-simplerl-zoo"
HEADER = "model,problem,n,correct\n"


def scores(path, name="a", **more):
    return counts_scores(path, name, "m", "b", "p", **more)


@pytest.fixture
def write(tmp_path):
    def make(text, encoding="utf-8"):
        path = tmp_path / "counts.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return make


def refused(path, *parts, name="a", **more):
    with pytest.raises(InputError) as caught:
        scores(path, name, **more)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    for part in parts:
        assert part in text
    return text


@pytest.mark.parametrize(
    ("name", "correct", "solved", "pass_at_8"),
    [(BASE, 39291, 481, 0.8681727477486968), (RL, 49877, 465, 0.8829698676500476)],
)
def test_the_published_file_gives_the_published_numbers(name, correct, solved, pass_at_8):
    found = counts_scores(PUBLISHED, name, name, "math500", "paper", n=128)
    assert found.height == 500
    assert found["correct"].sum() == correct
    assert (found["correct"] > 0).sum() == solved
    failing = sum(comb(128 - c, 8) / comb(128, 8) for c in found["correct"]) / 500
    assert 1 - failing == pytest.approx(pass_at_8, abs=1e-12)


def test_the_published_models_share_their_problems():
    counts = read_counts(PUBLISHED)
    assert len(counts.rows) == 1000
    assert counts.models == [BASE, RL]
    base, other = (
        {row.problem for row in counts.of_model(name) if row.correct > 0} for name in (BASE, RL)
    )
    assert (len(base & other), len(base - other), len(other - base)) == (462, 19, 3)


def test_names_are_the_studys_and_the_rest_is_unknown(write):
    found = scores(write(HEADER + "a,q1,4,3\nb,q1,4,0\na,q0,4,4\n"))
    assert found.select("model", "benchmark", "protocol", "problem_id", "n", "correct").rows() == [
        ("m", "b", "p", "q0", 4, 4),
        ("m", "b", "p", "q1", 4, 3),
    ]
    unknown = ["truncated", "no_answer", "distinct_answers", "majority_correct", "mean_tokens"]
    assert found.select(unknown).null_count().row(0) == (2,) * 5


@pytest.mark.parametrize(
    "text",
    [
        "﻿" + HEADER + "a,0,2,1\n",
        "correct,n,extra,problem,model\r\n1,2,x,0,a\r\n",
        " model , problem , n , correct \n a , 0 , 2 , 1 \n\n",
        HEADER + '"a","0","2","1"',
    ],
    ids=["byte order mark", "order and line ends", "spaces", "quotes, no last line end"],
)
def test_forms_of_the_same_file(write, text):
    assert scores(write(text)).select("problem_id", "n", "correct").rows() == [("0", 2, 1)]


def test_a_problem_name_may_hold_commas_and_keeps_zeros(write):
    assert scores(write(HEADER + 'a,"x,1",2,1\na,007,2,1\n'))["problem_id"].to_list() == [
        "007",
        "x,1",
    ]


def test_a_missing_file_is_named(tmp_path):
    refused(tmp_path / "none.csv", "no such file of counts", "working directory")
    refused(tmp_path, "no such file of counts")


def test_an_unknown_name_lists_those_in_the_file(write):
    path = write(HEADER + "b,0,2,1\nc,0,2,1\n")
    refused(path, "named 'a'", "the file has: b, c", f"counts:{path}#NAME")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", "problem, n, correct"),
        ("model,problem,n\na,0,2\n", "correct"),
        ("a,0,2,1\n", "problem, n, correct"),
        ("Model,n,correct\n", "problem"),
    ],
)
def test_missing_columns_are_named(write, text, missing):
    refused(write(text), f"line 1 has no column {missing};", "Found: ")


def test_a_header_alone_is_refused(write):
    refused(write(HEADER), "no counts, only a header")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,1,2,3", "correct is 3, not between 0 and n = 2"),
        ("a,1,2,-1", "correct is -1, not between 0 and n = 2"),
        ("a,1,0,0", "n is 0, less than 1"),
        ("a,1,-2,0", "n is -2, less than 1"),
        ("a,1,2,1.5", "correct is '1.5', not an integer"),
        ("a,1,2,", "correct is '', not an integer"),
        ("a,1,two,1", "n is 'two', not an integer"),
        ("a,1,1_0,1", "n is '1_0', not an integer"),
        ("a,1,٣,1", "n is '٣', not an integer"),
        ("a,1,1e3,1", "n is '1e3', not an integer"),
        ("a,1," + "9" * 30 + ",1", "not an integer"),
        ("a,1,2", "another number of cells than the header"),
        ("a,1,2,1,0", "another number of cells than the header"),
        (",1,2,1", "no model"),
        ("a,,2,1", "no problem"),
        ("a,0,2,1", "model a, problem 0 stands on line 2 already"),
    ],
)
def test_a_bad_row_is_named_by_its_line(write, row, said):
    refused(
        write(HEADER + f"a,0,2,1\nb,0,2,1\n{row}\n"), "1 row(s) cannot be counts", "line 4: ", said
    )


def test_another_file_is_told_what_it_is(tmp_path):
    path = tmp_path / "c.csv"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    refused(path, "cannot be read as CSV in UTF-8", "it is a Parquet file")


def test_whole_floats_are_counts(write):
    """As a data frame writes a column of integers in which one is missing."""
    made = read_counts(write(HEADER + "a,0,8.0,1.0\na,1,8,2.\na,2,8.00,0\n"))
    assert [(row.n, row.correct) for row in made.rows] == [(8, 1), (8, 2), (8, 0)]


def test_all_bad_rows_are_counted_and_the_first_shown(write):
    text = refused(write(HEADER + "a,0,2,9\n" * 8), "8 row(s)", "and 3 more")
    assert [f"line {i}:" in text for i in (2, 6, 7)] == [True, True, False]


def test_line_numbers_count_lines_within_quotes(write):
    refused(write(HEADER + 'a,"x\ny",2,1\na,1,2,9\n'), "line 4: correct is 9")


def test_what_is_no_text_or_no_csv_is_refused(write):
    refused(write(HEADER + "a,é,2,1\n", encoding="latin-1"), "cannot be read as CSV in UTF-8")
    refused(write(HEADER + 'a,"0"x,2,1\n'), "cannot be read as CSV")


def test_a_file_of_one_model_need_not_name_it(write):
    found = scores(write("task_id;trials;passes\nq1;4;3\n"))
    assert found.select("model", "problem_id", "n", "correct").rows() == [("m", "q1", 4, 3)]


def test_another_n_than_the_protocols_names_both(write):
    path = write(HEADER + "a,0,4,1\na,1,8,1\nb,0,2,1\n")
    refused(path, "'p' says n = 16", "have n = 8 at most (problem 1)", "Write 'n: 8'", n=16)
    refused(path, "'p' says n = 4", "have n = 8 at most (problem 1)", n=4)
    assert scores(path, n=8)["n"].to_list() == [4, 8]  # n may differ by problem
    refused(path, "have n = 2", "Write 'n: 2' under models.m,", name="b", n=8)
    assert scores(path)["n"].to_list() == [4, 8]
    assert scores(path, "b", n=2).height == 1


def test_a_file_may_tell_benchmarks_apart(write):
    text = "model,benchmark,problem,n,correct,n_unset\na,b,0,4,1,2\na,b,1,4,0,\na,x,0,8,8,0\n"
    found = scores(write(text), n=4)
    columns = ["benchmark", "problem_id", "n", "correct", "n_unset"]
    assert found.select(columns).rows() == [("b", "0", 4, 1, 2), ("b", "1", 4, 0, None)]
    refused(
        write(text.replace(",b,", ",y,")),
        "no counts of 'a' on benchmark 'b'; the file has: y, x. Name it in the study as in",
    )
    refused(write(text), "have n = 4 (problem 0)", n=8)
    assert "n_unset" not in scores(write(HEADER + "a,0,2,1\n")).columns


def test_names_of_benchmarks_that_look_alike_are_refused(write):
    refused(
        write("benchmark,id,n,c\nb,1,2,1\nb\u200b,2,2,1\n"), "benchmark 'b' (row 1) and 'b⟨U+200B⟩'"
    )


def test_further_columns_that_say_the_same_of_a_problem_are_strata(write):
    """``rate`` differs between the models, ``note`` is empty in one row, ``text`` is long."""
    header = "model,problem,n,correct,source,level,rate,note,text,cluster\n"
    long = "x" * 61
    text = (
        f"a,0,2,1,aime, 3 ,0.5,y,{long},c\na,1,2,1,,2,0.5,,{long},c\n"
        f"b,0,2,2,aime,3,1.0,,{long},c\nb,1,2,0,,2,0.0,,{long},c\n"
    )
    found = scores(write(header + text))
    assert found["strata"].to_list() == ['{"level":"3","source":"aime"}', '{"level":"2"}']
    assert (
        "strata"
        not in scores(write("model,problem,n,correct,rate\na,0,2,1,1\nb,0,2,1,2\n")).columns
    )
