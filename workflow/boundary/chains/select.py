"""Select what is judged: the correct responses to the hardest solved problems."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import polars as pl

from boundary.chain_tables import CHAIN_ITEMS
from boundary.columns import ARM_KEY, FAULT
from boundary.digests import canonical_json
from boundary.equations import check_arithmetic
from boundary.errors import InputError, TableError
from boundary.tables import check

#: What scores tell of their origin.
OF = ("problem_digest", "responses_digest")
BELOW, PER_PROBLEM = 0.05, 8
ROWS_SHOWN = 5


def item_id(benchmark: str, problem_id: str, question: str, response: str) -> str:
    """Return the id of an item of the sheet: 16 hexadecimal digits of its content.

    Neither model nor sample is in it, so that it tells a judge nothing, and a
    response that two models gave is judged once for both.
    """
    text = canonical_json([benchmark, problem_id, question, response])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def hardest(scores: pl.DataFrame, below: float = BELOW) -> pl.DataFrame:
    """Return the scores of problems solved in a share above 0 and below ``below``.

    With ``below`` = 1 every solved problem is hard, those solved always too.

    Raises
    ------
    InputError
        When the threshold is not in (0, 1].
    """
    if not 0 < below <= 1:
        raise InputError(f"below is {below}; it must be above 0 and at most 1, such as {BELOW}.")
    rare = pl.lit(True) if below == 1 else pl.col("correct") < below * pl.col("n")
    return scores.filter((pl.col("correct") > 0) & rare).sort("problem_id")


def select_items(
    problems: pl.DataFrame,
    scores: pl.DataFrame,
    shards: Iterable[tuple[pl.DataFrame, pl.DataFrame]],
    labels: Mapping[str, str],
    *,
    below: float = BELOW,
    per_problem: int = PER_PROBLEM,
) -> pl.DataFrame:
    """Return every correct response of one arm to its hardest solved problems.

    Parameters
    ----------
    problems : polars.DataFrame
        A PROBLEMS table.
    scores : polars.DataFrame
        The SCORES table of the arm.
    shards : iterable of (samples, verdicts)
        The arm's SAMPLES and VERDICTS tables, pair by pair; only what is
        selected is kept of each.
    labels : mapping
        ``model``, ``benchmark`` and ``protocol``.
    below : float
        See `hardest`.
    per_problem : int
        Distinct responses to a problem that are put on the sheet, those whose
        ids come first: a choice by a hash of the content, which nobody made.

    Returns
    -------
    polars.DataFrame
        A CHAIN_ITEMS table; ``in_sheet`` tells what is to be judged.

    Raises
    ------
    TableError
        When the verdicts do not hold as many correct responses as the scores
        say, or a problem is missing.
    """
    if per_problem < 1:
        raise InputError(f"per_problem is {per_problem}; at least one response must be judged.")
    where = " / ".join(labels[name] for name in ARM_KEY)
    arm_scores = scores.filter(pl.col(name) == labels[name] for name in ARM_KEY)
    hard = hardest(arm_scores, below).select(
        "problem_id",
        "n",
        "correct",
        *(
            pl.col(name) if name in arm_scores.columns else pl.lit(None, pl.Int64).alias(name)
            for name in OF
        ),
    )
    given = problems.filter(pl.col("benchmark") == labels["benchmark"]).select(
        "problem_id", "question", gold="answer"
    )
    parts = [_correct(hard, samples, verdicts) for samples, verdicts in shards]
    responses = pl.concat([_nothing(), *parts]).sort("problem_id", "sample_index")
    _complete(hard, responses, where)
    items = responses.join(hard, on="problem_id").join(
        given, on="problem_id", how="left", maintain_order="left"
    )
    without = items.filter(pl.col("question").is_null())["problem_id"].unique().sort()
    if len(without):
        raise TableError(
            f"{where}: {len(without)} problem(s) are not in the problems table: "
            f"{', '.join(without.head(ROWS_SHOWN))}."
        )
    ids = [
        item_id(labels["benchmark"], *row)
        for row in items.select("problem_id", "question", "response").iter_rows()
    ]
    items = items.with_columns(
        pl.Series("id", ids, dtype=pl.String),
        *(pl.lit(labels[name]).alias(name) for name in ARM_KEY),
    )
    items = items.with_columns(
        in_sheet=pl.col("id").rank("dense").over("problem_id") <= per_problem
    )
    return check(items.with_columns(_arithmetic(items["response"])), CHAIN_ITEMS, where).sort(
        CHAIN_ITEMS.key
    )


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"problem_id": pl.String, "sample_index": pl.Int64, "response": pl.String}
    )


def _correct(hard: pl.DataFrame, samples: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    keys = ["problem_id", "sample_index"]
    right = verdicts.filter("correct").select(keys).join(hard, on="problem_id", how="semi")
    ended = samples.filter(pl.col("finish_reason") != FAULT)
    return ended.select(*keys, "response").join(right, on=keys, how="semi")


def _complete(hard: pl.DataFrame, responses: pl.DataFrame, where: str) -> None:
    counted = responses.group_by("problem_id").agg(responses=pl.len())
    wrong = (
        hard.join(counted, on="problem_id", how="left")
        .with_columns(pl.col("responses").fill_null(0))
        .filter(pl.col("responses") != pl.col("correct"))
        .sort("problem_id")
    )
    if wrong.height:
        first = wrong.row(0, named=True)
        raise TableError(
            f"{where}: {wrong.height} problem(s) have another number of correct responses than "
            f"their scores say, first {first['problem_id']} with {first['responses']} for "
            f"{first['correct']}. Give all samples and verdicts from which the scores were made."
        )


def _arithmetic(responses: pl.Series) -> list[pl.Series]:
    checked = [check_arithmetic(response) for response in responses]
    return [
        pl.Series("equations", [one.equations for one in checked], dtype=pl.Int64),
        pl.Series("wrong_equations", [one.wrong for one in checked], dtype=pl.Int64),
        pl.Series("arithmetic", [one.result for one in checked], dtype=pl.String),
        pl.Series("first_wrong", [one.first_wrong for one in checked], dtype=pl.String),
    ]
