"""Whether a sampler lets a scorer give a response at all.

At a temperature T and a top_p below 1 a sampler keeps the likeliest tokens up to a
mass of top_p, the nucleus (Holtzman et al. 2020, arXiv 1904.09751).  A response with
one token outside it has the probability 0 under that sampler, whatever k.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analyses.reachability.tables import REACHABILITY
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats
from boundary.analysis.scored import (
    GROUP,
    by_class,
    problem_weights,
    require,
    share_with_interval,
    weighted_quantiles,
)
from boundary.tables import NUCLEI

NUCLEUS = ["temperature", "top_p"]
#: Lists of LIKELIHOODS, an entry a nucleus.
LISTS = [*NUCLEI]
#: What the scorer's own responses are the yardstick of.
YARDSTICK = ["reachable", "tokens_inside"]


def reachability_table(
    likelihoods: pl.DataFrame,
    *,
    temperature: float | None = None,
    top_p: float | None = None,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Summarise which responses lie within the nuclei of each scorer.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table with ``correct`` and the lists of nuclei.
    temperature, top_p : float, optional
        Of the sampler that drew all responses, whose rows are marked ``drew_responses``.
    confidence : float

    Returns
    -------
    polars.DataFrame
        A REACHABILITY table, of responses with tokens.  Shares are means over
        problems, each of the same weight.  Where an engine could not decide on which
        side tokens lie, ``reachable`` counts a response as not reachable,
        ``reachable_at_most`` as reachable, and the interval holds those of both.
        ``yardstick_…`` are the shares of all of the scorer's own responses.  A sampler of
        top_p 1 cuts nothing off and has no row.

    Raises
    ------
    TableError
        When an earlier version scored, which looked at no nuclei.
    """
    why = "reachability asks whether tokens lie within a nucleus"
    require(likelihoods, LISTS, "reachability", why)
    keep = [*GROUP, "problem_id", "sample_index", "correct", "n_tokens", *LISTS]
    with_tokens = likelihoods.filter(pl.col("n_tokens") > 0).select(keep)
    rows = [
        labels | {"temperature": t, "top_p": p} | _summary(group, confidence)
        for labels, responses in by_class(with_tokens)
        for (t, p), group in responses.explode(LISTS)
        .rename({"temperatures": "temperature", "top_ps": "top_p"})
        .filter((pl.col("top_p") < 1) | (pl.col("temperature") == 0))
        .group_by(NUCLEUS, maintain_order=True)
    ]
    types = column_types(REACHABILITY)
    added = {"drew_responses", *(f"yardstick_{name}" for name in YARDSTICK)}
    made = pl.DataFrame(
        rows, schema={name: kind for name, kind in types.items() if name not in added}
    )
    place = ["scorer", "benchmark", "protocol", *NUCLEUS]
    yardstick = made.filter(pl.col("source_model") == pl.col("scorer"), responses="all").select(
        *place, pl.col(YARDSTICK).name.prefix("yardstick_")
    )
    drew_responses = pl.all_horizontal(
        pl.col(name) == pl.lit(value, pl.Float64)
        for name, value in zip(NUCLEUS, (temperature, top_p), strict=True)
    )
    return (
        made.join(yardstick, on=place, how="left")
        .with_columns(drew_responses=drew_responses)
        .select(*types)
    )


def _summary(rows: pl.DataFrame, confidence: float) -> dict[str, float | int | None]:
    """Summarise responses of a class under one nucleus, sorted by problem."""
    ids, problem = np.unique(rows["problem_id"].to_numpy(), return_inverse=True)
    tokens, outside, undecided = (
        rows[name].to_numpy().astype(np.float64)
        for name in ("n_tokens", "outside_tokens", "undecided_tokens")
    )
    possible = outside == 0
    certain = possible & (undecided == 0)
    inside = (tokens - outside - undecided) / tokens
    inside_at_most = (tokens - outside) / tokens
    summary: dict[str, float | int | None] = {
        "n_responses": rows.height,
        "n_outside": int((~possible).sum()),
        "n_undecided": int((possible & ~certain).sum()),
        "n_problems": len(ids),
        "mean_tokens": float(problem_weights(problem) @ tokens),
    }
    for name, least, most in (
        ("reachable", certain, possible),
        ("tokens_inside", inside, inside_at_most),
    ):
        low, high = (_share(values, problem, confidence) for values in (least, most))
        summary |= {
            name: low[0],
            f"{name}_at_most": high[0],
            f"{name}_low": low[1],
            f"{name}_high": high[2],
        }
    if not possible.all():
        ids, problem = np.unique(problem[~possible], return_inverse=True)
        before = rows["first_outside"].to_numpy()[~possible].astype(np.float64)
        (summary["median_before_outside"],) = weighted_quantiles(
            before, problem_weights(problem), [0.5]
        )
    return summary


def _share(
    values: Floats, problem: NDArray[np.intp], confidence: float
) -> tuple[float, float, float]:
    """Return a share over problems with its interval, of values [n] of responses."""
    each = np.bincount(problem, values) / np.bincount(problem)
    return share_with_interval(each, np.ones(len(each)), confidence)


def compute(inputs: LikelihoodInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return which responses lie within nuclei."""
    table = reachability_table(
        inputs.likelihoods,
        temperature=inputs.temperature,
        top_p=inputs.top_p,
        confidence=inputs.confidence,
    )
    return {REACHABILITY.name: table}
