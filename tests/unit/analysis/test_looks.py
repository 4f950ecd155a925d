"""The levels of planned looks, against tables and an integral of the normal law."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from boundary.analysis.looks import look_levels


def test_looks_that_spend_as_pococks_do_have_his_levels() -> None:
    """Pocock 1977: three looks, equally spaced, each at the level 0.0221 for 0.05 together."""
    levels = look_levels([1, 2, 3], [0.0221, 0.0379, 0.05])
    assert levels == pytest.approx([0.0221] * 3, abs=2e-4)


@pytest.mark.parametrize("sizes", [(64, 96, 128), (8, 64, 1024)])
def test_together_they_err_as_often_as_the_plan_says(sizes: tuple[int, ...]) -> None:
    spent = (0.01, 0.02, 0.04)
    levels = look_levels(sizes, spent)
    z = norm.isf(np.array(levels) / 2)
    law = np.sqrt([[min(a, b) / max(a, b) for b in sizes] for a in sizes])
    for looks in (2, 3):
        within = multivariate_normal(np.zeros(looks), law[:looks, :looks], seed=1)
        kept = within.cdf(z[:looks], lower_limit=-z[:looks])
        assert 1 - kept == pytest.approx(spent[looks - 1], abs=2e-4)


def test_one_look_has_all_of_it() -> None:
    assert look_levels([64], [0.03]) == [0.03]
