"""maj@k of one arm: the vote over the answers that its samples gave.

All right answers are one, as the verifier says so; wrong ones are the same where
`boundary.answers.canonical` makes them so, by exact text and exact numbers.  Samples without
an answer have no vote.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.majority.tables import MAJORITY
from boundary.analyses.record import Options
from boundary.analysis.frames import column_types
from boundary.analysis.share_curve import kept_questions, powers_of_two, share_curve
from boundary.analysis.voting import majority_at_k
from boundary.answers import canonical


def votes(verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return the votes that each problem's answers have.

    Parameters
    ----------
    verdicts : polars.DataFrame
        ``problem_id``, ``answer`` and ``correct``, a row a sample.

    Returns
    -------
    polars.DataFrame
        ``problem_id``, sorted; ``n``; ``right``, samples with the right answer; ``wrong``, a
        list of the samples with each wrong answer, ascending.
    """
    wrong = verdicts.filter(~pl.col("correct") & pl.col("answer").is_not_null())
    texts = wrong.group_by("problem_id", "answer").len()
    given = texts["answer"].unique()
    key = dict(zip(given, map(canonical, given), strict=True))
    groups = (
        texts.with_columns(pl.col("answer").replace_strict(key, return_dtype=pl.String))
        .group_by("problem_id", "answer")
        .agg(pl.col("len").cast(pl.Int64).sum())
        .group_by("problem_id")
        .agg(wrong=pl.col("len").sort())
    )
    return (
        verdicts.group_by("problem_id")
        .agg(n=pl.len().cast(pl.Int64), right=pl.col("correct").sum().cast(pl.Int64))
        .join(groups, on="problem_id", how="left")
        .with_columns(pl.col("wrong").fill_null([]))
        .sort("problem_id")
    )


def majority_table(
    verdicts: pl.DataFrame,
    labels: Mapping[str, str],
    asked: pl.DataFrame | None = None,
    confidence: float = 0.95,
    min_n: int | None = None,
) -> pl.DataFrame:
    """Return maj@k of one arm at powers of two.

    Parameters
    ----------
    verdicts : polars.DataFrame
        As of `votes`.
    labels : mapping
        ``model``, ``benchmark`` and ``protocol``.
    asked : polars.DataFrame, optional
        ``problem_id``, ``question`` and ``cluster``: problems that ask the same are one.
    confidence : float
        Of intervals over problems, pointwise.
    min_n : int, optional
        Problems with fewer samples are left out.

    Returns
    -------
    polars.DataFrame
        A MAJORITY table, up to the smallest n; none where no sample has an answer.

    Raises
    ------
    InputError
        When min_n leaves out all problems.
    """
    types = column_types(MAJORITY)
    if verdicts["answer"].null_count() == verdicts.height:
        return pl.DataFrame(schema=types)
    where = " / ".join(labels.values())
    counted, questions = kept_questions(votes(verdicts), asked, min_n, where)
    n_min = int(counted["n"].min())  # type: ignore[arg-type]
    ks = powers_of_two(n_min)
    given = counted["right"].to_numpy(), counted["wrong"].to_list(), counted["n"].to_numpy()
    shares = np.column_stack([majority_at_k(*given, k) for k in ks])
    curve = share_curve("majority", shares, ks, questions, n_min, confidence)
    return pl.DataFrame({**labels, **curve}, schema=types)


def compute(arm: ArmInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return maj@k of one arm."""
    verdicts = arm.verdicts(("answer",)).select("problem_id", "answer", "correct")
    table = majority_table(verdicts, arm.labels, arm.asked(), arm.confidence, arm.min_n)
    return {MAJORITY.name: table}
