"""pass@(k, T): at least one of k trials is right within T rounds, tokens or dollars each.

A trial counts at T where it is right and used at most T (Pass@(k, T), arXiv 2604.14877), so
that with c_T such trials of n the estimate 1 − C(n−c_T, k)/C(n, k) is unbiased, whatever a
trial that is cut off at T would have come to: an agent that knew of the cut might hurry.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import stdtrit

from boundary.analyses.record import Options
from boundary.analyses.rounds.spend import trial_costs
from boundary.analyses.rounds.tables import (
    ROUND_DIFFERENCES,
    ROUND_GAPS,
    ROUNDS,
    SIDES,
    TRIAL_COSTS,
    UNITS,
)
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.differences import default_k_max
from boundary.analysis.frames import arms, column_types
from boundary.analysis.intervals import Floats, Integers, difference_interval, share_interval
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import curve_at, few_ks
from boundary.analysis.questions import Questions
from boundary.columns import ARM_KEY
from boundary.jobs.reading import ArmKey

#: Budgets of a doubling.
STEPS = 4


def budgets_of(used: Floats, whole: bool) -> Floats:
    """Return budgets in equal steps of log from the least that anything used to the most.

    Parameters
    ----------
    used : float64 array [C]
        What correct trials used, of all models that are drawn together.
    whole : bool
        Whether budgets are whole numbers.

    Returns
    -------
    float64 array [B]
        Ascending; within the last all correct trials are.
    """
    paid = used[used > 0]
    if not len(paid):
        return np.ones(1)
    first, last = (STEPS * math.log2(end) for end in (paid.min(), paid.max()))
    steps = 2.0 ** (np.arange(math.floor(first), math.ceil(last) + 1) / STEPS)
    steps[-1] = max(steps[-1], paid.max())  # which rounding may have lowered
    return np.unique(np.ceil(steps) if whole else steps)


def within(rows: pl.DataFrame, column: str, budgets: Floats) -> Integers:
    """Return how many correct trials of each problem used at most each budget, ``[R, B]``."""
    lists = np.split(_used(rows, column), np.cumsum(rows[column].list.len().to_numpy())[:-1])
    return np.stack([np.searchsorted(np.sort(each), budgets, side="right") for each in lists])


def _used(rows: pl.DataFrame, column: str) -> Floats:
    """Return what all correct trials used, problem by problem."""
    return rows[column].explode(empty_as_null=False).cast(pl.Float64).to_numpy()


def pass_within(rows: pl.DataFrame, column: str, budgets: Floats, ks: Integers) -> Floats:
    """Return pass@(k, T) of each problem, ``[R, B, K]``.

    Parameters
    ----------
    rows : polars.DataFrame
        Of a SCORES table, of one arm.
    column : str
        One of `UNITS`.
    budgets : float64 array [B]
    ks : int64 array [K]
        Ascending; NaN stands where it exceeds n.
    """
    correct = within(rows, column, budgets)
    n = np.broadcast_to(rows["n"].to_numpy()[:, None], correct.shape)
    values = curve_at(n.ravel(), correct.ravel(), ks)
    return values.reshape(*correct.shape, len(ks))


@dataclass(frozen=True)
class _Panel:
    """The arms on one benchmark that tell one unit, at budgets and k that all share.

    Attributes
    ----------
    unit : str
    budgets : float64 array [B]
    ks : int64 array [K]
    arms : dict
        By model, benchmark and protocol the scores [R], and pass@(k, T) as of `pass_within`.
    """

    unit: str
    budgets: Floats
    ks: Integers
    arms: dict[ArmKey, tuple[pl.DataFrame, Floats]]


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the tables of a study; empty where no trials tell what they used."""
    frames: dict[str, list[pl.DataFrame]] = {
        each.name: [pl.DataFrame(schema=column_types(each))]
        for each in (ROUNDS, ROUND_DIFFERENCES, ROUND_GAPS)
    }
    for unit, column in UNITS.items():
        for rows in _known(inputs.enough, column):
            there = set(rows.select(ARM_KEY).unique().rows())
            pairs = [
                (each.pair, default_k_max(each.pair.n, inputs.k_max, each.of.row.comparison))
                for each in inputs.compared
                if there.issuperset(each.of.row.arms.values())
            ]
            panel = _panel(rows, unit, [last for _, last in pairs])
            frames[ROUNDS.name] += _of_arms(panel, inputs.confidence)
            for pair, last in pairs:
                differences, gap = _of_pair(panel, pair, last, inputs.confidence)
                frames[ROUND_DIFFERENCES.name].append(differences)
                frames[ROUND_GAPS.name] += gap
    costs = {TRIAL_COSTS.name: trial_costs(inputs.enough, inputs.confidence)}
    return {name: pl.concat(parts) for name, parts in frames.items()} | costs


def _known(scores: pl.DataFrame, column: str) -> Iterator[pl.DataFrame]:
    """Yield, by benchmark, the arms that tell of all their problems what correct trials used."""
    if column in scores.columns:
        whole = pl.col(column).is_not_null().all().over(ARM_KEY)
        known = scores.filter(whole).sort("benchmark", *ARM_KEY, "problem_id")
        yield from known.partition_by("benchmark", maintain_order=True)


def _panel(rows: pl.DataFrame, unit: str, lasts: Iterable[int]) -> _Panel:
    column = UNITS[unit]
    budgets = budgets_of(_used(rows, column), unit != "dollars")
    sizes = rows.group_by(ARM_KEY).agg(pl.col("n").min())["n"]
    ks = np.unique([k for n in sizes for k in few_ks(n)] + [*lasts])
    of = {
        (labels["model"], labels["benchmark"], labels["protocol"]): (
            arm,
            pass_within(arm, column, budgets, ks),
        )
        for labels, arm in arms(rows)
    }
    return _Panel(unit, budgets, ks, of)


