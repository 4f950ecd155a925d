"""How accuracy is spread over problems: the histogram of c/n."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analyses.histogram.tables import HISTOGRAM
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.frames import arms, column_types
from boundary.analysis.intervals import mean_and_se, share_interval
from boundary.analysis.passk import pass_at_each
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import rule_of

#: Parts of a rate that is no share of whole samples; its edges are those of tenths.
PARTS = 10**9
BINS = 12
LABELS = (
    "0",
    "(0, 0.1)",
    *(f"[{tenth / 10:.1f}, {(tenth + 1) / 10:.1f})" for tenth in range(1, 9)),
    "[0.9, 1)",
    "1",
)
LOWS = (0.0, *(tenth / 10 for tenth in range(10)), 1.0)
HIGHS = (0.0, *((tenth + 1) / 10 for tenth in range(10)), 1.0)


def accuracy_bin(n: NDArray[np.int64], correct: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each problem's bin: 0 never solved, 1..10 tenths, 11 always solved.

    Integer arithmetic keeps the edges exact: c/n = 0.3 lies in [0.3, 0.4), which
    floor(10·0.3) in floating point gets wrong for some n.

    Parameters
    ----------
    n, correct : int64 arrays [M]
    """
    inner = 1 + 10 * correct // n
    return np.where(correct == 0, 0, np.where(correct == n, BINS - 1, inner))


def histogram_table(scores: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """Return the accuracy histogram of every arm, empty bins included.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    confidence : float
        Of the interval of each bin's share of problems.  The bin is that
        of the observed c/n, so the shares at 0 and 1 depend on n; of pass@1
        where problems stop early.  Rows that ask the same question are one problem with
        the samples of all.

    Returns
    -------
    polars.DataFrame
        A HISTOGRAM table, 12 rows an arm.
    """
    types = column_types(HISTOGRAM)
    frames = [pl.DataFrame(schema=types)]
    # Sums differ in the last digit by the order of rows.
    for labels, arm in arms(scores.sort("problem_id")):
        n, questions = arm["n"].to_numpy(), Questions.of(arm)
        total, m = questions.total, questions.m
        correct, rule = arm["correct"].to_numpy(), rule_of(arm)
        if rule is None:
            bins = accuracy_bin(total(n), total(correct))
        else:  # c/n of a problem that stopped says too much of it
            rate = questions.mean(pass_at_each(n, correct, 1, rule))
            bins = accuracy_bin(np.full(m, PARTS), np.rint(PARTS * rate).astype(np.int64))
            bins = np.where(total(correct) == 0, 0, np.maximum(bins, 1))
        inside = bins[:, None] == np.arange(BINS)
        problems = inside.sum(axis=0)
        spread = mean_and_se(inside.astype(np.float64), questions.cluster)
        low, high = share_interval(*spread, questions.units, confidence)
        columns = {
            **labels,
            "bin": np.arange(BINS),
            "label": LABELS,
            "low": LOWS,
            "high": HIGHS,
            "problems": problems,
            "share": problems / m,
            "ci_low": low,
            "ci_high": high,
            "n_problems": m,
            "n_min": int(n.min()),
        }
        frames.append(pl.DataFrame(columns, schema=types))
    return pl.concat(frames)


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the histogram table of a study."""
    return {HISTOGRAM.name: histogram_table(inputs.enough, inputs.confidence)}
