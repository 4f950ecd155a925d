"""Tables of diversity for the figures' tests: without the estimators."""

from __future__ import annotations

import polars as pl

from boundary.analyses.diversity.tables import DIVERSITY, DIVERSITY_CHANGE, MEASURES
from boundary.tables import check


def diversity_tables(crossovers: pl.DataFrame, n: int) -> dict[str, pl.DataFrame]:
    """Return both tables of some comparisons: the base as diverse as can be, others half so."""
    common = {"n_min": n, "n_max": n, "se": 0.5, "note": None}
    arms: dict[tuple[str, ...], dict[str, object]] = {}
    changes = []
    for row in crossovers.iter_rows(named=True):
        names = {key: row[key] for key in list(DIVERSITY_CHANGE.columns)[:6]}
        problems = {"n_problems": row["n_problems"]}
        for measure in MEASURES:
            levels = {"base": 0.5 * n, "other": 0.25 * n}
            for side, protocol in (("base", "protocol"), ("other", "other_protocol")):
                arm = {"model": row[side], "benchmark": row["benchmark"], "protocol": row[protocol]}
                mean = levels[side]
                ends = {"mean": mean, "ci_low": mean - 1, "ci_high": mean + 1}
                key = (*arm.values(), measure)
                arms[key] = arm | {"measure": measure} | ends | common | problems
            change = {"base_mean": 0.5 * n, "other_mean": 0.25 * n, "change": -0.25 * n}
            ends = {"ci_low": -0.25 * n - 1, "ci_high": -0.25 * n + 1}
            changes.append(names | {"measure": measure} | change | ends | common | problems)
    made = {
        DIVERSITY.name: pl.DataFrame([*arms.values()]),
        DIVERSITY_CHANGE.name: pl.DataFrame(changes),
    }
    tables = {DIVERSITY.name: DIVERSITY, DIVERSITY_CHANGE.name: DIVERSITY_CHANGE}
    typed = {"note": pl.String}
    return {
        name: check(frame.cast(typed), tables[name], name).sort(tables[name].key)
        for name, frame in made.items()
    }
