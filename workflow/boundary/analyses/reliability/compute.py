"""Reliability of every arm: how many of k samples are right, and how many problems how surely.

Of k samples of a problem X are correct.  G-Pass@k at a threshold τ is P(X ≥ ⌈τk⌉), at
τ = 1 it is pass^k, and mG-Pass@k is (2/k) Σ_{i = ⌈k/2⌉+1..k} P(X ≥ i) (Liu et al. 2024, arXiv
2412.13147), with X of k of the n samples drawn without putting back, which is unbiased.
TailPass@k at τ is the same of k fresh samples, with the posterior of the problem's rate
from a flat prior (Hariri et al. 2026).  cover@τ is the share of problems of a rate of at
least τ (arXiv 2510.08325), by c/n or, smoothed, by that posterior.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import betaincc

from boundary.analyses.record import Options
from boundary.analyses.reliability.tables import COVER, RATES, RELIABILITY, THRESHOLDS
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.draws import drawn_correct, fresh_correct
from boundary.analysis.frames import arms, column_types
from boundary.analysis.intervals import Floats, Integers, share_interval
from boundary.analysis.questions import Questions, distinct_columns
from boundary.analysis.share_curve import powers_of_two

#: What each column of `values_at` is.
ASKED = (
    *(("g_pass", threshold) for threshold in THRESHOLDS),
    ("mg_pass", THRESHOLDS[0]),
    *(("tail_pass", threshold) for threshold in THRESHOLDS),
)
BLOCK_CELLS = 2**20  # 8 MiB of float64


def least_correct(threshold: float, k: int) -> int:
    """Return how many of k samples a threshold asks for, at least one.

    The thresholds are multiples of 1/4, so that no product with k is rounded.
    """
    return max(1, int(np.ceil(threshold * k)))


def values_at(n: Integers, correct: Integers, k: int) -> Floats:
    """Return all measures of problems with these counts at one k ≤ n.

    Parameters
    ----------
    n, correct : int64 arrays [P]
    k : int

    Returns
    -------
    float64 array [P, len(ASKED)]
    """
    width = max(1, BLOCK_CELLS // (k + 1))
    starts = range(0, len(n), width)
    return np.concatenate([_block(n[i : i + width], correct[i : i + width], k) for i in starts])


def _block(n: Integers, correct: Integers, k: int) -> Floats:
    drawn, fresh = (
        np.cumsum(chances(n, correct, k)[:, ::-1], axis=1)[:, ::-1]
        for chances in (drawn_correct, fresh_correct)
    )
    least = [least_correct(threshold, k) for threshold in THRESHOLDS]
    above_half = drawn[:, -(-k // 2) + 1 :].sum(axis=1, keepdims=True) * 2 / k
    values = np.concatenate([drawn[:, least], above_half, fresh[:, least]], axis=1)
    np.clip(values, 0.0, 1.0, out=values)
    return values


@dataclass(frozen=True)
class _Arm:
    """The counts of one arm."""

    labels: dict[str, str]
    n: Integers
    correct: Integers
    questions: Questions

    @property
    def facts(self) -> dict[str, object]:
        return {**self.labels, "n_problems": self.questions.m, "n_min": int(self.n.min())}


def _arms(scores: pl.DataFrame) -> list[_Arm]:
    # Sums differ in the last digit by the order of rows.
    return [
        _Arm(labels, rows["n"].to_numpy(), rows["correct"].to_numpy(), Questions.of(rows))
        for labels, rows in arms(scores.sort("problem_id"))
    ]


def reliability_table(scores: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """Return how many of k samples are right under every arm, at powers of two.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    confidence : float
        Of intervals over problems, pointwise (`share_interval`).

    Returns
    -------
    polars.DataFrame
        A RELIABILITY table; flagged beyond half of the smallest n.
    """
    every = _arms(scores)
    types = column_types(RELIABILITY)
    if not every:
        return pl.DataFrame(schema=types)
    counts = np.concatenate([np.stack([arm.correct, arm.n]) for arm in every], axis=1)
    (correct, n), place, _ = distinct_columns(counts)
    ends = np.cumsum([len(arm.n) for arm in every])
    places = np.split(place, ends[:-1])
    frames = [pl.DataFrame(schema=types)]
    for k in powers_of_two(max(int(arm.n.min()) for arm in every)):
        enough = n >= k
        values = np.full((len(n), len(ASKED)), np.nan)
        values[enough] = values_at(n[enough], correct[enough], k)
        for arm, rows in zip(every, places, strict=True):
            if k <= arm.n.min():
                frames += _at_k(arm, values[rows], k, confidence)
    return pl.concat(frames, how="diagonal")


def _at_k(arm: _Arm, values: Floats, k: int, confidence: float) -> Iterator[pl.DataFrame]:
    measures, thresholds = zip(*ASKED, strict=True)
    mean, low, high = _shares(arm, values, confidence)
    yield pl.DataFrame(
        {
            **arm.facts,
            "measure": measures,
            "threshold": thresholds,
            "k": k,
            "value": mean,
            "ci_low": low,
            "ci_high": high,
            "flagged": 2 * k > int(arm.n.min()),
        },
        schema=column_types(RELIABILITY),
    )


def _shares(arm: _Arm, values: Floats, confidence: float) -> tuple[Floats, Floats, Floats]:
    """Return means over problems, with the ends of their intervals, ``[K]`` each."""
    mean, se = arm.questions.mean_and_se(values)
    low, high = share_interval(mean, se, arm.questions.units, confidence)
    return np.clip(mean, 0.0, 1.0), low, high


def cover_table(scores: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """Return which share of problems every arm solves how surely.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    confidence : float
        Of intervals over problems, pointwise.

    Returns
    -------
    polars.DataFrame
        A COVER table.  What is worked out of ids that ask one question is averaged.
    """
    frames = [pl.DataFrame(schema=column_types(COVER))]
    rates = np.array(RATES)
    for arm in _arms(scores):
        n, correct = arm.n[:, None], arm.correct[:, None]
        # Products of whole numbers: c/n = 0.1 is covered at 0.1, whatever n is.
        reached = (100 * correct >= np.rint(100 * rates) * n).astype(np.float64)
        likely = betaincc(correct + 1.0, n - correct + 1.0, rates)
        plain, smooth = (_shares(arm, each, confidence) for each in (reached, likely))
        frames.append(
            pl.DataFrame(
                {
                    **arm.facts,
                    "rate": rates,
                    **dict(zip(("cover", "ci_low", "ci_high"), plain, strict=True)),
                    **dict(zip(("smoothed", "smoothed_low", "smoothed_high"), smooth, strict=True)),
                },
                schema=column_types(COVER),
            )
        )
    return pl.concat(frames)


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the reliability tables of a study."""
    return {
        RELIABILITY.name: reliability_table(inputs.enough, inputs.confidence),
        COVER.name: cover_table(inputs.enough, inputs.confidence),
    }
