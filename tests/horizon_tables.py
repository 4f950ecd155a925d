"""Tables of horizons for charts: curves in doubling lengths, and two settings of the fit."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from boundary.analyses.horizon.tables import HORIZON_CURVE, HORIZONS, STEP_RATES
from boundary.tables import check

_COUNTED = {"n_problems": 12, "n_independent": 12, "n_min": 64, "n_imputed": 0, "flagged": False}


def horizon_tables(models: Sequence[str], benchmarks: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Return the tables that the figures of horizons read."""
    curve, rates, fits = [], [], []
    for benchmark in benchmarks:
        for place, model in enumerate(models):
            arm = {"model": model, "benchmark": benchmark, "protocol": "paper", "by": "steps"}
            known = {"ci_low": 0.8, "ci_high": 0.9, "n_problems": 60, "n_independent": 60}
            rates.append({**arm, "rate": 0.85 + 0.05 * place, "lengths": 5, **known})
            for k in (1, 8, 32):
                top = 2.0 + place + math.log2(k) / 2
                for length in (1.0, 2.0, 4.0, 8.0, 16.0):
                    share = 1 / (1 + math.exp(math.log2(length) - top))
                    ends = {"ci_low": max(0.0, share - 0.1), "ci_high": min(1.0, share + 0.1)}
                    span = {"length": length, "length_low": length, "length_high": length}
                    unknown = ("predicted", "excess", "excess_low", "excess_high", "p_holm")
                    empty = dict.fromkeys((*unknown, "breaks"))
                    curve.append({**arm, **span, "k": k, "pass_at_k": share, **ends, **empty})
                for penalty in (1e-5, 0.1):
                    inside = 2**top <= 16
                    fits.append(
                        {
                            **arm,
                            "k": k,
                            "weights": "equal",
                            "penalty": penalty,
                            "first": penalty < 0.1,
                            "horizon": 2**top if inside else None,
                            "ci_low": min(2**top / 1.5, 16.0),
                            "ci_high": 2**top * 1.5 if 2**top * 1.5 < 16 else math.inf,
                            "beyond": None if inside else "longer",
                            "intercept": top,
                            "slope": -1.0,
                            "shortest": 1.0,
                            "longest": 16.0,
                        }
                    )
    return {
        table.name: check(
            pl.DataFrame([{**row, **_COUNTED, **row} for row in rows]).select(list(table.columns)),
            table,
            table.name,
        )
        for table, rows in ((HORIZON_CURVE, curve), (STEP_RATES, rates), (HORIZONS, fits))
    }
