"""A row of crossovers to be put into words, as the published counts of MATH500 gave one."""

from __future__ import annotations

from typing import Any

from boundary.rows import VerdictRow

ROW = VerdictRow(
    comparison="c",
    base="base-7b",
    other="grpo-7b",
    benchmark="math500",
    protocol="paper",
    other_protocol="paper",
    k_cross=14.432,
    ci_low=9.0,
    ci_high=31.0,
    verdict="crossover",
    verdict_fixed=None,
    decides="population",
    verdict_holm=None,
    holm_cells=None,
    guard=None,
    regions="other:1-8;base:32-64",
    k_max=64,
    diff_at_1=-0.1654,
    diff_at_k_max=0.0242,
    diff_ci_low=0.0077,
    diff_ci_high=0.0392,
    min_detectable_diff=0.0225,
    n_problems=500,
    n_independent=500,
    n_discordant=22,
    base_solved=481,
    other_solved=465,
    n_copied=0,
    permitted=None,
    note=None,
)


def verdict_row(**change: Any) -> VerdictRow:
    """Return that row with other values."""
    return VerdictRow(**{**vars(ROW), **change})
