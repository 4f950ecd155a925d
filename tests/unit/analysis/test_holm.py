import numpy as np
import pytest

from boundary.analysis.crossover import decide
from boundary.analysis.differences import difference_curve
from boundary.analysis.holm import holm_verdicts, replicates_for
from boundary.analysis.pairs import pair_arms


@pytest.fixture(scope="module")
def curves():
    """Return one clear difference and four of the same model sampled twice, one near the line."""
    import polars as pl

    def arm(model, correct):
        ids = [f"p{i:03}" for i in range(len(correct))]
        frame = pl.DataFrame({"problem_id": ids, "n": 16, "correct": correct})
        return frame.with_columns(model=pl.lit(model), benchmark=pl.lit("b"), protocol=pl.lit("p"))

    rng = np.random.default_rng(26)
    made = []
    for gain in (0.35, 0.039, 0.0, 0.0, 0.0):
        p = rng.beta(1, 2, 150)
        base = arm("base", rng.binomial(16, p))
        other = arm("rl", rng.binomial(16, np.clip(p + gain, 0, 1)))
        made.append(difference_curve(pair_arms(base, other, f"c{len(made)}"), replicates=4000))
    return made


def test_a_clear_difference_stands_and_one_near_the_line_falls(curves):
    alone = [decide(curve).verdict for curve in curves]
    together = holm_verdicts(curves)
    assert alone[0] == together[0] == "other-ahead-to-K"
    assert alone[1] != "undetermined" and together[1] == "undetermined"
    assert holm_verdicts(curves[:1]) == alone[:1]


def test_neither_order_nor_exchange_matters(curves):
    together = holm_verdicts(curves)
    assert holm_verdicts(curves[::-1])[::-1] == together


def test_the_strictest_level_needs_replicates():
    assert replicates_for(18, 0.95) == 360
    assert replicates_for(1, 0.95) == 20
    assert replicates_for(0, 0.95) == 0


def test_models_that_differ_alike_on_all_problems_come_first(arm):
    # No spread and so no |t|, but the clearest difference there is: behind an open cell it fell.
    clear = pair_arms(arm("base", [16] * 100, 16), arm("rl", [0] * 100, 16), "clear")
    rng = np.random.default_rng(0)
    hits = rng.binomial(16, rng.beta(1, 2, (2, 100)))
    same = pair_arms(arm("base", hits[0], 16), arm("rl", hits[1], 16), "same")
    made = [difference_curve(pair, replicates=1000) for pair in (same, clear)]
    assert holm_verdicts(made) == ["undetermined", "base-ahead-to-K"]
