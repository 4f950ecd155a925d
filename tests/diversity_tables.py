"""Tables of diversity and of temperatures for the figures' tests: without the estimators."""

from __future__ import annotations

import polars as pl

from boundary.analyses.diversity.tables import DIVERSITY, DIVERSITY_CHANGE, MEASURES
from boundary.analyses.temperature_envelope.tables import ENVELOPE, MATCHED
from boundary.analysis.frames import column_types
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


def envelope_tables(passk: pl.DataFrame, crossovers: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return envelopes three points above each curve, and a matched temperature of 1.1."""
    envelopes, matched = [], []
    for pair in crossovers.iter_rows(named=True):
        names = {key: pair[key] for key in list(ENVELOPE.columns)[:6]}
        sizes = {"n_problems": pair["n_problems"], "n_min": passk["n_min"].max(), "note": None}
        sides = [
            passk.filter(model=pair[side], benchmark=pair["benchmark"]).sort("k").to_dicts()
            for side in ("base", "other")
        ]
        for base, other in zip(*sides, strict=True):
            if base["k"] & (base["k"] - 1):
                continue
            row = {"k": base["k"], "flagged": base["flagged"], "recovered": "open"}
            for name, at in (("base", base), ("other", other)):
                best = min(1.0, at["pass_at_k"] + 0.03)
                row |= {f"{name}_pass_at_k": at["pass_at_k"], f"{name}_envelope": best}
                row |= {
                    f"{name}_envelope_low": best - 0.05,
                    f"{name}_envelope_high": min(1, best + 0.05),
                }
                row |= {f"{name}_best": 1.0, f"{name}_temperatures": "0.6, 1"}
            gap = base["pass_at_k"] - other["pass_at_k"]
            for name in ("gap", "envelope_gap", "caught_up"):
                row |= {name: gap, f"{name}_low": gap - 0.1, f"{name}_high": gap + 0.1}
            envelopes.append(names | row | sizes)
        match = {"base_temperature": 0.6, "base_entropy": 1.5, "temperature": 1.1}
        matched.append(names | match | {"temperature_low": 1.0, "temperature_high": None} | sizes)
    return {
        table.name: check(pl.DataFrame(rows, schema=column_types(table)), table, table.name)
        for table, rows in ((ENVELOPE, envelopes), (MATCHED, matched))
    }
