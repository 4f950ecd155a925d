"""Verdicts at the looks of a written plan: bands of a level of their own, and nothing else."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from boundary.analyses.crossover import PlannedLook
from boundary.analysis.bootstrap import Band
from score_tables import NAMES, arm, study_tables

PLAN = [PlannedLook(n=16, alpha=0.01), PlannedLook(n=32, alpha=0.05)]


def tables(n: int, looks: list[PlannedLook], comparisons: int = 1) -> dict[str, pl.DataFrame]:
    draws = np.random.default_rng(3)
    scores = pl.concat([arm(m, draws.binomial(n, p, 60), n) for m, p in (("b", 0.3), ("o", 0.4))])
    named = [NAMES | {"comparison": f"c{i}"} for i in range(comparisons)]
    return study_tables(scores, {"comparisons": named, "looks": looks})


def test_a_look_widens_the_bands_and_leaves_pointwise_intervals() -> None:
    plain, planned = tables(16, []), tables(16, PLAN)
    assert "band_level" not in plain["crossovers"].columns
    (row,) = planned["crossovers"].to_dicts()
    assert row["band_level"] == 0.99
    assert "look 1 of 2 of the written plan (n = 16, 32; error spent by then" in row["note"]
    assert "bands are at 99 %, and a verdict at an earlier look stands" in row["note"]
    for end in ("low", "high"):
        widths = {
            name: (planned["differences"][f"{name}_{end}"] - plain["differences"][f"{name}_{end}"])
            for name in ("ci", "band", "fixed")
        }
        assert widths["ci"].abs().max() == 0
        sign = -1 if end == "low" else 1
        assert (sign * widths["band"]).min() >= 0 and (sign * widths["fixed"]).min() >= 0
        assert widths["band"].abs().max() > 0 and widths["fixed"].abs().max() > 0
    same = ["k_cross", "ci_low", "ci_high", "diff_ci_low", "diff_ci_high"]
    assert planned["crossovers"].select(same).equals(plain["crossovers"].select(same))


def test_an_n_that_is_no_look_has_the_usual_bands_and_is_told() -> None:
    plain, planned = tables(20, []), tables(20, PLAN)
    assert planned["differences"].equals(plain["differences"])
    assert planned["crossovers"].columns == plain["crossovers"].columns
    assert "n = 20 is no look of the written plan" in planned["crossovers"]["note"][0]


def test_the_last_look_of_several_comparisons_has_replicates_enough() -> None:
    strict = [PlannedLook(n=16, alpha=0.001)]
    rows = tables(16, strict, comparisons=11)["crossovers"]
    assert rows["band_level"].to_list() == [0.999] * 11
    assert rows["verdict_holm"].null_count() == 0


def test_the_error_of_the_critical_value_is_that_at_the_bands_level() -> None:
    empty, peaks = np.zeros(1), np.arange(1000.0)
    args = (empty, empty, empty, empty, empty, empty, 1.0, 9, peaks, 0.95)
    assert Band(*args, 0.5).critical_error == pytest.approx(999 * (0.25 / 1000) ** 0.5)
