"""How responses ended: cut off, empty, without an answer, or copies of each other."""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.responses.tables import RESPONSES, TRUNCATION
from boundary.analyses.responses.truncation import truncation_table
from boundary.analyses.responses.weights import stopped_shares, stopped_tokens
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.frames import arms, column_types
from boundary.analysis.intervals import Floats, share_interval
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import stops_early
from boundary.tables import MOVED

#: What was tried against the verifier of programs, and how well it was walled off.
TRIED = ("violations", "tricked", "reduced")
_COUNTED = (*TRIED, "n_unset")


def responses_table(scores: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """Count, for each arm, how its responses ended.

    Shares are means over problems of the share among a problem's responses
    that have an outcome; rows that ask the same question are one problem. What
    an arm does not tell (published counts tell nothing) is null.  Of problems that stop early
    samples are weighed (`weights`), and the share of copies is null.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    confidence : float
        Level of the interval of the truncated share, over problems.

    Returns
    -------
    polars.DataFrame
        A RESPONSES table, one row an arm.  ``duplicate_share`` is the share of
        responses that repeat another of the same problem.
    """
    rows = [
        {**labels, **_row(frame, confidence), **_moved(frame, confidence)}
        for labels, frame in arms(scores)
    ]
    return pl.DataFrame(rows, schema=column_types(RESPONSES))


def _row(frame: pl.DataFrame, confidence: float) -> dict[str, int | float | None]:
    row: dict[str, int | float | None] = {
        "n_problems": Questions.of(frame).m,
        "n_responses": int(frame["n"].sum()),
    }
    for name in _COUNTED:
        counts = _known(frame, name)
        row[name] = None if counts is None else int(counts.sum())
    frame = _ended(frame)
    if frame.is_empty():
        return row
    n, questions = frame["n"].to_numpy().astype(np.float64), Questions.of(frame)
    for name in ("truncated", "empty", "no_answer", "distinct_responses"):
        counts = _known(frame, name)
        if counts is None:
            continue
        row[name] = int(counts.sum())
        each = stopped_shares(frame, name) if stops_early(frame) else counts / n
        if each is None:
            continue
        shares = questions.mean(each)
        if name == "distinct_responses":
            row["duplicate_share"] = float((1 - shares).mean())
        else:
            row[f"{name}_share"] = float(shares.mean())
        if name == "truncated":
            low, high = share_interval(*questions.mean_and_se(each), questions.units, confidence)
            row |= {"truncated_ci_low": float(low), "truncated_ci_high": float(high)}
    if stops_early(frame):
        tokens = stopped_tokens(frame)
        row["mean_tokens"] = None if tokens is None else float(questions.mean(tokens).mean())
        return row
    tokens = _known(frame, "mean_tokens")
    if tokens is not None:
        total, ended = questions.mean(tokens * n), questions.mean(n)
        row["mean_tokens"] = float(total.sum() / ended.sum())
    return row


def _moved(frame: pl.DataFrame, confidence: float) -> dict[str, float]:
    """Return what the moves of a sampler of whole responses cost, and how many were taken.

    Means over problems of tokens drawn a response and of the share of moves taken; nothing of
    problems that stop early, as what was right decided how many samples there are.
    """
    drawn, moves, accepted = (_known(frame, name) for name in MOVED)
    if drawn is None or moves is None or accepted is None or stops_early(frame):
        return {}
    questions, n = Questions.of(frame), frame["n"].to_numpy()
    shares = accepted / moves
    low, high = share_interval(*questions.mean_and_se(shares), questions.units, confidence)
    return {
        "mean_tokens_drawn": float(questions.mean(drawn / n).mean()),
        "accepted_share": float(questions.mean(shares).mean()),
        "accepted_ci_low": float(low),
        "accepted_ci_high": float(high),
    }


def _ended(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out responses without outcome, and problems that have no others."""
    if "n_unset" not in frame.columns:
        return frame
    ended = frame.with_columns(n=pl.col("n") - pl.col("n_unset").fill_null(0))
    return ended.filter(pl.col("n") > 0)


def _known(frame: pl.DataFrame, name: str) -> Floats | None:
    """Return a column of an arm, None where any problem's value is unknown."""
    if name not in frame.columns or frame[name].null_count():
        return None
    return frame[name].to_numpy().astype(np.float64)


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the tables of a study: of all problems, however few their samples."""
    return {
        RESPONSES.name: responses_table(inputs.scores, inputs.confidence),
        TRUNCATION.name: truncation_table(inputs.scores, inputs.confidence),
    }
