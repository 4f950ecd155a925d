"""Comparisons on published counts, held against numbers from outside and against a study."""

from __future__ import annotations

from dataclasses import asdict

import polars as pl
import pytest

from boundary.comparison.inputs import Settings
from boundary.comparison.regions import Stretch, first_loss, stretches
from boundary.comparison.result import Result, compare_sides
from boundary.comparison_tables import SETS
from boundary.data.counts import counts_scores
from boundary.rows import VerdictRow
from comparison_sides import PUBLISHED, counts_of, deepscaler, gpqa, made_side, math500
from score_tables import study_tables


@pytest.fixture(scope="module")
def to_half() -> Result:
    return compare_sides(deepscaler())


def test_deepscaler_is_what_others_computed(to_half: Result) -> None:
    """The band at 64 and the first loss of passk-inference 0.3.1: [0.05, 2.55] and [11, 61]."""
    (outcome,) = to_half.outcomes
    row, band = outcome.verdict, outcome.curve.band
    assert (row.verdict, row.guard, row.k_max, row.n_problems) == ("crossover", None, 64, 1060)
    assert row.k_cross == pytest.approx(21.8, abs=0.05)
    assert (row.ci_low, row.ci_high) == pytest.approx((12.4, 46.2), abs=0.05)
    assert 100 * row.diff_at_k_max == pytest.approx(1.2988, abs=1e-4)
    assert (100 * band.low[63], 100 * band.high[63]) == pytest.approx((0.05, 2.55), abs=0.1)
    assert [getattr(outcome.sets, name) for name in SETS] == [911, 33, 12, 104]
    assert (outcome.base[0].value, outcome.other[0].value) == pytest.approx((0.604105, 0.680063))
    gain, open_, loss = stretches(row)
    assert gain == Stretch(1, 10, "gain")
    assert (open_.first, open_.what, loss.last, loss.what) == (11, "undecided", 64, "loss")
    assert loss.first == pytest.approx(61, abs=1)
    assert first_loss(row).first == 11
    assert first_loss(row).last == pytest.approx(61, abs=1)


def test_deepscaler_to_all_samples() -> None:
    row = compare_sides(deepscaler(), Settings(k_max=128)).outcomes[0].verdict
    gain, _, loss = stretches(row)
    assert gain == Stretch(1, 10, "gain")
    assert (loss.last, loss.what) == (128, "loss") and loss.first == pytest.approx(61, abs=1)
    assert "flagged: k_max 128 exceeds n/2" in str(row.note)


def test_gpqa_is_what_others_computed() -> None:
    """Paired +5.9 points [0.4, 11.3] of inspect_ai's thread 4206, with gpt-5-nano as base."""
    (outcome,) = compare_sides(gpqa()).outcomes
    band = outcome.curve.band
    ends = band.mean[0], band.ci_low[0], band.ci_high[0]
    assert [100 * end for end in ends] == pytest.approx([5.8586, 0.41, 11.31], abs=0.005)
    assert (outcome.verdict.k_max, outcome.n, outcome.verdict.n_problems) == (2, 5, 198)


def test_math500_is_what_a_study_of_its_counts_says() -> None:
    (outcome,) = compare_sides(math500()).outcomes
    names = "qwen2.5-7b", "qwen2.5-7b-simplerl-zoo"
    counts = PUBLISHED / "math500_qwen2.5-7b.csv"
    scores = pl.concat(counts_scores(counts, name, name, "math500", "paper") for name in names)
    pair = {"comparison": "c", "base": names[0], "other": names[1]}
    comparison = {**pair, "benchmark": "math500", "protocol": "paper"}
    tables = study_tables(scores, {"comparisons": [comparison]})
    study = tables["crossovers"].row(0, named=True)
    named = {*pair, "protocol", "other_protocol"}
    assert {k: v for k, v in asdict(outcome.verdict).items() if k not in named} == {
        k: v for k, v in asdict(VerdictRow.of(study)).items() if k not in named
    }
    sets = tables["coverage"].row(0, named=True)
    assert asdict(outcome.sets) == {name: sets[name] for name in asdict(outcome.sets)}
    curves = tables["passk"].filter(pl.col("k").is_in([1, 64])).sort("model", "k")
    assert [
        (rate.k, rate.value, rate.low, rate.high) for rate in (*outcome.base, *outcome.other)
    ] == curves.select("k", "pass_at_k", "ci_low", "ci_high").rows()


def test_only_shared_problems_count_in_every_number() -> None:
    shared = counts_of([0, 4, 8] * 40)
    base = made_side("a", {"b": shared | {"mine": (8, 8)}})
    other = made_side("o", {"b": counts_of([4, 4, 8] * 40) | {"x": (0, 8), "y": (0, 8)}})
    (outcome,) = compare_sides([base, other]).outcomes
    assert outcome.base[0].value == pytest.approx(0.5)
    assert outcome.other[0].value == pytest.approx(2 / 3)
    assert outcome.verdict.n_problems == 120
    assert "1 problem(s) only of base and 2 only of other dropped" in str(outcome.verdict.note)


def test_several_others_on_several_benchmarks_are_cells_of_one_table() -> None:
    """As in a study, Holm's correction goes over all of them."""
    many = counts_of([1] * 60 + [5] * 60)
    few = counts_of([1, 3] * 60)
    base = made_side("base", {"hard": few, "easy": many, "mine": few})
    one = made_side("one", {"easy": many, "hard": counts_of([7, 8] * 60)})
    two = made_side("two", {"hard": few, "else": few})
    result = compare_sides([base, one, two])
    cells = [(each.verdict.other, each.verdict.benchmark) for each in result.outcomes]
    assert cells == [("one", "hard"), ("one", "easy"), ("two", "hard")]
    rows = [each.verdict for each in result.outcomes]
    assert [row.holm_cells for row in rows] == [3, 3, 3]
    assert [row.verdict for row in rows] == ["other-ahead-to-K", "undetermined", "undetermined"]
    assert rows[0].comparison == "one-vs-base"


def test_one_sample_a_problem_has_one_k() -> None:
    base = made_side("a", {"b": counts_of([0, 1] * 60, n=1)})
    other = made_side("o", {"b": counts_of([1, 0] * 60, n=1)})
    (outcome,) = compare_sides([base, other]).outcomes
    assert [rate.k for rate in outcome.base] == [1]
    assert stretches(outcome.verdict) == [Stretch(1, 1, "undecided")]


def test_sides_change_places() -> None:
    """What one comparison says of a pair the other says turned round, also of questions."""
    correct = [i % 9 for i in range(240)]
    counts = counts_of(correct), counts_of([each // 2 for each in correct[::-1]])
    twice = pl.Series([f"{i // 2:016d}" for i in range(240)])
    other = made_side(
        "other", {"b": counts[1]}, question=pl.Series([f"{i:016x}" for i in range(240)])
    )
    for base in (
        made_side("base", {"b": counts[0]}, question=twice),
        made_side("base", {"b": counts[0]}),
    ):
        there, back = (compare_sides(sides).outcomes[0] for sides in ((base, other), (other, base)))
        assert there.verdict.n_problems == back.verdict.n_problems
        assert (there.base, there.other) == (back.other, back.base)
        assert there.curve.band.mean == pytest.approx(-back.curve.band.mean, abs=1e-12)
        assert there.curve.band.low == pytest.approx(-back.curve.band.high, abs=1e-12)
        assert there.verdict.guard == back.verdict.guard
        rates = [rate.value for rate in (*there.base, *there.other)]
        assert rates[0] - rates[2] == pytest.approx(there.verdict.diff_at_1)
