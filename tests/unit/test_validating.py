"""The judgement of polars alone is that of pandera, of the same declarations."""

from __future__ import annotations

import random
import subprocess
import sys

import polars as pl
import pytest
from pandera.errors import SchemaErrors

from boundary.checking import at_most, count, flag, numbers, real, share, table, text
from boundary.digests import PACKAGE
from boundary.errors import TableError
from boundary.tables import SCORES
from boundary.validating import check

#: Every kind of column, and rules across them.
MIXED = table(
    "mixed",
    ("name",),
    {
        "name": text(),
        "side": text(null=True, among=("base", "other")),
        "n": count(least=1),
        "correct": count(null=True),
        "share": share(null=True),
        "mean": real(),
        "tried": flag(),
        "ids": numbers(pl.Int64),
    },
    at_most("correct", "n"),
)
GOOD = pl.DataFrame(
    {
        "name": ["a", "b", "c"],
        "side": ["base", None, "other"],
        "n": [1, 4, 4],
        "correct": [1, None, 0],
        "share": [0.0, 1.0, None],
        "mean": [1.5, float("inf"), -2.0],
        "tried": [True, False, True],
        "ids": [[1], None, []],
    },
    schema_overrides={"ids": pl.List(pl.Int64)},
)
STRANGE = {
    "name": [None, "a", ""],
    "side": ["base", "neither", None],
    "n": [None, 0, -1, 3],
    "correct": [None, -1, 5, 2],
    "share": [None, -0.5, 1.5, float("nan"), float("inf")],
    "mean": [None, float("nan"), float("-inf")],
    "tried": [None, False],
    "ids": [None, [2, 3]],
}

SCORED = {
    **{name: ["x"] for name in ("model", "benchmark", "protocol", "problem_id")},
    **{"n": [4], "correct": [1]},
    **{name: [None] for name in ("truncated", "no_answer", "distinct_answers")},
    **{name: [None] for name in ("majority_correct", "mean_tokens")},
}


def mutated(draw: random.Random) -> pl.DataFrame:
    rows = GOOD.to_dicts()
    for _ in range(draw.randrange(3)):
        name = draw.choice(list(STRANGE))
        draw.choice(rows)[name] = draw.choice(STRANGE[name])
    frame = pl.DataFrame(rows, schema=GOOD.schema)
    if draw.random() < 0.1:
        frame = frame.with_columns(pl.col("tried").cast(pl.String))
    return frame.drop("ids") if draw.random() < 0.1 else frame


def outcome(judge, frame: pl.DataFrame) -> object:
    try:
        return judge(frame, MIXED, "x").rows()
    except TableError as error:
        return str(error)


def keeps_by_pandera(frame: pl.DataFrame) -> bool:
    try:
        MIXED.schema.validate(frame, lazy=True)
    except SchemaErrors:
        return False
    return True


def test_polars_alone_judges_as_pandera_does():
    draw = random.Random(1)
    outcomes = []
    for _ in range(200):
        frame = mutated(draw)
        outcomes.append(keeps_by_pandera(frame))
        declared = frame.select(name for name in MIXED.columns if name in frame.columns)
        assert MIXED.holds(declared) == outcomes[-1]
        assert isinstance(outcome(check, frame), str) != outcomes[-1]
    assert 40 < sum(outcomes) < 140  # both are tried


def test_some_columns_of_a_table_need_no_distinct_rows():
    twice = pl.concat([GOOD, GOOD]).select("side", "n")
    assert MIXED.only(("side", "n")).holds(twice)
    assert not MIXED.holds(pl.concat([GOOD, GOOD]))
    assert MIXED.only(("correct",)).holds(twice.select(correct=pl.lit(None, pl.Int64)))
    assert MIXED.only(("ids",)).holds(GOOD.select("ids"))


def test_what_is_right_needs_no_pandera():
    code = (
        f"import sys; from polars import *; from boundary.tables import SCORES;"
        f"from boundary.validating import check;"
        f"check(DataFrame({SCORED}), SCORES, 'x'); print('pandera' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(PACKAGE.parent)},
    )
    assert done.stdout == "False\n"


def test_what_is_wrong_is_said_by_rule():
    wrong = pl.DataFrame(SCORED).with_columns(correct=pl.col("n") + 1)
    with pytest.raises(TableError, match="x: 1 rule\\(s\\) of the scores table are broken"):
        check(wrong, SCORES, "x")


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_key_that_stands_twice_is_met_in_any_order_of_rows(shuffled):
    many = pl.concat(
        [GOOD.with_columns(name=pl.lit(f"{i:04}") + pl.col("name")) for i in range(99)]
    )
    check(many, MIXED, "x")
    doubled = pl.concat([many, many.slice(200, 1).with_columns(n=pl.lit(9, pl.Int64))])
    doubled = doubled.sample(fraction=1, shuffle=True, seed=1) if shuffled else doubled.sort("name")
    with pytest.raises(TableError, match=r"rows for \(name\): 1 key\(s\), first 0066c"):
        check(doubled, MIXED, "x")
