"""Shares of first words by family, and their differences between families.

A model keeps a strategy by *reading* which family a problem is of, when it begins
with the strategy's word more often there, or by *hedging*, when it draws among
strategies whatever the family.  Both may solve the same problems in many samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from boundary import strict_json
from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.strategies import StrategyOptions
from boundary.analyses.strategies.tables import OPEN, READS, SAME, STRATEGIES, STRATEGY_DIFFERENCES
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import share_interval
from boundary.analysis.questions import Questions


class Estimate(NamedTuple):
    """The mean share of responses over the problems of one family."""

    mean: float
    se: float
    questions: Questions
    n_min: int
    n_max: int

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the interval of `share_interval`."""
        mean, se = np.array([self.mean]), np.array([self.se])
        low, high = share_interval(mean, se, self.questions.units, confidence)
        return float(low[0]), float(high[0])


#: By family and word.
Estimates = Mapping[tuple[str, str], Estimate]


def compute(inputs: ArmInputs, options: StrategyOptions) -> dict[str, pl.DataFrame]:
    """Return the tables of one arm; empty ones where no problem says its family."""
    first = pl.col("response").str.extract(r"^\s*(\S+)")
    begun = pl.concat(
        samples.select("problem_id", word=first.fill_null("")) for samples, _ in inputs.samples()
    )
    shares = begun.group_by("problem_id").agg(
        pl.len().cast(pl.Int64).alias("n"),
        *((pl.col("word") == word).mean().alias(f"word {word}") for word in options.words),
    )
    estimates = {
        (str(family), word): _estimate(group, word)
        for (family,), group in shares.join(_asked(inputs, options.by), on="problem_id")
        .sort("family", "problem_id")
        .group_by("family", maintain_order=True)
        for word in options.words
    }
    shown = [_row(keys, each, inputs.confidence) for keys, each in estimates.items()]
    compared = _differences(estimates, options, inputs.confidence)
    return {
        table.name: pl.DataFrame(
            [inputs.labels | row for row in rows], schema=column_types(table)
        )
        for table, rows in ((STRATEGIES, shown), (STRATEGY_DIFFERENCES, compared))
    }  # fmt: skip


def _asked(inputs: ArmInputs, by: str) -> pl.DataFrame:
    """Return the problems that say their family, with question and cluster."""
    problems = inputs.problems(("benchmark", "problem_id", "metadata"))
    asked = inputs.asked()
    if problems is None or asked is None:
        return pl.DataFrame(schema={"problem_id": pl.String, "family": pl.String})
    of_arm = problems.filter(benchmark=inputs.labels["benchmark"])
    texts = (text if text and not text.isspace() else "{}" for text in of_arm["metadata"])
    read = [strict_json.loads(text) or {} for text in texts]
    families = [str(each[by]) if each.get(by) is not None else None for each in read]
    named = of_arm.select("problem_id", family=pl.Series(families, dtype=pl.String))
    return named.drop_nulls().join(asked, on="problem_id")


def _estimate(group: pl.DataFrame, word: str) -> Estimate:
    questions = Questions.of(group)
    mean, se = questions.mean_and_se(group[f"word {word}"].to_numpy()[:, None])
    sizes = group["n"]
    return Estimate(float(mean[0]), float(se[0]), questions, sizes.min(), sizes.max())  # type: ignore[arg-type]


def _row(keys: tuple[str, str], each: Estimate, confidence: float) -> dict[str, Any]:
    low, high = each.interval(confidence)
    return {
        "family": keys[0],
        "word": keys[1],
        "share": each.mean,
        "se": each.se,
        "ci_low": low,
        "ci_high": high,
        "n_problems": each.questions.m,
        "n_min": each.n_min,
        "n_max": each.n_max,
    }


def _differences(
    estimates: Estimates, options: StrategyOptions, confidence: float
) -> Iterator[dict[str, Any]]:
    """Yield the difference of each word's share between each two families.

    Intervals hold together for all words and pairs of an arm (Bonferroni).
    """
    families = list(dict.fromkeys(family for family, _ in estimates))
    pairs = list(combinations(families, 2))
    together = 1 - (1 - confidence) / max(1, len(pairs) * len(options.words))
    for word in options.words:
        for pair in pairs:
            one, other = (estimates[family, word] for family in pair)
            low, high = difference_of_shares(one, other, together)
            outcome = READS if low > 0 or high < 0 else OPEN
            if max(-low, high) < options.margin:
                outcome = SAME
            yield {
                "word": word,
                "family": pair[0],
                "other_family": pair[1],
                "share": one.mean,
                "other_share": other.mean,
                "difference": one.mean - other.mean,
                "ci_low": low,
                "ci_high": high,
                "confidence": together,
                "margin": options.margin,
                "outcome": outcome,
                "n_problems": one.questions.m,
                "n_problems_other": other.questions.m,
            }


def difference_of_shares(one: Estimate, other: Estimate, confidence: float) -> tuple[float, float]:
    """Return the interval of the difference of two shares of different problems.

    From the intervals [l, u] of both (Newcombe 1998, Statistics in Medicine 17, 873-890,
    method 10; Zou and Donner 2008, ibid. 27, 1693-1702), with d = p1 − p2:

        d − √((p1 − l1)² + (u2 − p2)²)   to   d + √((u1 − p1)² + (p2 − l2)²)

    It is never a point, even where all problems of both agree.
    """
    (low, high), (low_other, high_other) = one.interval(confidence), other.interval(confidence)
    difference = one.mean - other.mean
    down = math.hypot(one.mean - low, high_other - other.mean)
    up = math.hypot(high - one.mean, other.mean - low_other)
    return max(-1.0, difference - down), min(1.0, difference + up)
