"""maj@k of one arm: the vote over the answers that its samples gave.

All right answers are one, as the verifier says so; wrong ones are the same where
`boundary.answers.canonical` makes them so, by exact text and exact numbers.  Samples without
an answer have no vote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.majority.tables import MAJORITY, MAJORITY_PAIRS
from boundary.analyses.record import Options
from boundary.analysis.frames import column_types
from boundary.analysis.one_answer import Answers, pairs_table
from boundary.analysis.share_curve import kept_problems, powers_of_two
from boundary.analysis.voting import majority_at_k
from boundary.answers import canonical
from boundary.jobs.reading import ArmTables


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


def vote_shares(
    verdicts: pl.DataFrame,
    labels: Mapping[str, str],
    asked: pl.DataFrame | None = None,
    min_n: int | None = None,
) -> Answers | None:
    """Return how often the vote of k samples is right, at powers of two up to the smallest n.

    Parameters
    ----------
    verdicts : polars.DataFrame
        As of `votes`.
    labels : mapping
        ``model``, ``benchmark`` and ``protocol``.
    asked : polars.DataFrame, optional
        ``problem_id``, ``question`` and ``cluster``: problems that ask the same are one.
    min_n : int, optional
        Problems with fewer samples are left out.

    Returns
    -------
    Answers, or None
        None where no sample has an answer.

    Raises
    ------
    InputError
        When min_n leaves out all problems.
    """
    if verdicts["answer"].null_count() == verdicts.height:
        return None
    counted = kept_problems(votes(verdicts), asked, min_n, " / ".join(labels.values()))
    n_min = int(counted["n"].min())  # type: ignore[arg-type]
    ks = powers_of_two(n_min)
    given = counted["right"].to_numpy(), counted["wrong"].to_list(), counted["n"].to_numpy()
    shares = np.column_stack([majority_at_k(*given, k) for k in ks])
    return Answers(labels, counted, ks, n_min, {"vote": shares})


def majority_table(arms: Iterable[Answers], confidence: float = 0.95) -> pl.DataFrame:
    """Return a MAJORITY table of some arms, with pointwise intervals over problems."""
    frames = [pl.DataFrame(schema=(types := column_types(MAJORITY)))]
    frames += [
        pl.DataFrame({**arm.labels, **arm.curve("majority", "vote", confidence)}, schema=types)
        for arm in arms
    ]
    return pl.concat(frames)


def compute(arm: ArmInputs, options: Options) -> Answers | None:
    """Return what votes of one arm come to; None where no sample has an answer."""
    verdicts = arm.verdicts(("answer",)).select("problem_id", "answer", "correct")
    return vote_shares(verdicts, arm.labels, arm.asked(), arm.min_n)


def combine(arms: Sequence[Answers | None], job: ArmTables) -> dict[str, pl.DataFrame]:
    """Return maj@k of every arm, and what the two of each comparison come to by it."""
    there = [arm for arm in arms if arm is not None]
    return {
        MAJORITY.name: majority_table(there, job.confidence),
        MAJORITY_PAIRS.name: pairs_table(there, job, MAJORITY_PAIRS),
    }
