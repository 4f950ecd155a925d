"""One answer of N samples of two models: paired by problem, alike when exchanged, closed forms."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.special import stdtrit

from boundary.analysis.one_answer import Answers, pairs_table
from boundary.comparison_tables import one_answer_table
from boundary.jobs.reading import ArmTables
from boundary.tables import check

TABLE = one_answer_table("pairs", ("vote", "score"))


def arm(model: str, shares: np.ndarray, names: str, n: int = 8, rank: str = "vote") -> Answers:
    labels = {"model": model, "benchmark": "x", "protocol": "p"}
    problems = pl.DataFrame({"problem_id": list(names)})
    ks = [1 << i for i in range(shares.shape[1])]
    return Answers(labels, problems, ks, n, {rank: shares})


def pairs(*arms: Answers, base: str = "b", other: str = "o") -> pl.DataFrame:
    pair = {"comparison": "c", "base": base, "other": other, "benchmark": "x", "protocol": "p"}
    job = ArmTables.model_validate({"arms": [], "comparisons": [pair], "confidence": 0.95})
    return check(pairs_table(arms, job, TABLE), TABLE, "pairs")


def test_differences_are_of_the_problems_of_both_by_students_t() -> None:
    rng = np.random.default_rng(1)
    of_base, of_other = rng.random((40, 4)), rng.random((40, 4))
    names = "".join(chr(200 + i) for i in range(41))
    # Either model has a problem that the other lacks, and its rows in an order of their own.
    table = pairs(
        arm("b", np.vstack([of_base, np.ones(4)]), names),
        arm("o", np.vstack([np.zeros(4), of_other])[::-1], ("z" + names[:40])[::-1]),
    )
    assert table["k"].to_list() == [1, 2, 4, 8]
    assert table["n_problems"].unique().to_list() == [40]
    assert table["flagged"].to_list() == [False, False, False, True]
    row = table.row(2, named=True)
    assert row["base_right"] == pytest.approx(of_base[:, 2].mean())
    for name, values in (
        ("diff", of_base[:, 2] - of_other[:, 2]),
        ("base_lead", of_base[:, 2] - of_other[:, 0]),
        ("other_lead", of_other[:, 2] - of_base[:, 0]),
    ):
        half = float(stdtrit(39, 0.975)) * values.std(ddof=1) / math.sqrt(40)
        assert [row[f"{name}{end}"] for end in ("", "_low", "_high")] == pytest.approx(
            [values.mean(), values.mean() - half, values.mean() + half]
        )


def test_exchanged_models_exchange_what_is_told() -> None:
    rng = np.random.default_rng(2)
    arms = [arm(name, rng.random((12, 3)), "abcdefghijkl") for name in "bo"]
    one, two = pairs(*arms), pairs(*arms, base="o", other="b")
    for mine, theirs in (("base_lead", "other_lead"), ("base_right", "other_right")):
        for end in ("", "_low", "_high"):
            assert one[mine + end].to_list() == two[theirs + end].to_list()
    assert one["diff_low"].to_list() == pytest.approx((-two["diff_high"]).to_list())


def test_copies_are_one_problem_and_clusters_widen_intervals() -> None:
    shares = np.random.default_rng(3).random((16, 2))
    sides = [arm("b", shares, "abcdefghijklmnop"), arm("o", shares[:, ::-1], "abcdefghijklmnop")]

    def asked(column: str, values: str) -> pl.DataFrame:
        more = pl.Series(column, list(values))
        return pairs(*(replace(x, problems=x.problems.with_columns(more)) for x in sides))

    assert asked("question", "aabbccddeeffgghh")["n_problems"].unique().to_list() == [8]
    wide, plain = asked("cluster", "aaaabbbbccccdddd"), pairs(*sides)
    assert wide["n_problems"].unique().to_list() == [16]
    assert (wide["diff_high"] - wide["diff_low"]).min() > (
        plain["diff_high"] - plain["diff_low"]
    ).min()


def test_only_what_both_have_is_compared() -> None:
    some = np.full((3, 4), 0.5)
    short = pairs(arm("b", some, "abc"), arm("o", some[:, :2], "abc", n=3))
    assert short.select("k", "n_min", "flagged").rows() == [(1, 3, False), (2, 3, True)]
    assert pairs(arm("b", some, "abc"), arm("o", some, "abc", rank="score")).is_empty()
    assert pairs(arm("b", some, "abc"), arm("o", some, "xyz")).is_empty()
    assert pairs(arm("b", some, "abc")).is_empty()
