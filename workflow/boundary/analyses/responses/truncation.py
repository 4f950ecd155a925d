"""Which responses were cut at the token limit: of right ones, wrong ones, those without answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from boundary.analyses.responses.tables import OUTCOMES, TRUNCATION
from boundary.analyses.responses.weights import unset as unset_of
from boundary.analyses.responses.weights import weights
from boundary.analysis.frames import arms, column_types
from boundary.analysis.intervals import Floats
from boundary.analysis.questions import Questions
from boundary.analysis.ratios import ratio_interval
from boundary.analysis.stopped import planned, stops_early

_COUNTED = ("truncated", "truncated_wrong", "truncated_no_answer", "no_answer")


def truncation_table(scores: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """Return which share of the responses that came to the same was cut, for each arm.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    confidence : float
        Of intervals over problems (`ratio_interval`), which need five problems or so with such
        responses.

    Returns
    -------
    polars.DataFrame
        A TRUNCATION table; without arms whose scores do not tell it.  Of problems that stop
        early, shares are of the samples that each would have had (`weights`).
    """
    rows = [{**labels, **row} for labels, frame in arms(scores) for row in _rows(frame, confidence)]
    return pl.DataFrame(rows, schema=column_types(TRUNCATION))


def _rows(frame: pl.DataFrame, confidence: float) -> Iterator[dict[str, object]]:
    if not set(_COUNTED) <= set(frame.columns) or any(frame[x].null_count() for x in _COUNTED):
        return
    unset = frame["n_unset"].fill_null(0) if "n_unset" in frame.columns else 0
    right, silent = frame["correct"], frame["no_answer"]
    cut, cut_wrong, cut_silent = (frame[name] for name in _COUNTED[:3])
    counts = {
        "right": (right, cut - cut_wrong),
        "wrong": (frame["n"] - unset - right - silent, cut_wrong - cut_silent),
        "no_answer": (silent, cut_silent),
    }
    questions, scale = Questions.of(frame), dict.fromkeys(OUTCOMES, np.ones(frame.height))
    if stops_early(frame):
        if unset_of(frame):
            return
        right_weight, wrong_weight = weights(frame)
        most = frame.select(planned(frame)).to_series().to_numpy()
        scale = dict.fromkeys(OUTCOMES, wrong_weight * most) | {"right": right_weight * most}
    for outcome in OUTCOMES:
        whole, part = (each.to_numpy().astype(np.float64) for each in counts[outcome])
        totals, hits = (_units(questions, each * scale[outcome]) for each in (whole, part))
        share, low, high = ratio_interval(totals, hits, confidence)
        yield {
            "outcome": outcome,
            "responses": int(whole.sum()),
            "truncated": int(part.sum()),
            "share": share,
            "ci_low": low,
            "ci_high": high,
            "n_problems": int((questions.total(whole) > 0).sum()),
        }


def _units(questions: Questions, counts: Floats) -> Floats:
    """Return the sum of what is independent: of each cluster, or of each question."""
    mean: Floats = questions.mean(counts)
    if questions.cluster is None:
        return mean
    units: Floats = np.bincount(questions.cluster, weights=mean).astype(np.float64)
    return units
