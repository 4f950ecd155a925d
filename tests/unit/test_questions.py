"""What is one question, what hangs together, and golds that disagree."""

from __future__ import annotations

import json

import polars as pl
import pytest

from boundary.errors import TableError
from boundary.lookalikes import normal_form
from boundary.questions import question_clusters, question_digests, repeated_questions

SAME = {
    "white space": ("Find  x.\r\n\tGo", " Find x. Go\n"),
    "spaces of another kind": ("Find\u00a0x\u2003now", "Find x now"),
    "line separators": ("a\u2028b\u0085c", "a b c"),
    "composed letters": ("caf\u00e9", "cafe\u0301"),
    "zero width": ("Fi\u200bnd\u2060 x\ufeff", "Find x"),
    "byte order mark": ("\ufeffFind x", "Find x"),
    "soft hyphen": ("num\u00adber", "number"),
    "marks of direction": ("\u202aFind x\u202c\u200e", "Find x"),
    "a control": ("Find x\x00", "Find x"),
    "full width": ("Ｆｉｎｄ　１２", "Find 12"),
    "ligature": ("\ufb01nd", "find"),
    "mathematical letters": ("𝑥 + 𝟐", "x + 2"),
    "quotes": ("Janet’s “egg”", 'Janet\'s "egg"'),
    "minus": ("x − 1", "x - 1"),
}
OTHER = {
    "digit": ("Find 12", "Find 13"),
    "case": ("Find X", "Find x"),
    "sign": ("Find -1", "Find 1"),
    "power": ("Find x²", "Find x2"),
    "index": ("Find a₁", "Find a1"),
    "fraction": ("Add 1½", "Add 11/2"),
    "space within a number": ("Add 1 2", "Add 12"),
    "last words": ("Find x.", "Find x. Let's think step by step."),
    "command": ("\\frac12", "frac12"),
    "point": ("1.5", "15"),
    "relation": ("x ≤ 2", "x < 2"),
}


SAME_FORMULA = {
    "spaces": ("Is $x^2=4$, $x>0$?", "Is $x^2 = 4$, $ x > 0 $?"),
    "delimiters": ("Is $x$ in \\[a+b\\]?", "Is \\(x\\) in $$ a + b $$?"),
    "commands of spacing": ("$a=b$ c", "$a\\,=\\;b\\!$ c"),
    "lines": ("$$\n\\frac{1}{2} + x\n$$", "$\\frac{1}{2}+x$"),
}
OTHER_FORMULA = {
    "two numbers": ("$1 23$", "$12 3$"),
    "a command and a letter": ("$\\alpha x$", "$\\alphax$"),
    "prose": ("a - b", "a -b"),
    "prices": ("It costs \\$5 - no, \\$6", "It costs \\$5 -no, \\$6"),
    "sign": ("$x = -1$", "$x = 1$"),
}


@pytest.mark.parametrize("name", SAME_FORMULA)
def test_formulas_that_look_alike_are_the_same(name: str) -> None:
    one, other = question_digests(pl.Series(SAME_FORMULA[name]))
    assert one == other


@pytest.mark.parametrize("name", OTHER_FORMULA)
def test_formulas_that_differ_stay(name: str) -> None:
    one, other = question_digests(pl.Series(OTHER_FORMULA[name]))
    assert one != other


@pytest.mark.parametrize("name", SAME)
def test_what_no_reader_tells_apart_is_the_same(name: str) -> None:
    one, other = normal_form(pl.Series(SAME[name]))
    assert one == other


@pytest.mark.parametrize("name", OTHER)
def test_what_changes_the_question_stays(name: str) -> None:
    one, other = normal_form(pl.Series(OTHER[name]))
    assert one != other


def test_the_texts_given_stay() -> None:
    given = pl.Series(["a\u200b", "b  c"])
    assert normal_form(given).to_list() == ["a", "b c"]
    assert given.to_list() == ["a\u200b", "b  c"]


def problems(*rows: dict[str, object]) -> pl.DataFrame:
    full = [
        {"problem_id": str(i), "answer": "1", "kind": "math", "tests": None, "metadata": None} | row
        for i, row in enumerate(rows)
    ]
    names = ("problem_id", "question", "answer", "kind", "tests", "metadata")
    return pl.DataFrame(full, schema=dict.fromkeys(names, pl.String))


def clusters(*rows: dict[str, object]) -> list[str | None]:
    return question_clusters(problems(*rows), "set").get_column("cluster").to_list()