def _of_arms(panel: _Panel, confidence: float) -> Iterator[pl.DataFrame]:
    """Yield ROUNDS of each arm."""
    for arm, (rows, values) in panel.arms.items():
        n_min, questions = int(rows["n"].min()), Questions.of(rows)  # type: ignore[arg-type]
        kept = panel.ks <= n_min
        mean, se = questions.mean_and_se(values[:, :, kept].reshape(rows.height, -1))
        low, high = share_interval(mean, se, questions.units, confidence)
        columns = {
            **dict(zip(ARM_KEY, arm, strict=True)),
            "unit": panel.unit,
            **_cells(panel.budgets, panel.ks[kept]),
            "pass_at_k": np.clip(mean, 0.0, 1.0),
            "ci_low": low,
            "ci_high": high,
            "n_problems": questions.m,
            "n_min": n_min,
        }
        flagged = 2 * pl.col("k") > n_min
        yield (
            pl.DataFrame(columns)
            .with_columns(flagged=flagged)
            .cast(pl.Schema(column_types(ROUNDS)))
        )


def _cells(budgets: Floats, ks: Integers) -> dict[str, Sequence[float] | Floats | Integers]:
    """Return budget and k of each cell, in the order of `pass_within`."""
    return {"budget": np.repeat(budgets, len(ks)), "k": np.tile(ks, len(budgets))}


def _of_pair(
    panel: _Panel, pair: Pair, last: int, confidence: float
) -> tuple[pl.DataFrame, Iterator[pl.DataFrame]]:
    """Return ROUND_DIFFERENCES of a comparison, and its row of ROUND_GAPS where k reaches 2.

    Parameters
    ----------
    panel : _Panel
    pair : Pair
    last : int
        K of the decision rule.
    confidence : float
    """
    keys = [
        (pair.labels[side], pair.labels["benchmark"], pair.labels[protocol])
        for side, protocol in zip(SIDES, ("protocol", "other_protocol"), strict=True)
    ]
    kept, sides = panel.ks <= pair.n, []
    for rows, values in (panel.arms[key] for key in keys):
        places = {name: place for place, name in enumerate(rows["problem_id"])}
        sides.append(values[[places[name] for name in pair.problem_ids]][:, :, kept])
    base, other = sides
    ks = panel.ks[kept]
    ahead = base - other
    questions, named = pair.questions, {**pair.labels, "unit": panel.unit}
    mean, low, high = paired_means(ahead.reshape(len(ahead), -1), questions, confidence)
    columns = {
        **named,
        **_cells(panel.budgets, ks),
        "diff": mean,
        "ci_low": low,
        "ci_high": high,
        "n_problems": pair.m,
    }
    differences = pl.DataFrame(columns).with_columns(flagged=2 * pl.col("k") > pair.n)
    full = ahead[:, -1]
    return differences.cast(pl.Schema(column_types(ROUND_DIFFERENCES))), _gap(
        full[:, 0],
        full[:, ks == last][:, 0],
        questions,
        confidence,
        {**named, "budget": float(panel.budgets[-1]), "k": last, "n_problems": pair.m},
    )


def paired_means(
    values: Floats, questions: Questions, confidence: float
) -> tuple[Floats, Floats, Floats]:
    """Return means of differences with their intervals by Student's t, ``[K]`` each.

    Parameters
    ----------
    values : float64 array [R, K]
        Within [−1, 1].
    questions : Questions
    confidence : float
    """
    mean, se = questions.mean_and_se(values)
    t = float(stdtrit(max(questions.units - 1, 1), 0.5 + confidence / 2))
    ends = difference_interval(mean, se, questions.units, multiplier=t, miss=1 - confidence)
    return mean, *ends


def _gap(
    at_1: Floats, at_k: Floats, questions: Questions, confidence: float, facts: dict[str, object]
) -> Iterator[pl.DataFrame]:
    """Yield how the difference at full budget moves from one sample to k; nothing for k = 1.

    It closes where it is surely none of 0 at one sample and surely moves towards 0: two
    tests, both of which must say so, each at the level of the interval.
    """
    if facts["k"] == 1:
        return
    # A problem's pass@k is no less than its pass@1, so that its change is within [−1, 1] too.
    columns = np.stack([at_1, at_k, at_k - at_1], axis=1)
    ends = np.stack(paired_means(columns, questions, confidence))
    rows = dict(zip(("diff_at_1", "diff_at_k", "change"), ends.T.tolist(), strict=True))
    ahead = [_ahead(*rows[name][1:]) for name in ("diff_at_1", "diff_at_k")]
    grows = _ahead(*rows["change"][1:])
    yield pl.DataFrame(
        [
            {
                **facts,
                **{
                    f"{name}{end}": value
                    for name, values in rows.items()
                    for end, value in zip(("", "_low", "_high"), values, strict=True)
                },
                "ahead_at_1": ahead[0],
                "ahead_at_k": ahead[1],
                "closes": ahead[0] is not None and grows is not None and grows != ahead[0],
            }
        ],
        schema=column_types(ROUND_GAPS),
    )


def _ahead(low: float, high: float) -> str | None:
    """Return which side an interval of base less other favours; None where it holds 0."""
    return SIDES[0] if low > 0 else SIDES[1] if high < 0 else None
