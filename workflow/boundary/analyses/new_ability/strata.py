"""Which groups of problems a gain lies in: families, levels or sources."""

from __future__ import annotations

import math
from collections import defaultdict

import polars as pl

from boundary import strict_json
from boundary.analysis.intervals import Floats
from boundary.columns import ARM_KEY
from boundary.jobs.reading import ArmKey
from boundary.wording import percent

#: A group is named where it holds so much of a gain, and so many times its share of problems.
MOST, LIFT = 0.5, 1.2


def strata_of(scores: pl.DataFrame, arm: ArmKey, problem_ids: list[str]) -> list[dict[str, str]]:
    """Return the strata of problems by key, none where the scores do not know.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    arm : tuple
        Model, benchmark and protocol.
    problem_ids : list of str [R]
    """
    if "strata" not in scores.columns:
        return []
    rows = scores.filter(pl.col(name) == value for name, value in zip(ARM_KEY, arm, strict=True))
    texts = dict(rows.select("problem_id", "strata").drop_nulls().iter_rows())
    if not texts:
        return []
    return [strict_json.loads(texts.get(problem, "{}")) for problem in problem_ids]


def gained_in(strata: list[dict[str, str]], gain: Floats) -> str | None:
    """Name the groups that hold most of a gain, and more than their share of the problems.

    Parameters
    ----------
    strata : list of dict [M]
        Of each problem the group by key.
    gain : float64 array [M]
        Expected gain on each problem; its sum is positive.

    Returns
    -------
    str or None
        Such as ``family q (98 % of the gain, 20 % of the problems)``, by key; None
        without any.
    """
    of: dict[tuple[str, str], list[float]] = defaultdict(list)
    for groups, value in zip(strata, gain.tolist(), strict=True):
        for key, group in groups.items():
            of[key, group].append(value)
    total, parts = math.fsum(gain), []
    for (key, group), values in sorted(of.items()):
        held, share = math.fsum(values) / total, len(values) / len(strata)
        if held >= max(MOST, LIFT * share):
            part = f"{percent(min(held, 1.0))} of the gain, {percent(share)} of the problems"
            parts.append(f"{key} {group} ({part})")
    return "; ".join(parts) or None
