"""The entropy of a problem's answers, corrected for the size of the sample."""

from __future__ import annotations

import polars as pl

#: Share of distinct answers among samples above which their entropy is no more than a lower bound.
MOST_DISTINCT = 0.5
#: Columns of SCORES that are read, all optional but the first.
READ = {
    "n": pl.Int64,
    "no_answer": pl.Int64,
    "n_unset": pl.Int64,
    "distinct_answers": pl.Int64,
    "answer_entropy": pl.Float64,
}


def with_corrected_entropy(scores: pl.DataFrame) -> pl.DataFrame:
    """Add ``answer_entropy_corrected`` in nats, null where it is not known.

    The entropy of the shares of a finite sample is too low; to first order by
    (A − 1)/(2 n), A the different answers that have a chance, of which those seen are
    counted (Miller 1955), n the samples with an answer.
    """
    absent = [
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in READ.items()
        if name not in scores.columns
    ]
    answered = pl.col("n") - pl.col("no_answer") - pl.col("n_unset").fill_null(0)
    added = (pl.col("distinct_answers") - 1) / (2 * answered)
    return scores.with_columns(absent).with_columns(
        answer_entropy_corrected=pl.col("answer_entropy") + added
    )
