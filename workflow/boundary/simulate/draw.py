"""Counts of a benchmark and its responses, drawn from known rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from boundary.data.counts import UNKNOWN
from boundary.digests import seed_of
from boundary.errors import InputError
from boundary.simulate.populations import Floats, Integers, Population
from boundary.simulate.populations import population as truth_of
from boundary.stopping import StoppingRule

#: Of both arms; models are called by their side.
BENCHMARK, PROTOCOL = "problems", "sampled"


@dataclass(frozen=True)
class Design:
    """One line of a table: M problems of a population, n samples each, and a seed.

    Attributes
    ----------
    population : str
        A name of `boundary.simulate.populations.TRUTHS`.
    m, n : int
        Problems, and samples of each that does not stop.
    seed : int
    rule : StoppingRule, optional
        By which problems stop; its ``n_max`` is n.
    """

    population: str
    m: int
    n: int
    seed: int
    rule: StoppingRule | None = None


@dataclass(frozen=True)
class Drawn:
    """One simulated study.

    Attributes
    ----------
    scores : polars.DataFrame
        SCORES of the models ``base`` and ``other``.
    base, other : float64 arrays [M]
        With which probability the models solve the problems drawn.
    """

    scores: pl.DataFrame
    base: Floats
    other: Floats


def content_seeded(population: str, m: int, n: int, seed: int, rule: StoppingRule | None) -> Design:
    """Return a design whose seed follows from what it is of and a number of the user's.

    The rule takes no part: both designs sample the same problems.

    Raises
    ------
    InputError
        When there is no such population, m is no whole number of its clusters, or no problem
        could stop by the rule, or not at n.
    """
    copies = truth_of(population, n).copies
    if m % copies:
        raise InputError(f"--problems {m}: {population} has {copies} in each cluster.")
    if rule is not None:
        _check(rule)
    return Design(population, m, n, seed_of("simulate", population, m, n, seed), rule)


def _check(rule: StoppingRule) -> None:
    if rule.stop_after > rule.first_look:
        raise InputError(
            f"--stop-after {rule.stop_after} is more than the {rule.first_look} samples of the "
            f"first look, at which no problem could stop; try --stop-first {2 * rule.stop_after}."
        )
    if rule.n_max not in rule.nearest:
        near = " or ".join(str(n) for n in rule.nearest)
        raise InputError(
            f"--samples {rule.n_max} is not the first look, {rule.first_look}, doubled once or "
            f"more; the nearest are {near}."
        )


def draw(truth: Population, design: Design, replicate: int) -> Drawn:
    """Draw a benchmark and both models' responses to it.

    Parameters
    ----------
    truth : Population
    design : Design
    replicate : int
        Each has its own random numbers.
    """
    rng = np.random.default_rng([design.seed, replicate])
    base, other = truth.draw(design.m, rng)
    cluster = truth.cluster(design.m)
    arms = [
        _scores(side, *ends(rates, design, rng), cluster, design.rule)
        for side, rates in (("base", base), ("other", other))
    ]
    return Drawn(pl.concat(arms), base, other)


def ends(rates: Floats, design: Design, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Draw where problems end: samples and successes, ``[M]`` each.

    Parameters
    ----------
    rates : float64 array [M]
        With which problems are solved.
    design : Design
        Of a rule, further samples are drawn look by look, of problems that go on.
    rng : numpy.random.Generator
    """
    looks = design.rule.looks if design.rule else (design.n,)
    n = np.zeros(len(rates), dtype=np.int64)
    correct = np.zeros(len(rates), dtype=np.int64)
    going = np.ones(len(rates), dtype=np.bool_)
    for look in looks:
        correct[going] += rng.binomial(look - n[going], rates[going])
        n[going] = look
        if design.rule:
            going &= correct < design.rule.stop_after
    return n, correct


def _scores(
    side: str, n: Integers, correct: Integers, cluster: Integers | None, rule: StoppingRule | None
) -> pl.DataFrame:
    labels = {"model": side, "benchmark": BENCHMARK, "protocol": PROTOCOL}
    fixed = {} if rule is None else vars(rule)
    frame = pl.DataFrame({"n": n, "correct": correct}).with_columns(
        *(pl.lit(value).alias(name) for name, value in labels.items()),
        *(pl.lit(value, dtype=pl.Int64).alias(name) for name, value in fixed.items()),
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in UNKNOWN.items()),
        problem_id=pl.Series([f"p{i:04d}" for i in range(len(n))], dtype=pl.String),
    )
    if cluster is None:
        return frame
    return frame.with_columns(cluster=pl.Series(cluster).cast(pl.String))
