"""What each model solves for equal tokens, price or time, and where the base overtakes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.equal_cost import CostOptions
from boundary.analyses.equal_cost.orders import first_costs
from boundary.analyses.equal_cost.tables import COST_CROSSINGS, EQUAL_COST, LENGTH_CAPS
from boundary.analysis.crossover import sign_changes
from boundary.analysis.enough import leave_some
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import (
    Floats,
    Integers,
    difference_interval,
    share_interval,
    z_value,
)
from boundary.analysis.questions import Questions
from boundary.errors import InputError
from boundary.jobs.reading import ArmTables, ComparedArms

#: Budgets of a doubling.
STEPS = 4


@dataclass(frozen=True)
class Costs:
    """What the samples of one arm cost.

    Attributes
    ----------
    labels : dict
        model, benchmark and protocol.
    problems : polars.DataFrame
        ``problem_id``, sorted, with ``question`` and ``cluster`` where they are known.
    first : float64 array [R, orders]
        Tokens up to the first right sample of each problem.
    total : int64 array [R]
        Tokens of all samples of each problem.
    n_min : int
        Samples that every problem has.
    caps : polars.DataFrame
        A LENGTH_CAPS table.
    price, seconds : float, optional
        What a token costs.
    """

    labels: dict[str, str]
    problems: pl.DataFrame
    first: Floats
    total: Floats
    n_min: int
    caps: pl.DataFrame
    price: float | None
    seconds: float | None

    def per_token(self, unit: str) -> float | None:
        """Return what a token costs in a unit; None where nothing says so."""
        return 1.0 if unit == "tokens" else getattr(self, unit)

    def solved(self, unit: str, budgets: Floats, rows: list[int] | None = None) -> Floats:
        """Return which share of orders solves each problem within each budget, ``[R, B]``."""
        first = self.first if rows is None else self.first[rows]
        cost = np.sort(first * (self.per_token(unit) or 0.0), axis=1)
        places = [np.searchsorted(row, budgets, side="right") for row in cost]
        share = np.stack(places).astype(np.float64)
        share /= first.shape[1]
        return share


def compute(arm: ArmInputs, options: CostOptions) -> Costs | None:
    """Return what the samples of one arm cost; None where its files do not tell.

    Raises
    ------
    InputError
        When prices or seconds miss its model, or min_n leaves out all problems.
    """
    lengths = arm.lengths(("tokens_drawn",))
    per_token = {
        "price": _of_model(options.prices, "prices", arm.labels["model"], 1e6),
        "seconds": _of_model(options.seconds, "seconds", arm.labels["model"], 1e3),
    }
    if lengths["n_tokens"].null_count():
        return None
    # What ends an empty response is a token too, and a budget of none has no logarithm.
    drawn = [name for name in ("tokens_drawn",) if name in lengths.columns]
    lengths = lengths.with_columns(
        pl.col("n_tokens").clip(1), cost=pl.coalesce(*drawn, "n_tokens").clip(1)
    ).sort("problem_id")
    sizes = _sizes(lengths)
    if arm.min_n:
        leave_some(sizes, arm.min_n, " / ".join(arm.labels.values()))
        lengths = lengths.filter(np.repeat(sizes >= arm.min_n, sizes))
        sizes = sizes[sizes >= arm.min_n]
    asked = arm.asked()
    problems = lengths.select(pl.col("problem_id").unique(maintain_order=True))
    if asked is not None:
        problems = problems.join(asked, on="problem_id", how="left", maintain_order="left")
    tokens, correct = (
        np.split(lengths[name].to_numpy(), np.cumsum(sizes)[:-1]) for name in ("cost", "correct")
    )
    return Costs(
        arm.labels,
        problems,
        np.stack([*map(first_costs, problems["problem_id"], tokens, correct)]),
        np.array([float(each.sum()) for each in tokens]),
        int(sizes.min()),
        length_caps(lengths, problems, arm.labels, arm.confidence),
        **per_token,
    )


def _sizes(lengths: pl.DataFrame) -> Integers:
    """Return the samples of each problem, whose rows stand together."""
    sizes: Integers = lengths["problem_id"].rle().struct.field("len").cast(pl.Int64).to_numpy()
    return sizes


def _of_model(given: dict[str, float] | None, key: str, model: str, tokens: float) -> float | None:
    if given is None:
        return None
    if model not in given:
        raise InputError(
            f"analyses.equal_cost.{key}: has no number for {model}; it names "
            f"{', '.join(given) or 'none'}. Give one for each model that is sampled."
        )
    return given[model] / tokens


def length_caps(
    lengths: pl.DataFrame, problems: pl.DataFrame, labels: dict[str, str], confidence: float
) -> pl.DataFrame:
    """Return pass@1 of an arm had responses been cut earlier: longer ones count as wrong.

    Parameters
    ----------
    lengths : polars.DataFrame
        As of `ArmInputs.lengths`, sorted by problem.
    problems : polars.DataFrame
        As of `Costs`.
    labels : dict
    confidence : float

    Returns
    -------
    polars.DataFrame
        A LENGTH_CAPS table at powers of two up to the first that no response exceeds;
        ``cut_correct`` and ``cut_wrong``: shares of right and of wrong responses that a cap
        would cut.
    """
    longest = int(lengths["n_tokens"].max())  # type: ignore[arg-type]
    caps = [1 << power for power in range(max(longest - 1, 1).bit_length() + 1)]
    sizes = _sizes(lengths)
    shortest = np.searchsorted(caps, lengths["n_tokens"].to_numpy())  # cap that leaves it whole
    place = np.repeat(np.arange(len(sizes)), sizes) * len(caps) + shortest
    correct = lengths["correct"].to_numpy()
    right, wrong = (
        np.bincount(place[kept], minlength=len(sizes) * len(caps))
        .reshape(len(sizes), len(caps))
        .cumsum(axis=1)
        for kept in (correct, ~correct)
    )
    cut = {
        name: (kept[-1] - kept) / kept[-1] if kept[-1] else None
        for name, kept in (("cut_correct", right.sum(axis=0)), ("cut_wrong", wrong.sum(axis=0)))
    }
    questions = Questions.of(problems)
    mean, se = questions.mean_and_se(right / sizes[:, None])
    low, high = share_interval(mean, se, questions.units, confidence)
    return pl.DataFrame(
        {
            **labels,
            "tokens": caps,
            "pass_at_1": np.clip(mean, 0.0, 1.0),
            "ci_low": low,
            "ci_high": high,
            **cut,
            "n_problems": questions.m,
        },
        schema=column_types(LENGTH_CAPS),
    )


def budgets_of(costs: Iterable[Costs], unit: str) -> Floats:
    """Return budgets in equal steps of log, up to what every problem's samples cost.

    They begin where the first problem is solved, or half-way where that is beyond.
    """
    arms = list(costs)
    first = min(float((arm.first * (arm.per_token(unit) or 0)).min()) for arm in arms)
    last = min(float(arm.total.min() * (arm.per_token(unit) or 0)) for arm in arms)
    # No right sample may be so cheap: nothing is solved up to there.
    first = min(first, last / 2)
    steps = range(math.floor(STEPS * math.log2(first)), math.floor(STEPS * math.log2(last)) + 1)
    return np.array([2.0 ** (step / STEPS) for step in steps])


def _curve(arm: Costs, unit: str, confidence: float) -> pl.DataFrame:
    """Return what one arm solves by budget."""
    budgets = budgets_of([arm], unit)
    questions = Questions.of(arm.problems)
    mean, se = questions.mean_and_se(arm.solved(unit, budgets))
    low, high = share_interval(mean, se, questions.units, confidence)
    most = float(arm.total.min()) * (arm.per_token(unit) or 0)
    return pl.DataFrame(
        {
            **arm.labels,
            "unit": unit,
            "budget": budgets,
            "solved": np.clip(mean, 0.0, 1.0),
            "ci_low": low,
            "ci_high": high,
            "n_problems": questions.m,
            "n_min": arm.n_min,
            "flagged": 2 * budgets > most,
        },
        schema=column_types(EQUAL_COST),
    )


def _crossing(
    row: ComparedArms, base: Costs, other: Costs, unit: str, confidence: float
) -> Iterator[pl.DataFrame]:
    """Return where the base overtakes for equal costs; nothing where no problem is shared."""
    places = other.problems.select("problem_id", at=pl.int_range(pl.len()))
    shared = base.problems.with_columns(here=pl.int_range(pl.len())).join(
        places, on="problem_id", how="inner", maintain_order="left"
    )
    if shared.is_empty():
        return
    budgets = budgets_of([base, other], unit)
    questions = Questions.of(shared)
    ahead = base.solved(unit, budgets, shared["here"].to_list()) - other.solved(
        unit, budgets, shared["at"].to_list()
    )
    mean, se = questions.mean_and_se(ahead)
    low, high = difference_interval(
        mean, se, questions.units, multiplier=z_value(confidence), miss=1 - confidence
    )
    half = max(0, len(budgets) - 1 - STEPS)  # the last budget that is not flagged
    crossing, ends = _overtaken(budgets[: half + 1], mean, low, high)
    yield pl.DataFrame(
        {
            "comparison": row.comparison,
            "base": row.base,
            "other": row.other,
            "benchmark": row.benchmark,
            "protocol": row.protocol,
            "other_protocol": row.other_protocol or row.protocol,
            "unit": unit,
            "crossing": crossing,
            "crossing_low": ends[0],
            "crossing_high": ends[1],
            "budget": float(budgets[half]),
            "diff": float(mean[half]),
            "ci_low": float(low[half]),
            "ci_high": float(high[half]),
            "n_problems": questions.m,
        },
        schema=column_types(COST_CROSSINGS),
    )


def _overtaken(
    budgets: Floats, mean: Floats, low: Floats, high: Floats
) -> tuple[float | None, tuple[float | None, float | None]]:
    """Return the last budget at which the base overtakes, with an interval.

    The ends are the last budget below at which the base is surely behind, and the first above
    at which it is surely ahead: 0 and infinite where there is none.
    """
    steps = np.arange(1, len(budgets) + 1)
    ups = [change for change in sign_changes(steps, mean[: len(steps)]) if change.up]
    if not ups:
        return None, (None, None)
    change = ups[-1]
    left, right = change.before - 1, change.after - 1
    share = mean[left] / (mean[left] - mean[right]) if right == left + 1 else 0.5
    crossing = float(budgets[left] * (budgets[right] / budgets[left]) ** share)
    behind = np.flatnonzero(high[: left + 1] < 0)
    beyond = np.flatnonzero(low[right : len(budgets)] > 0)
    return crossing, (
        float(budgets[behind[-1]]) if len(behind) else 0.0,
        float(budgets[right + beyond[0]]) if len(beyond) else math.inf,
    )


def combine(arms: list[Costs | None], job: ArmTables) -> dict[str, pl.DataFrame]:
    """Return the tables of a study from the costs of its arms."""
    known = {tuple(arm.labels.values()): arm for arm in arms if arm is not None}
    if not known:
        return {}
    units = [
        unit
        for unit in ("tokens", "price", "seconds")
        if all(arm.per_token(unit) is not None for arm in known.values())
    ]
    curves = [_curve(arm, unit, job.confidence) for arm in known.values() for unit in units]
    crossings = [pl.DataFrame(schema=column_types(COST_CROSSINGS))]
    for row in job.comparisons or ():
        sides = [known.get(key) for key in row.arms.values()]
        if sides[0] is not None and sides[1] is not None:
            for unit in units:
                crossings += _crossing(row, sides[0], sides[1], unit, job.confidence)
    return {
        EQUAL_COST.name: pl.concat(curves),
        LENGTH_CAPS.name: pl.concat(arm.caps for arm in known.values()),
        COST_CROSSINGS.name: pl.concat(crossings),
    }
