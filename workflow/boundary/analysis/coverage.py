"""Sets of solved problems: what one model solves and the other does not."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.stats import binomtest

from boundary.analysis.frames import column_types
from boundary.analysis.pairs import Pair
from boundary.comparison_tables import COVERAGE, COVERAGE_PROBLEMS

SETS = ("both", "base_only", "other_only", "neither")


def mcnemar_p(base_only: int, other_only: int) -> float:
    """Return the exact two-sided McNemar p: a binomial test of the discordant pairs.

    1 when there is no discordant pair (McNemar 1947; exact form after Liddell 1983).
    """
    discordant = base_only + other_only
    return float(binomtest(base_only, discordant, 0.5).pvalue) if discordant else 1.0


def coverage_tables(pair: Pair) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the 2×2 table of solved problems and the set of every problem.

    A problem is solved when c > 0 among its n samples, so the arm with more
    samples has the better chance at every problem: unequal n is noted as unfair.
    Ids that ask the same question are one problem, which stands under the first
    of them, with the samples of all.

    Returns
    -------
    coverage : polars.DataFrame
        One row of COVERAGE; n_base and n_other are the smallest n of each arm.
        Its note is of the sets alone: what is to be said of the pair stands in
        CROSSOVERS.
    problems : polars.DataFrame
        COVERAGE_PROBLEMS, one row a shared problem.
    """
    base, other = pair.solved
    place = np.where(base & other, 0, np.where(base, 1, np.where(other, 2, 3)))
    both, base_only, other_only, neither = np.bincount(place, minlength=4).tolist()
    notes = []
    if (pair.base_n != pair.other_n).any():
        notes.append("coverage is unfair: the arm with more samples solves more by chance")
    row = {
        **pair.labels,
        "both": both,
        "base_only": base_only,
        "other_only": other_only,
        "neither": neither,
        "mcnemar_p": min(mcnemar_p(base_only, other_only), 1.0),
        "n_base": int(pair.base_n.min()),
        "n_other": int(pair.other_n.min()),
        "n_problems": pair.m,
        "permitted": None,
        "note": "; ".join(notes) or None,
    }
    total = pair.questions.total
    problems = pl.DataFrame(
        {
            "problem_id": pl.Series(pair.problem_ids)[pair.questions.first],
            "set": pl.Series(SETS)[place],
            "base_correct": total(pair.base_correct),
            "base_n": total(pair.base_n),
            "other_correct": total(pair.other_correct),
            "other_n": total(pair.other_n),
        }
    ).with_columns(pl.lit(value).alias(name) for name, value in pair.labels.items())
    return pl.DataFrame([row], schema=column_types(COVERAGE)), problems.select(
        list(COVERAGE_PROBLEMS.schema.columns)
    )
