"""How diverse the responses to a problem are, and what training made of it.

The number of different answers or responses among n samples grows with n, so that
models are held against each other at equal n alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from scipy.special import stdtrit

from boundary.analyses.diversity.tables import DIVERSITY, DIVERSITY_CHANGE, MEASURES
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.entropy import MOST_DISTINCT, with_corrected_entropy
from boundary.analysis.frames import arms, column_types
from boundary.analysis.intervals import Floats, unseen_ends
from boundary.analysis.pairs import Pair, select_arm
from boundary.analysis.questions import Questions


def measured(scores: pl.DataFrame) -> pl.DataFrame:
    """Return scores with every measure, null where it is not known."""
    counts = [
        pl.lit(None, dtype=pl.Int64).alias(name)
        for name in MEASURES
        if name not in scores.columns and not name.startswith("answer_entropy")
    ]
    return with_corrected_entropy(scores.with_columns(counts))


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the tables of diversity; none where no arm tells of answers or responses."""
    scores = measured(inputs.enough)
    if not any(scores[name].count() for name in MEASURES):
        return {}
    rows = [
        labels | row for labels, arm in arms(scores) for row in _rows(arm, ("",), inputs.confidence)
    ]
    changes = [
        each.pair.labels | row
        for each in inputs.compared
        for row in _rows(_joined(scores, each.pair), ("", "_other"), inputs.confidence)
    ]
    return {
        table.name: pl.DataFrame(made, schema=column_types(table))
        for table, made in ((DIVERSITY, rows), (DIVERSITY_CHANGE, changes))
    }


def _joined(scores: pl.DataFrame, pair: Pair) -> pl.DataFrame:
    """Return the problems of a pair, the measures of both arms side by side."""
    names = pair.labels
    base, other = (
        select_arm(scores, names[model], names["benchmark"], names[protocol], names["comparison"])
        for model, protocol in (("base", "protocol"), ("other", "other_protocol"))
    )
    ids = pl.DataFrame({"problem_id": pair.problem_ids, "question": pair.questions.index})
    if pair.questions.cluster is not None:
        ids = ids.with_columns(cluster=pair.questions.cluster[pair.questions.index])
    kept = ["problem_id", "n", *MEASURES]
    return ids.join(base.select(kept), on="problem_id", how="left").join(
        other.select(kept), on="problem_id", how="left", suffix="_other"
    )


def _rows(frame: pl.DataFrame, sides: tuple[str, ...], confidence: float) -> list[dict[str, Any]]:
    """Return a row a measure: of one arm, or of the change between two."""
    sizes = frame.select(f"n{side}" for side in sides)
    n = {
        "n_min": int(sizes.select(pl.min_horizontal(pl.all()).min()).item()),
        "n_max": int(sizes.select(pl.max_horizontal(pl.all()).max()).item()),
    }
    unequal = frame.filter(pl.col("n") != pl.col(f"n{sides[-1]}")).height
    rows = []
    for measure in MEASURES:
        columns = [f"{measure}{side}" for side in sides]
        known = frame.drop_nulls(columns)
        row: dict[str, Any] = {"measure": measure, "n_problems": 0, **n}
        if known.is_empty():
            rows.append(row | {"note": "nothing is known of it"})
            continue
        questions = Questions.of(known)
        values = [known[name].to_numpy().astype(np.float64) for name in columns]
        means = [float(questions.mean(each).mean()) for each in values]
        row["n_problems"] = questions.m
        notes = []
        if known.height < frame.height:
            notes.append(f"known of {known.height} of {frame.height} problems")
        if measure.startswith("answer_entropy") and _few_repeats(known, sides):
            notes.append("too low, as most answers are distinct")
        top = _most(measure, n["n_max"])
        if len(sides) == 1:
            if n["n_min"] < n["n_max"]:
                notes.append("n differs between problems")
            row["mean"] = means[0]
            row |= _interval(values[0], questions, confidence, (0.0, top))
        else:
            row |= {"base_mean": means[0], "other_mean": means[1]}
            if unequal:
                notes.append("n differs between the two: not held against each other")
            else:
                row |= {"change": means[1] - means[0]}
                row |= _interval(values[1] - values[0], questions, confidence, (-top, top))
        rows.append(row | {"note": "; ".join(notes) or None})
    return rows


def _few_repeats(frame: pl.DataFrame, sides: tuple[str, ...]) -> bool:
    """Tell whether more than half of the samples of an arm are distinct answers, on average."""
    shares = (frame[f"distinct_answers{side}"] / frame[f"n{side}"] for side in sides)
    return any((share.mean() or 0.0) > MOST_DISTINCT for share in shares)  # type: ignore[operator]


def _most(measure: str, n: int) -> float:
    """Return the most that a measure can be of n samples."""
    if not measure.startswith("answer_entropy"):
        return float(n)
    return float(np.log(n)) + ((n - 1) / (2 * n) if measure.endswith("corrected") else 0.0)


def _interval(
    values: Floats, questions: Questions, confidence: float, bounds: tuple[float, float]
) -> dict[str, float | None]:
    """Return standard error and interval of a mean over problems, by Student's t.

    Where all problems agree it is `intervals.unseen_ends`; of one problem or cluster the
    bounds, without a standard error.
    """
    mean, se = questions.mean_and_se(values)
    if not np.isfinite(se):
        return {"se": None, "ci_low": bounds[0], "ci_high": bounds[1]}
    miss = (1 - confidence) / 2
    reach = float(stdtrit(questions.units - 1, 1 - miss)) * se
    low, high = mean - reach, mean + reach
    if se == 0:
        low, high = unseen_ends(mean, questions.units, miss, bounds)
    ends = np.clip([low, high], *bounds)
    return {"se": float(se), "ci_low": float(ends[0]), "ci_high": float(ends[1])}
