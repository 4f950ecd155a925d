"""From likelihood to k: how often a scorer should solve a problem, beside how often it does.

Every right response that any model gave is one way for the scorer to solve the
problem, and ways exclude each other.  So the probability of a right response is
at least the sum of the scorer's probabilities of the distinct right responses
seen, and at most 1 less the sum of the distinct wrong ones.  Neither has a
sampling error.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analyses.support_sum.tables import COUNTED, IMPORTANCE, SUPPORT_SUMS
from boundary.analysis.frames import column_types
from boundary.analysis.importance import importance
from boundary.analysis.intervals import clopper_pearson
from boundary.analysis.scored import require

PROBLEM = ["scorer", "benchmark", "protocol", "problem_id"]
#: What makes two responses the same; a text may be cut where another ends.
RESPONSE = ["response_digest", "n_tokens"]


def counted(likelihoods: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Return each scorer's success on its own scored responses, a row a problem.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table with ``correct``.
    confidence : float
        Of the Clopper-Pearson interval.
    """
    each = (
        likelihoods.filter(pl.col("scorer") == pl.col("source_model"))
        .group_by(PROBLEM)
        .agg(n=pl.len().cast(pl.Int64), c=pl.col("correct").sum().cast(pl.Int64))
    )
    hits, trials = (each[name].to_numpy().astype(np.float64) for name in ("c", "n"))
    low, high = clopper_pearson(hits, trials, confidence)
    return each.with_columns(
        counted=pl.col("c") / pl.col("n"),
        counted_low=pl.Series(low, dtype=pl.Float64),
        counted_high=pl.Series(high, dtype=pl.Float64),
    )


def support_sums(
    likelihoods: pl.DataFrame, *, sampled_raw: bool = True, confidence: float = 0.95
) -> pl.DataFrame:
    """Sum each scorer's probabilities of the distinct right responses to every problem.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table with ``correct`` and ``response_digest``.
    sampled_raw : bool
        Whether responses were drawn at temperature 1 and top_p 1; the counted
        success is of the same distribution only then, and null else.
    confidence : float
        Of the interval of the counted success.

    Returns
    -------
    polars.DataFrame
        A SUPPORT_SUMS table.

    Raises
    ------
    TableError
        When responses have no digest, so that equal ones cannot be told.
    """
    require(likelihoods, ["response_digest"], "support_sum", "equal responses must count once")
    # A response without a token has a probability of 1 by no choice of the scorer's.
    rows = likelihoods.filter(pl.col("n_tokens") > 0).with_columns(
        p=pl.col("logprob_sum").exp(), other=pl.col("source_model") != pl.col("scorer")
    )
    distinct = rows.group_by(*PROBLEM, *RESPONSE, "correct").agg(
        # Equal texts differ by rounding at most; the largest does not depend on their order.
        pl.col("p").max(),
        pl.col("other").any(),
    )
    right, wrong = distinct.filter("correct"), distinct.filter(~pl.col("correct"))
    sums = (
        likelihoods.select(PROBLEM)
        .unique()
        .join(
            right.group_by(PROBLEM).agg(
                right_responses=pl.len().cast(pl.Int64),
                right_responses_of_others=pl.col("other").sum().cast(pl.Int64),
                support_sum=pl.col("p").sort().sum(),
                support_sum_of_others=pl.col("p").filter("other").sort().sum(),
            ),
            on=PROBLEM,
            how="left",
        )
        .join(
            wrong.group_by(PROBLEM).agg(wrong_sum=pl.col("p").sort().sum()),
            on=PROBLEM,
            how="left",
        )
        .with_columns(
            pl.col("right_responses", "right_responses_of_others").fill_null(0),
            # Beyond 1 by rounding alone.
            pl.col("support_sum", "support_sum_of_others", "wrong_sum")
            .fill_null(0.0)
            .clip(0.0, 1.0),
        )
        .with_columns(
            at_most=1 - pl.col("wrong_sum"),
            expected_draws=pl.when(pl.col("support_sum") > 0).then(1 / pl.col("support_sum")),
        )
    )
    return _beside_counted(
        sums, "support_sum_of_others", likelihoods, sampled_raw, confidence
    ).select(*SUPPORT_SUMS.columns)


def importance_table(
    likelihoods: pl.DataFrame, *, sampled_raw: bool = True, confidence: float = 0.95
) -> pl.DataFrame:
    """Estimate each scorer's success from the responses of every other source.

    Parameters
    ----------
    likelihoods, sampled_raw, confidence
        As of `support_sums`; without ``sampled_raw`` every estimate is refused,
        as responses were not drawn from the distribution whose probabilities the
        weights hold.

    Returns
    -------
    polars.DataFrame
        An IMPORTANCE table, a row a problem, scorer and other source.
    """
    sampler = likelihoods.filter(pl.col("scorer") == pl.col("source_model")).select(
        "source_model", *PROBLEM[1:], "sample_index", sampler_sum="logprob_sum"
    )
    pairs = likelihoods.filter(pl.col("scorer") != pl.col("source_model")).join(
        sampler, on=["source_model", *PROBLEM[1:], "sample_index"], how="inner", validate="m:1"
    )
    rows = []
    keys = ["scorer", "source_model", *PROBLEM[1:]]
    for key, group in sorted(pairs.group_by(keys), key=lambda item: [str(x) for x in item[0]]):
        right = group.filter("correct").sort("sample_index")
        ratios = (right["logprob_sum"] - right["sampler_sum"]).to_numpy()
        made = importance(ratios, group.height, confidence)
        refused = made.refused if sampled_raw else "sampler"
        row = dict(zip(keys, key, strict=True)) | {
            "n_source": group.height,
            "c_source": right.height,
            "effective": made.effective if right.height else None,
            "largest_share": min(made.largest_share, 1.0) if right.height else None,
            "refused": refused,
        }
        if not refused:
            row |= {"estimate": made.estimate, "ci_low": made.low, "ci_high": made.high}
            row["jensen"] = made.jensen
        rows.append(row)
    types = {name: kind for name, kind in column_types(IMPORTANCE).items() if name not in COUNTED}
    return _beside_counted(
        pl.DataFrame(rows, schema=types), "estimate", likelihoods, sampled_raw, confidence
    ).select(*IMPORTANCE.columns)


def _beside_counted(
    frame: pl.DataFrame,
    predicted: str,
    likelihoods: pl.DataFrame,
    sampled_raw: bool,
    confidence: float,
) -> pl.DataFrame:
    """Add the counted success, and on which side of its interval a prediction lies."""
    rates = counted(likelihoods, confidence)
    if not sampled_raw:
        rates = rates.clear()
    # An unbiased estimate of a rate near 1 lies above 1 half of the time.
    value = pl.col(predicted).clip(upper_bound=1.0)
    return frame.join(rates, on=PROBLEM, how="left").with_columns(
        agrees=pl.when(value.is_null() | pl.col("n").is_null())
        .then(pl.lit(None, pl.String))
        .when(value < pl.col("counted_low"))
        .then(pl.lit("below"))
        .when(value > pl.col("counted_high"))
        .then(pl.lit("above"))
        .otherwise(pl.lit("within"))
    )


def compute(inputs: LikelihoodInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return support sums and importance-weighted estimates."""
    raw = inputs.temperature == 1 and inputs.top_p == 1
    return {
        table.name: function(inputs.likelihoods, sampled_raw=raw, confidence=inputs.confidence)
        for table, function in ((SUPPORT_SUMS, support_sums), (IMPORTANCE, importance_table))
    }
