"""Guards beside the verdict."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundary.analysis.pairs import pair_arms
from boundary.analysis.reliance import reliance


def guard(arm, base, other, n=8, independent=None):
    pair = pair_arms(arm("b", base, n), arm("o", other, n), "c")
    return reliance(pair, pair.m if independent is None else independent).guard


@pytest.mark.parametrize(
    ("base", "other", "said"),
    [
        ([1] * 60 + [0] * 60, [1] * 54 + [0] * 60 + [1] * 6, None),
        ([1] * 60 + [0] * 39, [1] * 54 + [0] * 39 + [1] * 6, "small-set"),
        ([1] * 60 + [0] * 60, [1] * 55 + [0] * 65, "few-discordant"),
        ([1] * 60 + [0] * 60, [1] * 54 + [0] * 66, None),
        ([1] * 115 + [0] * 5, [0] * 5 + [1] * 115, "saturated-high"),
        ([1] * 115 + [0] * 5, [0] * 6 + [1] * 114, None),
        ([1] * 5 + [0] * 115, [0] * 115 + [1] * 5, "saturated-low"),
        ([1] * 6 + [0] * 114, [0] * 115 + [1] * 5, None),
        ([0] * 10, [0] * 10, "small-set;few-discordant;saturated-low"),
        ([1] * 10, [1] * 10, "small-set;few-discordant;saturated-high"),
        # Half of ten is neither most of them nor, with five unsolved, saturated above.
        ([1] * 5 + [0] * 5, [0] * 5 + [1] * 5, "small-set;saturated-low"),
        ([1] * 8 + [0] * 2, [1] * 2 + [0] * 8, "small-set"),
    ],
)
def test_each_guard_fires_where_it_says(arm, base, other, said):
    assert guard(arm, base, other) == guard(arm, other, base) == said


def test_the_number_of_independent_problems_is_given(arm):
    base, other = [1] * 60 + [0] * 60, [1] * 50 + [0] * 60 + [1] * 10
    assert guard(arm, base, other, independent=99) == "small-set"
    assert guard(arm, base, other, independent=100) is None


@pytest.mark.parametrize(
    ("same", "distinct", "fires"), [(6, 4, 1), (5, 4, 1), (4, 4, 0), (6, 2, 0)]
)
def test_copies_between_the_two_are_a_guard(same, distinct, fires, arm):
    columns = {
        "responses_digest": pl.Series(range(6), dtype=pl.Int64),
        "distinct_responses": pl.Series([distinct] * 6, dtype=pl.Int64),
    }
    base = arm("b", [1, 2, 0, 1, 1, 1], 4, **columns)
    other = arm("o", [1, 2, 0, 1, 1, 1], 4, **columns).with_columns(
        responses_digest=pl.when(pl.int_range(6) < same).then("responses_digest").otherwise(99)
    )
    found = reliance(pair_arms(base, other, "c"), 6)
    assert ("duplicates" in found.guard) == bool(fires)
    assert found.n_copied == (same if distinct == 4 else 0)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=130))
def test_guards_are_symmetric_and_counted(arm, solved):
    base, other = map(list, zip(*solved, strict=True))
    pair = pair_arms(arm("b", base, 2), arm("o", other, 2), "c")
    turned = pair_arms(arm("b", other, 2), arm("o", base, 2), "c")
    one, two = reliance(pair, pair.m), reliance(turned, pair.m)
    assert one.guard == two.guard
    assert (one.base_solved, one.other_solved) == (two.other_solved, two.base_solved)
    assert one.n_discordant == sum((b > 0) != (o > 0) for b, o in solved)
