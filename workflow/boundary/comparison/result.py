"""A comparison of sides carried out: what is printed, written as JSON and held by a gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from boundary.analyses.coverage.sets import Sets, chances, solved_sets
from boundary.analyses.score_inputs import Compared, ScoreInputs
from boundary.analysis.differences import DifferenceCurve
from boundary.analysis.passk import passk_table
from boundary.comparison.inputs import Settings, score_inputs
from boundary.comparison.side import Side
from boundary.rows import VerdictRow


@dataclass(frozen=True)
class Rate:
    """pass@k of a model at one k, with its interval."""

    k: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Outcome:
    """One comparison on one benchmark, on the problems that both sides have.

    Attributes
    ----------
    verdict : VerdictRow
        The row of CROSSOVERS.
    curve : DifferenceCurve
    base, other : tuple of Rate
        pass@1 and pass@K; one where K is 1.
    sets : Sets
    """

    verdict: VerdictRow
    curve: DifferenceCurve
    base: tuple[Rate, ...]
    other: tuple[Rate, ...]
    sets: Sets

    @property
    def n(self) -> int:
        """Samples that every compared problem has under both models."""
        return self.curve.pair.n


@dataclass(frozen=True)
class Result:
    """All comparisons of some sides, the first of which is the base.

    Attributes
    ----------
    sides : tuple of Side
    settings : Settings
    inputs : ScoreInputs
        What the analyses of a study would be given.
    outcomes : tuple of Outcome
        By other side, then by benchmark in the order of the base.
    """

    sides: tuple[Side, ...]
    settings: Settings
    inputs: ScoreInputs
    outcomes: tuple[Outcome, ...]


def compare_sides(sides: Sequence[Side], settings: Settings | None = None) -> Result:
    """Compare the first side with each other one, on every benchmark that both have.

    Raises
    ------
    InputError, TableError
        As of `boundary.comparison.inputs.score_inputs`; and when two sides share no
        problem, k_max exceeds n, or min_n drops all problems.
    """
    settings = settings or Settings()
    inputs = score_inputs(sides, settings)
    rows = (VerdictRow.of(frame.row(0, named=True)) for frame in inputs.verdicts)
    outcomes = (_outcome(*each, inputs) for each in zip(inputs.compared, rows, strict=True))
    return Result(tuple(sides), settings, inputs, tuple(outcomes))


def _outcome(compared: Compared, row: VerdictRow, inputs: ScoreInputs) -> Outcome:
    pair, ks = compared.pair, sorted({1, row.k_max})
    shared = inputs.scores.filter(
        pl.col("benchmark") == row.benchmark,
        pl.col("model").is_in([row.base, row.other]),
        pl.col("problem_id").is_in(pair.problem_ids),
    )
    curves = passk_table(shared, confidence=inputs.confidence).filter(pl.col("k").is_in(ks))
    base, other = (
        tuple(
            Rate(*rate)
            for rate in curves.filter(model=model)
            .sort("k")
            .select("k", "pass_at_k", "ci_low", "ci_high")
            .iter_rows()
        )
        for model in (row.base, row.other)
    )
    return Outcome(row, compared.curve, base, other, solved_sets(pair, *chances(pair)))
