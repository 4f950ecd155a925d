"""Whether models complete problems better than their twins, by problem and by benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.run_screen import ScreenInputs
from boundary.analyses.screen.tables import LEFT_OUT, PROBLEMS, SCREEN, VERDICTS
from boundary.analyses.screen.verdicts import without_flagged
from boundary.analysis.bootstrap import content_seed
from boundary.analysis.frames import arms, column_types
from boundary.analysis.holm import holm_adjusted
from boundary.analysis.intervals import ROUNDING, Floats, difference_and_p, share_interval
from boundary.analysis.questions import Questions
from boundary.columns import ARM_KEY

#: Draws of which text of each problem is the original.
PERMUTATIONS = 9_999


def compute(inputs: ScreenInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return what models completed, the problems that are flagged, and verdicts without them."""
    problems = problems_table(inputs.completions, inputs.level)
    return {
        SCREEN.name: screen_table(inputs, problems),
        PROBLEMS.name: problems,
        LEFT_OUT.name: left_out_table(inputs.completions),
        VERDICTS.name: without_flagged(inputs, problems),
    }


def problems_table(completions: pl.DataFrame, level: float) -> pl.DataFrame:
    """Return p of each problem and share, and whether it is flagged.

    p = (1 + twins at least as good) / (1 + twins): of a problem that is exchangeable with its
    twins it is at most any level with no more than that probability. As good is by ROUGE-L,
    and of equals by the words that the rest begins with. Holm's correction is over the shares
    of a problem.

    Parameters
    ----------
    completions : polars.DataFrame
        COMPLETIONS of arms, with their names.
    level : float
        At most which an adjusted p flags.
    """
    kept = completions.filter(pl.col("excluded").is_null())
    keys = [*ARM_KEY, "problem_id", "share"]
    better = pl.col("rouge_l_twin") > pl.col("rouge_l")
    as_good = (pl.col("rouge_l_twin") == pl.col("rouge_l")) & (pl.col("run_twin") >= pl.col("run"))
    measured = ["words", "rouge_l", "exact", "run"]
    rows = (
        kept.filter(twin=0)
        .select(*keys, *measured)
        .join(
            kept.filter(pl.col("twin") > 0).select(*keys, "rouge_l", "run"),
            on=keys,
            suffix="_twin",
        )
        .group_by(keys)
        .agg(
            pl.col(measured).first(),
            twins=pl.len().cast(pl.Int64),
            twins_as_good=(better | as_good).sum().cast(pl.Int64),
        )
        .sort(keys)
        .with_columns(p=(1 + pl.col("twins_as_good")) / (1 + pl.col("twins")))
    )
    adjusted: list[float | None] = []
    for _, group in rows.group_by(*ARM_KEY, "problem_id", maintain_order=True):
        adjusted += holm_adjusted(group["p"].to_list())
    flagged = pl.col("p_adjusted") <= level + ROUNDING
    return (
        rows.with_columns(p_adjusted=pl.Series(adjusted, dtype=pl.Float64))
        .with_columns(flagged=flagged)
        .select(*PROBLEMS.columns)
    )


def screen_table(inputs: ScreenInputs, problems: pl.DataFrame) -> pl.DataFrame:
    """Return what each model made of originals and twins, by share, with p of the benchmark."""
    rows: list[dict[str, Any]] = []
    for labels, of_arm in arms(inputs.completions):
        # One problem of each question: equal ones have equal completions.
        ids = of_arm.select(*ARM_KEY, "problem_id").unique().sort("problem_id")
        ids = ids[_questions(inputs, ids).first]
        distinct = of_arm.join(ids, on=ids.columns, how="semi")
        mine = problems.join(ids, on=ids.columns, how="semi")
        by_share = [
            labels | row | {"n_flagged": mine.filter(share=row["share"])["flagged"].sum()}
            for row in _shares(inputs, distinct)
        ]
        adjusted = holm_adjusted([row["p"] for row in by_share])
        for row, p in zip(by_share, adjusted, strict=True):
            seen = p is not None and p <= inputs.level + ROUNDING
            row |= {"p_adjusted": p, "memory": "found" if seen else "not_found"}
            row |= {"level": inputs.level, "n_screened": mine["problem_id"].n_unique()}
            row["n_flagged_anywhere"] = mine.filter("flagged")["problem_id"].n_unique()
        rows += by_share
    return pl.DataFrame(rows, schema=column_types(SCREEN))


