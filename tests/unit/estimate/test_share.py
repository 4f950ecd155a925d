"""The share of an arm whose problems stop: by all ends, by published counts, and what was drawn."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from boundary.columns import ARM_KEY
from boundary.config.published import counts_of
from boundary.errors import InputError
from boundary.estimate.share import (
    BOUND,
    PILOT,
    RATES,
    Share,
    expected_going,
    new_rows,
    share_of,
)
from boundary.plan import Arm, plan_study
from boundary.stopping import StoppingRule
from boundary.store import write_table
from boundary.tables import SAMPLES, VERDICTS_TABLE
from boundary.yamlfile import read_yaml
from harness import ROOT, SMOKE

RULE = StoppingRule(16, 4, 2)
MATH500 = "config/published/math500_qwen2.5-7b.csv"


def expected_share(rule: StoppingRule, rates: np.ndarray) -> float:
    """Return the share that is expected at some rates."""
    return Share.of(rule, expected_going(rule, rates), RATES).share


def orders(ends: tuple[int, int], u: int) -> int:
    """Return D, the number of orders that end at (t, c) after a look at u without stopping."""
    t, c = ends
    most = min(RULE.stop_after, u + 1, c + 1) if u else 1
    return sum(math.comb(u, a) * math.comb(t - u, c - a) for a in range(most))


def by_all_ends(p: float) -> float:
    """Return Σ P(end)·t / n over all ends."""
    total, sum_of_t = 0.0, 0.0
    for look, before in zip(RULE.looks, (0, *RULE.looks), strict=False):
        least = RULE.stop_after if look < RULE.n_max else 0
        for c in range(least, look + 1):
            chance = orders((look, c), before) * p**c * (1 - p) ** (look - c)
            total, sum_of_t = total + chance, sum_of_t + chance * look
    assert total == pytest.approx(1, abs=1e-12)
    return sum_of_t / RULE.n_max


@pytest.mark.parametrize("p", [0.0, 0.01, 0.2, 0.5, 1.0])
def test_the_share_is_the_sum_over_all_ends(p: float) -> None:
    assert expected_share(RULE, np.array([p])) == pytest.approx(by_all_ends(p), rel=1e-12)


def test_the_shares_of_published_pairs() -> None:
    """Looks doubling from 16 to 128, stopped after 8."""
    rule = StoppingRule(128, 16, 8)
    counts = counts_of(str(ROOT / MATH500))
    sides = [[(row.correct, row.n) for row in counts.of_model(name)] for name in counts.models]
    for side in ("base", "rl"):
        lines = (ROOT / f"config/published/deepscaler32k/{side}.jsonl").read_text().splitlines()
        sides.append([(row["c"], row["n"]) for row in map(json.loads, lines)])
    found = [expected_share(rule, np.divide(*np.array(side).T)) for side in sides]
    assert sorted(found) == pytest.approx([0.2554, 0.2959, 0.3272, 0.3560], abs=5e-5)


@pytest.fixture
def arm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Arm]:
    """Return what plans the base of the smoke study under a rule."""
    raw = read_yaml(ROOT / SMOKE)
    raw["protocols"]["t1"]["n"] = {"max": 16, "first": 4, "stop_after": 2}
    (tmp_path / "config").symlink_to(ROOT / "config")
    monkeypatch.chdir(tmp_path)
    return lambda: plan_study(raw, "smoke").arms[0]


def test_the_share_is_at_most_all_until_something_is_known(arm: Callable[[], Arm]) -> None:
    assert share_of(arm(), RULE) == Share(1.0, BOUND, (1.0, 1.0, 1.0))
    Path("c.csv").write_text("model,problem,n,correct\nx,a,8,4\nx,b,8,0\n")
    share = share_of(arm(), RULE, "c.csv#x")
    assert share.source == RATES
    assert share.share == pytest.approx((by_all_ends(0.5) + 1) / 2)
    with pytest.raises(InputError, match=r"--rates: c.csv has no counts of 'y' .* it has: x"):
        share_of(arm(), RULE, "c.csv#y")


def test_verified_blocks_tell_more_than_rates(arm: Callable[[], Arm]) -> None:
    rows = [("a", i, i < 2) for i in range(4)] + [("b", i, False) for i in range(4)]
    columns = {"problem_id": pl.String, "sample_index": pl.Int64, "correct": pl.Boolean}
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        answer=pl.lit("1"),
        verdict=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("wrong")),
        grader=pl.lit("g"),
        detail=pl.lit(None),
    )
    (path,) = arm().verdicts(4)
    write_table(frame, Path(path), VERDICTS_TABLE)
    share = share_of(arm(), RULE, "none.csv#x")
    assert (share.source, share.going[0], share.tokens) == (PILOT, 1, None)
    assert share.share == pytest.approx((by_all_ends(0.5) + 1) / 2)
    one = arm()
    samples = frame.select(
        *(pl.lit(value).alias(key) for key, value in zip(ARM_KEY, "mbp", strict=True)),
        *("problem_id", "sample_index"),
        seed=pl.lit(0),
        response=pl.lit("x"),
        n_tokens=pl.when(problem_id=pl.lit("a")).then(10).otherwise(30),
        finish_reason=pl.lit("stop"),
        logprob_sum=pl.lit(0.0),
    )
    write_table(samples, Path(one.samples(4)[0]), SAMPLES)
    both = share_of(one, RULE)
    assert (both.share, both.going) == (share.share, share.going)
    assert both.tokens == pytest.approx((10 * by_all_ends(0.5) + 30) / 40)


def test_tokens_of_a_stopped_problem_are_its_mean_times_its_samples() -> None:
    """Though its right responses are short: no look tells the lengths of those behind it."""
    rng = np.random.default_rng(5)
    right = rng.random((40_000, RULE.n_max)) < 0.3
    tokens = np.where(right, 100, 900)
    solved = right.cumsum(axis=1)
    drawn = np.full(len(right), RULE.n_max)
    for look in reversed(RULE.looks[:-1]):
        drawn[solved[:, look - 1] >= RULE.stop_after] = look
    spent = np.where(np.arange(RULE.n_max) < drawn[:, None], tokens, 0).sum(axis=1).mean()
    share = expected_share(RULE, np.array([0.3]))
    assert spent / (RULE.n_max * 660) == pytest.approx(share, rel=0.01)


def test_rows_that_are_there_need_not_be_drawn(arm: Callable[[], Arm]) -> None:
    """Four blocks of 4 samples of 10 problems; half go on to the second, a tenth to the others."""
    share = Share(0.3, RATES, (1.0, 0.5, 0.1))
    assert new_rows(arm(), RULE, share, 10) == 40 + 20 + 4 + 4
    folder = Path(arm().samples()[0]).parent
    for name, rows in (("00000", 40), ("another/00001", 12), ("00002", 40)):
        path = folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame({"x": range(rows)}).write_parquet(path)
    assert new_rows(arm(), RULE, share, 10) == 0 + 8 + 0 + 4