def test_thirty_questions_thirty_two_times() -> None:
    rows = [{"question": f"What is {i % 30}?\n" + " " * (i // 30)} for i in range(960)]
    made = question_clusters(problems(*rows), "set")
    assert made.columns == ["problem_id", "question", "cluster"]
    assert made["problem_id"].to_list() == [str(i) for i in range(960)]
    assert made["question"].n_unique() == made["cluster"].n_unique() == 30
    assert made["cluster"].null_count() == 0
    assert made["question"].str.len_chars().unique().to_list() == [16]
    assert repeated_questions(made) == (
        "960 rows are 30 questions: equal ones are one cluster and no independent problems"
    )


def test_a_problem_that_stands_alone_has_no_cluster() -> None:
    made = question_clusters(problems({"question": "a"}, {"question": "b"}), "set")
    assert made["cluster"].to_list() == [None, None]
    assert repeated_questions(made) is None


def test_the_digest_of_a_question_never_changes() -> None:
    made = question_clusters(problems({"question": "What is 1 + 1?"}), "set")
    assert made["question"].to_list() == ["72f8917549de2d6d"]


def test_clusters_of_metadata_and_equal_questions_join() -> None:
    def row(question: str, cluster: object) -> dict[str, object]:
        return {"question": question, "metadata": json.dumps({"cluster": cluster})}

    assert clusters(row("a", "x"), row("b", "x"), row("c", 7), row("d", 7.0)) == [
        "x",
        "x",
        "7",
        "7",
    ]
    # The question "b" joins two clusters, and "e" joins one by its question alone.
    rows = [row("a", "x"), row("b", "x"), row("b", "y"), row("c", "y"), {"question": "c"}]
    assert clusters(*rows, {"question": "d"}, row("e", " z ")) == [*["x"] * 5, None, "z"]


def test_blank_questions_are_not_one_question() -> None:
    rows = [{"question": " ", "answer": "1"}, {"question": "\u200b", "answer": "2"}]
    assert clusters(*rows) == [None, None]


def test_an_empty_frame_has_no_clusters() -> None:
    assert question_clusters(problems(), "set").shape == (0, 3)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("{", "are not JSON"),
        ("[1]", "should be a JSON object, found list"),
        ('{"cluster": true}', "text or a number, found True"),
        ('{"cluster": ["a"]}', r"text or a number, found \['a'\]"),
        ('{"cluster": NaN}', "text or a number, found nan"),
        ('{"cluster": "a", "cluster": "b"}', "the key 'cluster' stands twice"),
    ],
)
def test_metadata_that_say_nothing_are_refused(metadata: str, said: str) -> None:
    with pytest.raises(TableError, match=rf"set: row 2, problem '1': metadata .*{said}"):
        clusters({"question": "a"}, {"question": "b", "metadata": metadata})


@pytest.mark.parametrize("metadata", ["", " ", "null", '{"cluster": null}', '{"cluster": ""}'])
def test_metadata_may_name_no_cluster(metadata: str) -> None:
    assert clusters({"question": "a", "metadata": metadata}) == [None]


def test_one_question_with_two_answers_is_refused() -> None:
    with pytest.raises(TableError) as caught:
        clusters(
            {"question": "a", "answer": "5"},
            {"question": "Janet  sells\u00a0eggs", "answer": "18"},
            {"question": "Janet sells eggs", "answer": "19"},
        )
    assert str(caught.value).startswith(
        "set: one question has two golds: '18' (row 2, problem '1') and '19' (row 3, problem '2'); "
        "it begins 'Janet sells eggs'."
    )


def test_answers_that_are_written_differently_are_equal() -> None:
    rows = [{"question": "a", "answer": each} for each in ("0.5", r"\frac{1}{2}", " 0.50", "1/2")]
    assert len(set(clusters(*rows))) == 1


def test_one_program_with_two_tests_is_refused() -> None:
    def row(tests: str) -> dict[str, object]:
        return {"question": "a", "answer": None, "kind": "code", "tests": tests}

    assert clusters(row('{"cases": [1]}'), row('{"cases":[1]}'))[0] is not None
    with pytest.raises(TableError, match=r"one question has two golds: .*cases.* and .*cases"):
        clusters(row('{"cases": [1]}'), row('{"cases": [2]}'))
    with pytest.raises(TableError, match=r"one question has two kinds: 'code' .* and 'math'"):
        clusters(row('{"cases": [1]}'), {"question": "a"})
