"""Every analysis by name, in the order in which each chapter of the page shows them."""

from __future__ import annotations

import importlib
from functools import cache

from boundary.analyses.record import Analysis

NAMES = (
    "passk",
    "crossover",
    "planning",
    "extrapolation",
    "coverage",
    "solved_sets",
    "new_ability",
    "sharpening",
    "diversity",
    "histogram",
    "temperature_envelope",
    "efficiency",
    "stopping",
    "reliability",
    "horizon",
    "majority",
    "best_of",
    "equal_cost",
    "rounds",
    "series",
    "training_seeds",
    "strategies",
    "gain_carriers",
    "perplexity",
    "support_sum",
    "typicality",
    "phases",
    "reachability",
    "token_means",
    "masks",
    "surprising_tokens",
    "grading",
    "chain",
    "interventions",
    "cot",
    "format_gain",
    "guess_floor",
    "controls",
    "screen",
    "audit",
    "bounds",
    "responses",
)


@cache
def analyses() -> dict[str, Analysis]:
    """Return the declaration of every analysis by its name."""
    return {name: importlib.import_module(f"boundary.analyses.{name}").ANALYSIS for name in NAMES}


@cache
def figure_owners() -> dict[str, Analysis]:
    """Return the analysis of each figure, in the order of the page."""
    return {figure.name: entry for entry in analyses().values() for figure in entry.figures}


@cache
def table_owners() -> dict[str, Analysis]:
    """Return the analysis of each table of a study."""
    return {name: entry for entry in analyses().values() for name in entry.tables}
