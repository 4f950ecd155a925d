"""Sensitivity and specificity of a judge."""

import numpy as np
import polars as pl
import pytest

from boundary.analyses.cot.judges import Quality, quality_of, quality_table


def chains(*said, model="m"):
    """Return a CHAINS frame of (judge, human) of distinct responses, id by place."""
    count = len(said)
    return pl.DataFrame(
        {
            "model": [model] * count,
            "benchmark": ["b"] * count,
            "protocol": ["p"] * count,
            "problem_id": [f"q{i}" for i in range(count)],
            "sample_index": [0] * count,
            "id": [f"{i:016x}" for i in range(count)],
            "in_sheet": [True] * count,
            "n": [100] * count,
            "correct": [1] * count,
            "equations": [0] * count,
            "wrong_equations": [0] * count,
            "arithmetic": ["none"] * count,
            "first_wrong": pl.Series([None] * count, dtype=pl.String),
            "judge": pl.Series([judge for judge, _ in said], dtype=pl.String),
            "human": pl.Series([human for _, human in said], dtype=pl.String),
        }
    )


SAID = [
    *[("valid", "valid")] * 8,
    *[("invalid", "valid")] * 1,
    ("unclear", "valid"),
    *[("valid", "invalid")] * 2,
    *[("invalid", "invalid")] * 17,
    ("unclear", "invalid"),
    ("valid", "unclear"),
    ("valid", None),
    (None, "valid"),
]


def test_unclear_is_no_acceptance_and_undecided_items_are_left_out():
    assert quality_of(chains(*SAID)) == Quality(10, 8, 20, 18)
    row = quality_table(chains(*SAID), "j", 0.95).row(0, named=True)
    assert (row["scope"], row["judge"], row["undecided"]) == ("all", "j", 1)
    assert (row["sensitivity"], row["specificity"]) == (0.8, 0.9)
    assert row["sensitivity_ci_low"] < 0.8 < row["sensitivity_ci_high"]
    assert row["informative"] is True


def test_the_interval_is_that_of_jeffreys():
    """8 of 10: the posterior Beta(8.5, 2.5), its mass summed on a fine grid."""
    row = quality_table(chains(*SAID), "j", 0.95).row(0, named=True)
    x = (np.arange(200_000) + 0.5) / 200_000
    mass = np.cumsum(x**7.5 * (1 - x) ** 1.5)
    ends = [x[np.searchsorted(mass, tail * mass[-1])] for tail in (0.025, 0.975)]
    found = [row["sensitivity_ci_low"], row["sensitivity_ci_high"]]
    assert found == pytest.approx(ends, abs=1e-4)


def test_a_response_of_two_models_counts_once_over_all_and_once_in_each():
    both = pl.concat([chains(*SAID), chains(*SAID, model="n")])
    table = quality_table(both, "j", 0.95)
    assert table.select("scope", "valid").rows() == [
        ("all", 10),
        ("m / b / p", 10),
        ("n / b / p", 10),
    ]


def test_without_any_audit_nothing_is_known():
    row = quality_table(chains(("valid", None)), "j", 0.95).row(0, named=True)
    assert (row["valid"], row["sensitivity"], row["informative"]) == (0, None, False)
    assert row["sensitivity_ci_low"] < 0.01 and row["sensitivity_ci_high"] > 0.99


@pytest.mark.parametrize(
    ("quality", "informative"),
    [
        (Quality(50, 25, 50, 25), False),  # a coin
        (Quality(50, 50, 50, 0), False),  # says valid to everything
        (Quality(1, 1, 1, 1), False),  # two chains tell nothing
        (Quality(20, 16, 20, 15), True),
        (Quality(50, 10, 50, 10), False),  # says the contrary
    ],
)
def test_better_than_a_coin(quality, informative):
    assert quality.informative(0.95) is informative


def test_draws_follow_the_posterior_and_the_content_alone():
    quality = Quality(40, 30, 60, 54)
    sensitivity, specificity = quality.draw(20_000)
    assert sensitivity.mean() == pytest.approx(30.5 / 41, abs=0.005)
    assert specificity.mean() == pytest.approx(54.5 / 61, abs=0.005)
    assert np.array_equal(quality.draw(20_000)[0], sensitivity)
