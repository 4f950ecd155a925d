"""Arms whose problems stop early, as often as chance has each end: means are expectations."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import comb, gcd
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.stopping import StoppingRule

Integers = NDArray[np.int64]
#: Samples, successes, and how often they stand in the table.
End = tuple[int, int, int]


def ends(rule: StoppingRule, right: int, of: int) -> list[End]:
    """Return all ends of a design, each as often as problems of rate right/of have it."""
    made = []
    for look in rule.looks:
        before = look // 2 if look > rule.first_look else 0
        last = look == rule.n_max
        for correct in range(0 if last else rule.stop_after, look + 1):
            orders = sum(
                comb(before, a) * comb(look - before, correct - a)
                for a in range(min(rule.stop_after, before + 1))
                if a <= correct
            )
            chance = right**correct * (of - right) ** (look - correct) * of ** (rule.n_max - look)
            if orders:
                made.append((look, correct, orders * chance))
    return _least(made)


def fixed(n: int, right: int, of: int) -> list[End]:
    """Return all counts of a fixed design, each as often as problems of rate right/of have it."""
    return _least([(n, c, comb(n, c) * right**c * (of - right) ** (n - c)) for c in range(n + 1)])


def cut(made: list[End], n_max: int) -> list[tuple[int, int, int, int]]:
    """Return ends with how many of their wrong samples were cut, each by a chance of one half."""
    return [
        (t, c, times * comb(t - c, x) * 2 ** (n_max - (t - c)), x)
        for t, c, times in made
        for x in range(t - c + 1)
    ]


def _least(made: list[End]) -> list[End]:
    common = gcd(*(times for _, _, times in made))
    return [(t, c, times // common) for t, c, times in made]


def arms(
    rules: dict[str, StoppingRule | None], *sides: Sequence[tuple[int, ...]], **more: Any
) -> pl.DataFrame:
    """Return a SCORES table in which every combination of ends stands as often as by chance.

    Ends of `cut` have ``truncated_wrong``.
    """
    times = [int(np.prod([end[2] for end in each])) for each in product(*sides)]
    frames = []
    for place, (model, rule) in enumerate(rules.items()):
        rows = np.array([each[place] for each in product(*sides)]).repeat(times, axis=0)
        frame = arm(model, rows[:, 0], rows[:, 1], rule, **more)
        known = [pl.Series("truncated_wrong", rows[:, 3])] if rows.shape[1] > 3 else []
        frames.append(frame.with_columns(known))
    return pl.concat(frames, how="diagonal")


def arm(
    model: str, n: Integers, correct: Integers, rule: StoppingRule | None = None, **more: Any
) -> pl.DataFrame:
    """Return a SCORES frame of one arm from where its problems ended."""
    unknown = {"truncated": pl.Int64, "no_answer": pl.Int64, "distinct_answers": pl.Int64}
    unknown |= {"majority_correct": pl.Boolean, "mean_tokens": pl.Float64}
    names = {"model": model, "benchmark": "bench", "protocol": "paper", **more}
    names |= {} if rule is None else vars(rule)
    return (
        pl.DataFrame({"n": n, "correct": correct})
        .with_columns(
            *(pl.lit(value).alias(name) for name, value in names.items()),
            *(pl.lit(None, kind).alias(name) for name, kind in unknown.items()),
            problem_id=pl.format("p{}", pl.int_range(len(n))),
        )
        .with_columns(pl.col(name).cast(pl.Int64) for name in (vars(rule) if rule else ()))
    )


def drawn(outcomes: NDArray[np.bool_], rule: StoppingRule) -> tuple[Integers, Integers]:
    """Return where problems end whose outcomes, ``[M, n_max]``, are drawn as far as needed."""
    counts = np.cumsum(outcomes, axis=1)
    n, correct = np.zeros(len(outcomes), int), np.zeros(len(outcomes), int)
    for look in reversed(rule.looks):
        stops = (counts[:, look - 1] >= rule.stop_after) | (look == rule.n_max)
        n[stops], correct[stops] = look, counts[stops, look - 1]
    return n, correct
