"""Names that no reader tells apart, in tables of every kind."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.analysis.pairs import pair_arms
from boundary.data.counts import read_counts
from boundary.errors import InputError, TableError
from boundary.lookalikes import column_fault, refuse_lookalikes
from boundary.store import read_table, read_tables, write_table
from boundary.tables import SCORES, check

ALIKE = {
    "space at the end": ("q1", "q1 "),
    "space at the start": ("q1", "\tq1"),
    "two spaces": ("q 1", "q  1"),
    "another space": ("q 1", "q\u00a01"),
    "zero width": ("q1", "q\u200b1"),
    "byte order mark": ("q1", "\ufeffq1"),
    "mark of direction": ("q1", "q1\u200e"),
    "composed": ("caf\u00e9", "cafe\u0301"),
    "full width": ("q1", "\uff511"),
    "Cyrillic": ("base", "b\u0430se"),
    "Greek": ("A", "\u0391"),
    "NUL": ("q1", "q1\0"),
}
APART = [
    *(("q1", "Q1"), ("q1", "q2"), ("q1", "q01"), ("x2", "x²"), ("a-b", "a_b"), ("a/b", "a b")),
    *(("q 1", "q1"), ("é", "e"), ("问题1", "问题2")),
]


@pytest.mark.parametrize("name", ALIKE)
def test_names_that_look_the_same_are_refused(name: str) -> None:
    one, other = ALIKE[name]
    names = pl.Series("problem_id", ["x", one, "y", other])
    with pytest.raises(
        TableError, match=r"set: problem_id .*\(row 2\) and .*\(row 4\) look the same"
    ):
        refuse_lookalikes(names, "set")


def test_what_is_hidden_is_shown() -> None:
    with pytest.raises(TableError, match=r"'q1' \(row 1\) and 'q⟨U\+200B⟩1' \(row 2\)"):
        refuse_lookalikes(pl.Series("id", ["q1", "q\u200b1"]), "set")
    with pytest.raises(TableError, match=r"'base' \(row 1\) and 'b\\u0430se' \(row 2\)"):
        refuse_lookalikes(pl.Series("id", ["base", "b\u0430se"]), "set")
    with pytest.raises(TableError, match=r"'⟨U\+200B⟩' \(row 2\) shows nothing"):
        refuse_lookalikes(pl.Series("id", ["a", "\u200b"]), "set")


@pytest.mark.parametrize("pair", APART)
def test_names_that_are_told_apart_stay(pair: tuple[str, str]) -> None:
    refuse_lookalikes(pl.Series([*pair, *pair]), "set")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("a", "b", "a"), "the column 'a' stands twice"),
        (("n", "correct", "Correct"), "the columns 'correct' and 'Correct' are one name"),
        (("n", "correct", "correct "), "the columns 'correct' and 'correct ' are one name"),
        (("answer", "\ufeffanswer"), "⟨U\\+FEFF⟩answer"),
    ],
)
def test_columns_that_are_one_name(names: tuple[str, ...], said: str) -> None:
    fault = column_fault(names)
    assert fault is not None
    assert said.replace("\\", "") in fault


def scores(ids: list[str], model: str = "m", **more: object) -> pl.DataFrame:
    frame = pl.DataFrame({"problem_id": ids}).with_columns(
        *(pl.lit(model).alias("model"), pl.lit("b").alias("benchmark")),
        *(pl.lit("p").alias("protocol"), pl.lit(4).alias("n"), pl.lit(1).alias("correct")),
        *(pl.lit(None).alias(name) for name in ("truncated", "no_answer", "distinct_answers")),
        *(pl.lit(None).alias(name) for name in ("majority_correct", "mean_tokens")),
    )
    return frame.with_columns(**{name: pl.lit(value) for name, value in more.items()})


def test_a_table_tells_its_columns_and_names_apart() -> None:
    with pytest.raises(TableError, match="'correct' and 'Correct ' are one name"):
        check(scores(["a"], **{"Correct ": 2}), SCORES, "S")
    assert check(scores(["a", "A"], Remark=1, remark=2), SCORES, "S").height == 2


def test_a_table_that_is_read_tells_its_names_apart(tmp_path) -> None:
    path, other = tmp_path / "S.parquet", tmp_path / "T.parquet"
    write_table(scores(["a", "a\u2060"]), path, SCORES)  # what was made is kept
    with pytest.raises(TableError, match=r"S\.parquet: problem_id 'a' .* look the same"):
        read_table(path, SCORES)
    write_table(scores(["a"]), path, SCORES)
    write_table(scores(["a"], model="m\u200b"), other, SCORES)
    with pytest.raises(TableError, match=r"S\.parquet and 1 more: model 'm' .* look the same"):
        read_tables([path, other], SCORES)


def test_two_arms_name_problems_alike() -> None:
    base, other = scores(["a", "b"]), scores(["a", "b\u200b"], model="o")
    with pytest.raises(TableError, match=r"Comparison c: problem_id 'b' .* look the same"):
        pair_arms(base, other, "c")
    assert pair_arms(base, scores(["a", "c"], model="o"), "c").m == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model,problem,n,correct,correct\nm,p,4,1,2\n", "line 1 has 2 columns for correct: cor"),
        ("model,problem,n,Correct,correct\nm,p,4,1,2\n", "line 1 has 2 columns for correct: Cor"),
        ("model,problem,n,correct\nm,p,4,1\nm\u200b,p,4,1\n", "model 'm' .* look the same"),
        ("model,problem,n,correct\nm,p,4,1\nm,p\u00ad,4,1\n", "problem_id 'p' .* look the same"),
    ],
)
def test_counts(tmp_path, text: str, said: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_counts(path)
