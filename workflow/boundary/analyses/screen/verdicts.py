"""Verdicts with and without the problems that are flagged, and without as many random ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.run_screen import ScreenInputs
from boundary.analyses.screen.tables import RANDOM_SETS, VERDICTS
from boundary.analysis.bootstrap import content_seed
from boundary.analysis.crossover import LEAST_REPLICATES, Crossover, decide
from boundary.analysis.differences import DifferenceCurve, difference_curve
from boundary.analysis.frames import column_types
from boundary.analysis.pairs import Pair, pair_from_spec
from boundary.decisions import DECIDES


def without_flagged(inputs: ScreenInputs, problems: pl.DataFrame) -> pl.DataFrame:
    """Return the verdict of each comparison with and without problems flagged under either model.

    Any problems that are left out cost power, and so move verdicts: beside it stands what comes
    of leaving out as many at random.

    Parameters
    ----------
    inputs : ScreenInputs
    problems : polars.DataFrame
        A SCREEN_PROBLEMS table.
    """
    rows = []
    for row in inputs.comparisons:
        models = [row.base, row.other]
        mine = problems.filter(
            pl.col("model").is_in(models), pl.col("flagged"), benchmark=row.benchmark
        )
        pair = pair_from_spec(inputs.compared, row, inputs.min_n)
        rows.append(pair.labels | _row(inputs, pair, {*mine["problem_id"]}))
    return pl.DataFrame(rows, schema=column_types(VERDICTS))


def _row(inputs: ScreenInputs, pair: Pair, flagged: set[str]) -> dict[str, Any]:
    whole = _curve(inputs, pair)
    marked = np.array([name in flagged for name in pair.problem_ids])
    kept = pair.questions.total(marked) == 0
    left = int(pair.m - kept.sum())
    row = {
        "k_max": whole.k_max,
        "n_problems": pair.m,
        "n_flagged": left,
        "verdict": _verdict(inputs, decide(whole)),
        "n_random": 0,
        **_ends(whole),
    }
    if not left or pair.m - left < 2:
        return row
    without = _curve(inputs, pair.where(kept), whole.k_max)
    row["verdict_kept"] = _verdict(inputs, decide(without))
    row |= {f"kept_{name}": value for name, value in _ends(without).items()}
    return row | _random(inputs, row, list(_random_curves(inputs, pair, left, whole.k_max)))


def _random_curves(
    inputs: ScreenInputs, pair: Pair, left: int, k_max: int
) -> Iterator[DifferenceCurve]:
    """Yield the curve without as many problems as are flagged, drawn anew each time."""
    # Of what stays when base and other are exchanged.
    together = pair.base_correct + pair.other_correct, pair.base_n + pair.other_n
    draw = np.random.default_rng([content_seed(*together), left])
    for _ in range(RANDOM_SETS):
        kept = np.ones(pair.m, dtype=np.bool_)
        kept[draw.choice(pair.m, size=left, replace=False)] = False
        yield _curve(inputs, pair.where(kept), k_max)


def _random(
    inputs: ScreenInputs, row: dict[str, Any], curves: list[DifferenceCurve]
) -> dict[str, Any]:
    """Return how often random sets have each verdict, and the range of most of them at 1 and K."""
    verdicts = [_verdict(inputs, decide(curve)) for curve in curves]
    tail = (1 - inputs.confidence) / 2
    spread: dict[str, float] = {}
    for name, place in (("diff_at_1", 0), ("diff_at_k_max", -1)):
        values = [curve.band.mean[: curve.inside][place] for curve in curves]
        low, high = np.quantile(values, [tail, 1 - tail])
        spread |= {f"random_{name}_low": float(low), f"random_{name}_high": float(high)}
    return {
        "n_random": len(curves),
        "random_as_all": verdicts.count(row["verdict"]),
        "random_as_kept": verdicts.count(row["verdict_kept"]),
        **spread,
    }


def _curve(inputs: ScreenInputs, pair: Pair, k_max: int | None = None) -> DifferenceCurve:
    return difference_curve(
        pair,
        replicates=max(inputs.bootstrap, LEAST_REPLICATES),
        confidence=inputs.confidence,
        k_max=k_max or inputs.k_max,
    )


def _verdict(inputs: ScreenInputs, outcome: Crossover) -> str:
    fixed = outcome.verdict_fixed if inputs.decides == DECIDES[1] else None
    return fixed or outcome.verdict


def _ends(curve: DifferenceCurve) -> dict[str, float]:
    """Return D with its pointwise interval at 1 and at K."""
    band, ends = curve.band, {}
    for name, place in (("diff_at_1", 0), ("diff_at_k_max", curve.inside - 1)):
        ends[name] = float(band.mean[place])
        ends[f"{name}_low"] = float(band.ci_low[place])
        ends[f"{name}_high"] = float(band.ci_high[place])
    return ends
