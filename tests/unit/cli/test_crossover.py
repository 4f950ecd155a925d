"""Verdicts of `crossover` on files: symmetric, and guarded where nothing can rest on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.comparison_tables import CROSSOVERS
from boundary.decisions import read_regions
from boundary.report.sentences import sentence
from boundary.rows import VerdictRow
from boundary.store import read_table

#: The base is ahead at k = 1 by a little; at K the other is, by more than the base was.
TURNS = [72] * 30 + [0] * 9 + [1] * 4, [66] * 30 + [1] * 9 + [0] * 4
#: Ahead by a hair at k = 1, level at K.
LEVEL = [70] * 24 + [1] * 3 + [0] * 3, [69] * 24 + [0] * 3 + [1] * 3
EARLY = [90] * 24 + [1] * 3 + [0] * 3, LEVEL[1]


@pytest.fixture
def judged(
    run: Callable[..., Any], score_file: Callable[..., Path], tmp_path: Path
) -> Callable[..., dict[str, Any]]:
    def judge(base: list[int], other: list[int]) -> dict[str, Any]:
        given = ["--base", score_file("base", base, 128), "--other", score_file("rl", other, 128)]
        output = tmp_path / "x.parquet"
        done = run("crossover", *given, "--output", output, "--bootstrap", 1000)
        assert (done.code, done.err) == (0, "")
        return read_table(output, CROSSOVERS).row(0, named=True)

    return judge


@pytest.mark.parametrize(
    ("arms", "times", "verdicts", "guard"),
    [
        (TURNS, 1, ("undetermined", "undetermined"), "small-set"),
        (TURNS, 5, ("reverse", "crossover"), None),
        (LEVEL, 1, ("undetermined", "undetermined"), "small-set;saturated-high"),
        (EARLY, 5, ("base-ahead-early", "other-ahead-early"), None),
    ],
)
def test_labels_exchanged_exchange_the_verdict(
    judged: Callable[..., dict[str, Any]],
    arms: tuple[list[int], list[int]],
    times: int,
    verdicts: tuple[str, str],
    guard: str | None,
) -> None:
    one, two = (judged(*(counts * times for counts in pair)) for pair in (arms, arms[::-1]))
    assert (one["verdict"], two["verdict"]) == verdicts
    turned = {"base": "other", "other": "base"}
    regions = [(turned[each.side], each.first, each.last) for each in read_regions(one["regions"])]
    assert regions == [(each.side, each.first, each.last) for each in read_regions(two["regions"])]
    assert one["guard"] == two["guard"] == guard
    texts = [sentence(VerdictRow.of(row)) for row in (one, two)]
    lead = "On bench, no claim can rest on the verdict (small-set"
    assert [text.startswith(lead) for text in texts] == [guard is not None] * 2
    assert not any("behind" in text for text in texts)
    if verdicts[0] == "base-ahead-early":
        assert "base is ahead of rl at smaller k, and at K = 64 the order is open" in texts[0]
        assert "rl is ahead of base at smaller k, and at K = 64 the order is open" in texts[1]
    if verdicts[0] == "reverse":
        assert "On bench, rl overtakes base: " in texts[0]
        assert "On bench, base overtakes rl at k× ≈ 5.57 [" in texts[1]


def test_the_verdict_is_printed(run, score_file, tmp_path: Path) -> None:
    base, other = score_file("base", [1, 2] * 60), score_file("rl", [7, 8] * 60)
    sides = ("--base", base, "--other", other)
    done = run("crossover", *sides, "--output", tmp_path / "x.parquet")
    assert done.code == 0
    assert "rl is ahead of base at K = 4" in done.out


def test_nothing_solved_by_either(judged: Callable[..., dict[str, Any]]) -> None:
    row = judged([0] * 10, [0] * 10)
    assert (row["verdict"], row["regions"]) == ("undetermined", None)
    assert row["guard"] == "small-set;few-discordant;saturated-low"
    text = sentence(VerdictRow.of(row))
    assert "over all n samples base solves 0 and rl 0 of 10 problems, each fewer than 6" in text
    assert "nearly every" not in text and "likely go unseen" not in text


def test_a_set_beside_itself(judged: Callable[..., dict[str, Any]]) -> None:
    row = judged([5, 0] * 60, [5, 0] * 60)
    assert (row["verdict"], row["guard"]) == ("undetermined", "few-discordant")
    assert "ahead" not in sentence(VerdictRow.of(row))


def test_a_band_on_one_side_keeps_its_verdict_beside_the_guard(
    judged: Callable[..., dict[str, Any]],
) -> None:
    row = judged([3] * 120 + [0] * 2, [100] * 122)
    assert (row["verdict"], row["regions"]) == ("other-ahead-to-K", "other:1-64")
    assert row["guard"] == "few-discordant;saturated-high"
    assert "leaves 2 and rl 0 of 122 problems unsolved, each fewer than 6" in sentence(
        VerdictRow.of(row)
    )


def test_a_table_of_an_earlier_version_is_refused(
    run: Callable[..., Any], score_file: Callable[..., Path], tmp_path: Path
) -> None:
    files = [score_file("base", [5, 0] * 8, 8), score_file("rl", [1, 0] * 8, 8)]
    spec = (
        '{"comparisons": [{"comparison": "c", "base": "base", "other": "rl", "benchmark": "bench", '
        '"protocol": "p"}]}'
    )
    given = [part for path in files for part in ("--scores", path)]
    assert run("analyse", *given, "--spec", spec, "--output", tmp_path / "t").code == 0
    path = tmp_path / "t/crossovers.parquet"
    older = pl.read_parquet(path).drop("guard", "regions")
    older.with_columns(verdict=pl.lit("rl-ahead-to-K")).write_parquet(path)
    asked = '{"study": "s", "models": [{"name": "base", "role": "base"}], "confidence": 0.95, '
    asked += '"figures": [{"name": "difference", "title": null}]}'
    done = run("figures", "--tables", tmp_path / "t", "--spec", asked, "--output", tmp_path / "f")
    assert done.code == 2
    assert f"{path}: an earlier version of this tool made this table" in done.err
    assert "rl-ahead-to-K is now other-ahead-to-K" in done.err
