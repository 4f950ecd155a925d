"""Tables from which overviews are made, and what a study says beside them."""

from __future__ import annotations

from typing import Any

import polars as pl

from boundary.jobs.pages import Overview
from boundary.rows import VerdictRow


def tables(*rows: VerdictRow, rate: float = 0.5, problems: int = 500) -> dict[str, pl.DataFrame]:
    """Return the tables of an overview, without what no line shows."""
    arms = {(row.benchmark, *arm): row for row in rows for arm in row.arms}
    passk = [
        {"model": model, "benchmark": benchmark, "protocol": protocol, "k": k}
        | {"pass_at_k": rate, "ci_low": rate - 0.1, "ci_high": rate + 0.1, "n_problems": problems}
        for (benchmark, model, protocol), row in arms.items()
        for k in sorted({1, row.k_max})
    ]
    coverage = [vars(row) | {"n_base": 128, "n_other": 32} for row in rows]
    return {
        "crossovers": pl.DataFrame([vars(row) for row in rows], infer_schema_length=None),
        "coverage": pl.DataFrame(coverage, infer_schema_length=None),
        "passk": pl.DataFrame(passk),
    }


def study(**more: Any) -> Overview:
    """Return what a study of a base and an RL model says beside its tables."""
    models = [{"name": "base-7b", "role": "base"}, {"name": "grpo-7b", "role": "rl"}]
    pairs = {"c": {"title": "grpo-7b against base-7b", "relation": "rl", "later": "other"}}
    told = {"study": "s", "confidence": 0.95, "models": models, "pairs": pairs}
    return Overview.model_validate(told | more)
