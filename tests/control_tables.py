"""Controls of every comparison: half-way to the other model, at one setting."""

from __future__ import annotations

import polars as pl

from boundary.analyses.controls.tables import TABLE
from boundary.analysis.frames import column_types
from boundary.comparison_tables import PAIR
from boundary.tables import check


def control_tables(passk: pl.DataFrame, crossovers: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the controls table of curves, in which a control is the base's curve itself."""
    rows = []
    for pair in crossovers.iter_rows(named=True):
        names = {key: pair[key] for key in PAIR} | {"n_problems": pair["n_problems"]}
        base, other = (
            passk.filter(model=pair[side], benchmark=pair["benchmark"]).sort("k")
            for side in ("base", "other")
        )
        names |= {"kind": "temperature", "chosen": False, "start": "base", "note": None}
        names |= {"control": "cold", "control_protocol": pair["protocol"], "outcome": "open"}
        for one, two in zip(base.to_dicts(), other.to_dicts(), strict=True):
            at, gain = one["pass_at_k"], two["pass_at_k"] - one["pass_at_k"]
            row = {"setting": "T = 0.5", "settings": "T = 0.5", "n_min": one["n_min"]}
            row |= {key: one[key] for key in ("k", "flagged")} | {"control_pass_at_k": at}
            row |= {"start_pass_at_k": at, "trained_pass_at_k": two["pass_at_k"]}
            row |= {
                "control_pass_at_k_low": one["ci_low"],
                "control_pass_at_k_high": one["ci_high"],
            }
            for name, value in (("gain", gain), ("lead", -gain), ("explained", 0.5)):
                row |= {name: value, f"{name}_low": value - 0.1, f"{name}_high": value + 0.1}
            rows.append(names | row)
    frame = pl.DataFrame(rows, schema=column_types(TABLE))
    return {TABLE.name: check(frame, TABLE, TABLE.name)}