def _questions(inputs: ScreenInputs, problems: pl.DataFrame) -> Questions:
    names = [*ARM_KEY, "problem_id"]
    there = [name for name in ("question", "cluster") if name in inputs.scores.columns]
    asked = inputs.scores.select(*names, *there)
    return Questions.of(problems.join(asked, on=names, how="left", maintain_order="left"))


def _shares(inputs: ScreenInputs, completions: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the estimates of an arm, share by share."""
    kept = completions.filter(pl.col("excluded").is_null()).sort("share", "problem_id", "twin")
    for (share,), part in kept.group_by("share", maintain_order=True):
        width = int(part["twin"].max()) + 1  # type: ignore[arg-type]
        questions = _questions(inputs, part.filter(twin=0).select(*ARM_KEY, "problem_id"))
        rouge = part["rouge_l"].to_numpy().reshape(-1, width)
        exact = part["exact"].cast(pl.Float64).to_numpy().reshape(-1, width)
        yield {
            "share": share,
            "n_problems": questions.m,
            "n_twins": width - 1,
            **_estimate(inputs, questions, "rouge_l", rouge[:, 0]),
            **_estimate(inputs, questions, "twins_rouge_l", rouge[:, 1:].mean(axis=1)),
            **_lead(inputs, questions, rouge[:, 0] - rouge[:, 1:].mean(axis=1)),
            **_estimate(inputs, questions, "exact", exact[:, 0]),
            "twins_exact": float(exact[:, 1:].mean()),
            "p": permuted_p(rouge),
        }


def _estimate(
    inputs: ScreenInputs, questions: Questions, name: str, values: Floats
) -> dict[str, float]:
    mean, se = questions.mean_and_se(values)
    low, high = share_interval(mean, se, questions.units, inputs.confidence)
    return {name: float(mean), f"{name}_low": float(low), f"{name}_high": float(high)}


def _lead(inputs: ScreenInputs, questions: Questions, values: Floats) -> dict[str, float]:
    mean, se = map(float, questions.mean_and_se(values))
    low, high, _ = difference_and_p(mean, se, questions.units, inputs.confidence)
    return {"lead": mean, "lead_low": low, "lead_high": high}


def permuted_p(scores: Floats) -> float:
    """Return the one-sided p of originals that score no better than their twins.

    By drawing which text of each problem is the original: (1 + draws whose mean is as high)
    over one more than there are draws, an exact level where they are exchangeable.

    Parameters
    ----------
    scores : float64 array [M, 1 + twins]
        The original's first.
    """
    m, width = scores.shape
    draw = np.random.default_rng(content_seed(scores))
    totals = np.zeros(PERMUTATIONS)
    for row in scores:
        totals += row[draw.integers(width, size=PERMUTATIONS)]
    as_high = int((totals >= scores[:, 0].sum() - ROUNDING * m).sum())
    return (1 + as_high) / (1 + PERMUTATIONS)


def left_out_table(completions: pl.DataFrame) -> pl.DataFrame:
    """Count the problems that were not screened, by the reason."""
    keys = [*ARM_KEY, "share"]
    first = completions.filter(twin=0)
    of = first.group_by(keys).agg(of=pl.len().cast(pl.Int64))
    return (
        first.filter(pl.col("excluded").is_not_null())
        .group_by(*keys, "excluded")
        .agg(n=pl.len().cast(pl.Int64))
        .join(of, on=keys)
        .select(*LEFT_OUT.columns)
    )
