"""Models at the best temperature of a grid: closed forms, choice on other problems, bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from boundary.analyses.temperature_envelope.matched import matched_temperature
from boundary.analyses.temperature_envelope.section import SUMMARIES, beside
from boundary.analysis.crossfit import best, crossfitted, halves
from boundary.analysis.questions import Questions
from boundary.jobs.reading import Grid
from score_tables import study_tables

GRID = [Grid(temperatures={"cold": 0.6, "warm": 1.0, "hot": 1.4})]
PAIR = {"comparison": "c", "base": "b", "other": "o", "benchmark": "bench", "protocol": "cold"}
N = 16


def arm(model: str, protocol: str, correct: list[int], n: int = N, **more: Any) -> pl.DataFrame:
    rows = len(correct)
    frame = pl.DataFrame({"correct": correct, **more}).with_columns(
        model=pl.lit(model),
        benchmark=pl.lit("bench"),
        protocol=pl.lit(protocol),
        problem_id=pl.format("q{}", pl.int_range(rows)),
        n=pl.lit(n, dtype=pl.Int64),
    )
    empty = {"truncated": pl.Int64, "no_answer": pl.Int64, "distinct_answers": pl.Int64}
    empty |= {"majority_correct": pl.Boolean, "mean_tokens": pl.Float64}
    return frame.with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in empty.items() if name not in more
    )


def tables_of(*arms: pl.DataFrame, pair: dict[str, str] = PAIR, grids: Any = GRID) -> Any:
    scores = pl.concat(arms, how="diagonal")
    return study_tables(scores, {"comparisons": [pair], "grids": grids, "bootstrap": 100})


def at(tables: Any, k: int) -> dict[str, Any]:
    return tables["temperature_envelope"].filter(k=k).row(0, named=True)


def test_a_temperature_that_is_best_for_every_problem_is_the_envelope() -> None:
    """At k = 1 warm solves 3/4 of each of 20 problems, cold a half, hot a quarter."""
    base = [arm("b", name, [c] * 20) for name, c in (("cold", 8), ("warm", 12), ("hot", 4))]
    other = [arm("o", name, [c] * 20) for name, c in (("cold", 10), ("warm", 6), ("hot", 2))]
    row = at(tables_of(*base, *other), 1)
    assert (row["base_pass_at_k"], row["other_pass_at_k"], row["gap"]) == (0.5, 0.625, -0.125)
    assert (row["base_envelope"], row["base_best"]) == (pytest.approx(0.75), 1.0)
    assert (row["other_envelope"], row["other_best"]) == (pytest.approx(0.625), 0.6)
    assert row["envelope_gap"] == row["caught_up"] == pytest.approx(0.125)
    # Twenty problems that agree leave ± 17 points to a kind that none of them shows.
    assert row["gap_high"] > 0 and row["recovered"] is None


def spread(rng: np.random.Generator, mean: float, m: int = 120) -> list[int]:
    return rng.binomial(N, np.clip(rng.normal(mean, 0.1, m), 0, 1)).tolist()


def test_who_is_behind_catches_up_only_where_the_interval_says_so() -> None:
    rng = np.random.default_rng(1)
    for warm, outcome in ((0.8, "yes"), (0.4, "no"), (0.5, "open")):
        base = [arm("b", "cold", spread(rng, 0.3)), arm("b", "warm", spread(rng, warm))]
        tables = tables_of(*base, *(arm("o", n, spread(rng, 0.5)) for n in ("cold", "warm")))
        assert at(tables, 1)["recovered"] == outcome
        text = beside(tables)["c", "bench"]
        assert text.startswith("Over the temperatures sampled (0.6, 1), against")
        said = {"yes": "b at its best is ahead of o", "open": "is open"}
        said["no"] = "b at its best stays behind o"
        assert said[outcome] in text
    text = beside(tables_of(*base, arm("o", "cold", spread(rng, 0.5))))["c", "bench"]
    assert text.startswith("Over the temperatures sampled (b: 0.6, 1; o: 0.6), against")


def test_the_other_is_judged_where_it_is_behind_and_sides_exchange() -> None:
    rng = np.random.default_rng(2)
    base = [arm("b", n, spread(rng, r)) for n, r in (("cold", 0.3), ("warm", 0.45))]
    other = [arm("o", n, spread(rng, r)) for n, r in (("cold", 0.6), ("warm", 0.2))]
    there = at(tables_of(*base, *other), 1)
    back = at(tables_of(*base, *other, pair={**PAIR, "base": "o", "other": "b"}), 1)
    assert there["gap"] == pytest.approx(-back["gap"])
    assert there["envelope_gap"] == pytest.approx(-back["envelope_gap"], abs=1e-12)
    assert there["envelope_gap_low"] == pytest.approx(-back["envelope_gap_high"], abs=1e-12)
    assert there["caught_up"] == pytest.approx(back["caught_up"], abs=1e-12)
    assert there["recovered"] == back["recovered"] == "no"


def test_the_choice_is_made_on_other_problems() -> None:
    """Nothing but noise: the largest of eight means is 3 points too high, the envelope is not."""
    rng = np.random.default_rng(3)
    naive, fair = [], []
    for seed in range(200):
        values = rng.binomial(N, 0.3, (8, 60, 1)) / N
        naive.append(values.mean(axis=1).max() - 0.3)
        fair.append(crossfitted(values, halves(60, seed)).mean() - 0.3)
    assert np.mean(naive) > 0.015
    assert abs(np.mean(fair)) < 0.003
    first = halves(60, 1)
    assert (first.sum(axis=1) == 30).all() and first.std(axis=0).min() > 0
    assert best(np.array([[[0.1, 0.4]], [[0.2, 0.3]]])).tolist() == [1, 0]


def test_a_model_of_one_temperature_has_no_other_to_catch_up_at() -> None:
    rng = np.random.default_rng(4)
    base = arm("b", "cold", spread(rng, 0.2))
    other = [arm("o", n, spread(rng, 0.6)) for n in ("cold", "warm")]
    tables = tables_of(base, *other)
    row = at(tables, 1)
    assert (row["recovered"], row["base_temperatures"]) == (None, "0.6")
    assert row["note"] == "base has one temperature alone"
    assert row["base_envelope"] == pytest.approx(row["base_pass_at_k"])
    assert beside(tables) == {}
    turned = tables_of(base, *other, pair={**PAIR, "base": "o", "other": "b"})
    note = turned["matched_temperature"]["note"].item()
    assert note == "other has one temperature alone"


def test_without_a_grid_there_is_nothing_and_few_problems_choose_nothing() -> None:
    both = [arm(m, n, [3, 5, 8]) for m in "bo" for n in ("cold", "warm")]
    for made in (tables_of(*both, grids=()), tables_of(*both[::2])):
        assert made["temperature_envelope"].is_empty() and made["matched_temperature"].is_empty()
    row = at(tables_of(*both), 1)
    assert (row["base_envelope"], row["recovered"]) == (None, None)
    assert "fewer than 8 problems" in row["note"]
    single = [arm(m, n, [3]) for m in "bo" for n in ("cold", "warm")]
    assert at(tables_of(*single), 1)["gap"] == 0.0
    apart = [
        both[0],
        *(each.with_columns(problem_id=pl.lit("z") + pl.col("problem_id")) for each in both[1:]),
    ]
    apart[2] = both[2]
    assert tables_of(*apart)["temperature_envelope"].is_empty()


def test_unequal_n_ends_the_curve_and_forbids_matching_entropy() -> None:
    known = {"answer_entropy": [1.0] * 9, "distinct_answers": [3] * 9, "no_answer": [0] * 9}
    arms = [arm("b", "cold", [3] * 9, 8, **known), arm("b", "warm", [9] * 9, 16, **known)]
    arms += [arm("o", n, [5] * 9, 16, **known) for n in ("cold", "warm")]
    tables = tables_of(*arms)
    assert tables["temperature_envelope"]["k"].to_list() == [1, 2, 4, 8]
    row = tables["matched_temperature"].row(0, named=True)
    assert (row["temperature"], row["note"]) == (None, "n differs, with which entropy grows")


def test_the_temperature_of_equal_entropy_is_interpolated() -> None:
    """0.5 at 0.6, 1.5 at 1.0: 1.2 nats are reached at 0.6 + 0.7 · 0.4 = 0.88."""
    none = {"distinct_answers": [1] * 12, "no_answer": [0] * 12}
    noise = np.linspace(-0.2, 0.2, 12)

    def side(model: str, protocol: str, entropy: float, sign: int) -> pl.DataFrame:
        values = (entropy + sign * noise).tolist()
        return arm(model, protocol, [4] * 12, answer_entropy=values, **none)

    base = side("b", "cold", 1.2, 1)
    other = [side("o", "cold", 0.5, -1), side("o", "warm", 1.5, -1), side("o", "hot", 3.0, -1)]
    row = tables_of(base, *other)["matched_temperature"].row(0, named=True)
    assert row["temperature"] == pytest.approx(0.88)
    assert row["base_entropy"] == pytest.approx(1.2)
    # The difference has a standard error of 2 · 0.2·√(13/33)/√12 over a slope of 2.5 a degree.
    reach = 1.96 * 2 * noise.std(ddof=1) / np.sqrt(12) / 2.5
    assert row["temperature_low"] == pytest.approx(0.88 - reach, abs=0.004)
    assert row["temperature_high"] == pytest.approx(0.88 + reach, abs=0.004)
    assert (row["n_problems"], row["note"]) == (12, None)
    for entropy, where in ((0.1, "above the base's at the lowest"), (4.0, "below the base's at")):
        outside = tables_of(side("b", "cold", entropy, 1), *other)["matched_temperature"]
        row = outside.row(0, named=True)
        assert (row["temperature"], row["temperature_low"]) == (None, None)
        assert "outside the grid" in row["note"] and where in row["note"]
    unknown = tables_of(*(arm(m, n, [4] * 12) for m in "bo" for n in ("cold", "warm")))
    assert unknown["matched_temperature"]["note"].item() == "the entropy of answers is not known"


def test_an_interval_that_reaches_the_end_of_the_grid_is_open() -> None:
    rng = np.random.default_rng(5)
    target = rng.normal(0.52, 0.5, 9)
    entropies = np.stack([rng.normal(mean, 0.5, 9) for mean in (0.4, 0.7)])
    found = matched_temperature(
        entropies, np.array([0.6, 1.0]), target, Questions.distinct(9), 1.96
    )
    assert found[1] is None or found[2] is None


def test_entropies_that_are_equal_at_an_end_of_the_grid_match_there() -> None:
    entropies = np.array([[0.2] * 9, [0.5] * 9, [0.9] * 9]) + np.linspace(0, 0.1, 9)
    questions, temperatures = Questions.distinct(9), np.array([0.6, 1.0, 1.4])
    for place, temperature in enumerate(temperatures):
        match = matched_temperature(entropies, temperatures, entropies[place], questions, 1.96)
        assert match[0] == pytest.approx(temperature)
    alike = np.ones((3, 9))
    assert matched_temperature(alike, temperatures, alike[0], questions, 1.96) == (0.6, None, None)


def test_the_page_shows_open_ends_and_nothing_for_no_estimate() -> None:
    row = {**PAIR, "other_protocol": "cold", "base_temperature": 0.6, "base_entropy": 1.0}
    row |= {"n_problems": 9, "n_min": 16, "note": None, "temperature_high": None}
    rows = [
        row | {"temperature": t, "temperature_low": low} for t, low in ((1.1, 0.9), (None, None))
    ]
    table = SUMMARIES["matched_temperature"](pl.DataFrame(rows))
    place = table.header.index("interval")
    assert [cells[place] for cells in table.rows] == ["[0.9, open)", "–"]
