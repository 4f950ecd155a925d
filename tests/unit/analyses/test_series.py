import polars as pl
import pytest

from boundary.analyses.series.compute import series_table
from boundary.analyses.series.tables import SERIES
from boundary.errors import InputError
from boundary.jobs.reading import SeriesRow
from boundary.tables import check

SPEC = {
    "series": "grpo",
    "benchmark": "bench",
    "protocol": "paper",
    "points": [{"model": "base", "step": 0}, {"model": "late", "step": 100}],
}


def test_all_points_share_k_on_their_own_curves(arm):
    scores = pl.concat([arm("base", [1, 2, 0], 4), arm("late", [8, 2, 0], 8)])
    table = check(series_table(scores, SeriesRow.model_validate(SPEC)), SERIES, "test").sort(
        "step", "k"
    )
    assert table.select("step", "k").rows() == [(0, 1), (0, 4), (100, 1), (100, 4)]
    assert table["pass_at_k"][0] == pytest.approx(0.25)
    assert table["pass_at_k"][1] == pytest.approx(2 / 3)
    assert table["pass_at_k"][3] == pytest.approx((1 + (1 - 15 / 70)) / 3)
    assert table["n_min"].to_list() == [4, 4, 8, 8]
    assert table["flagged"].to_list() == [False, True, False, False]


def test_one_sample_gives_one_row_a_point(arm):
    scores = pl.concat([arm("base", [1, 0], 1), arm("late", [1, 1], 8)])
    assert series_table(scores, SeriesRow.model_validate(SPEC))["k"].to_list() == [1, 1]


def test_checkpoints_on_different_problems_are_refused(arm):
    scores = pl.concat([arm("base", [1, 2], 4), arm("late", [1, 2], 4, ids=["p0000", "q"])])
    with pytest.raises(InputError, match=r"late was scored on other problems than base \(2 differ"):
        series_table(scores, SeriesRow.model_validate(SPEC))


def test_a_missing_checkpoint_is_named(arm):
    with pytest.raises(InputError, match="Series grpo: the scores hold no arm late"):
        series_table(arm("base", [1], 4), SeriesRow.model_validate(SPEC))
