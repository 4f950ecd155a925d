"""Simulated studies, each through the analyses that a study of scores has, held to the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.run_scores import tables_of
from boundary.analyses.score_inputs import Admitted, ScoreInputs
from boundary.analysis.intervals import clopper_pearson
from boundary.jobs.reading import ComparisonRow
from boundary.progress import meter
from boundary.simulate.draw import BENCHMARK, PROTOCOL, Design, Drawn, draw
from boundary.simulate.populations import Floats, Integers, Population, population, sides

#: Coverage is tested against the truth to rounding.
ROUNDING = 1e-12
_ROW = ComparisonRow(
    comparison="simulated", base="base", other="other", benchmark=BENCHMARK, protocol=PROTOCOL
)
_SCHEMA = {
    "verdict": pl.String,
    "verdict_fixed": pl.String,
    "guard": pl.String,
    "false": pl.Boolean,
    "false_fixed": pl.Boolean,
    "holds": pl.Boolean,
    "holds_fixed": pl.Boolean,
    "holds_crossing": pl.Boolean,
    "naive": pl.Boolean,
    "width": pl.Float64,
    "share_base": pl.Float64,
    "share_other": pl.Float64,
}


@dataclass(frozen=True)
class Rate:
    """A share of replicates, with its exact 99 % interval (Clopper and Pearson)."""

    hits: int
    runs: int

    @property
    def value(self) -> float:
        """The share itself."""
        return self.hits / self.runs

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the interval."""
        low, high = clopper_pearson(np.array([self.hits * 1.0]), np.array([self.runs * 1.0]), 0.99)
        return float(low[0]), float(high[0])

    def __str__(self) -> str:
        low, high = self.ends
        return f"{100 * self.value:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def rate(column: pl.Series) -> Rate:
    """Return the share of replicates in which a column is true."""
    return Rate(int(column.sum()), len(column))


@dataclass(frozen=True)
class Simulated:
    """The replicates of a design.

    Attributes
    ----------
    design : Design
    truth : Population
    runs : polars.DataFrame
        One row a replicate: ``verdict``, ``verdict_fixed``, ``guard``; ``false`` and
        ``false_fixed``, whether the band puts a model ahead at some k at which
        it is not, in the population or on the benchmark drawn; ``holds`` and
        ``holds_fixed``, whether the band contains the truth at all k ≤ n/2;
        ``holds_crossing``, null where there is no single true one; ``naive``,
        whether the other model is ahead at k = 1 and the base at k = n;
        ``width``, that of the band at n/2; ``share_base`` and ``share_other``, samples drawn
        of those of a fixed design.
    inside : int64 array [2, n]
        Replicates in which the interval of pass@k holds the truth, of base and other.
    """

    design: Design
    truth: Population
    runs: pl.DataFrame
    inside: Integers

    @property
    def held(self) -> bool:
        """Whether bars apply: clusters that nobody names show what goes wrong."""
        return self.truth.copies == 1 or self.truth.named

    @property
    def crossing(self) -> float | None:
        """The only true crossing up to K = n/2."""
        return self.truth.crossing(self.design.n // 2)


class _Inputs(ScoreInputs):
    """Scores whose verdicts may come of fewer replicates than a study's."""

    def __init__(self, scores: pl.DataFrame, bootstrap: int) -> None:
        super().__init__(scores, [Admitted(_ROW)])
        self._replicates = bootstrap


def analysed(scores: pl.DataFrame, bootstrap: int) -> dict[str, pl.DataFrame]:
    """Return passk, differences and crossovers as a study of these scores has them.

    Parameters
    ----------
    scores : polars.DataFrame
        SCORES of ``base`` and ``other``.
    bootstrap : int
        Replicates of the bootstrap.
    """
    chosen = {"passk": Options(), "crossover": Options()}
    made = tables_of(_Inputs(scores, bootstrap), chosen)
    return {name: table for tables in made.values() for name, table in tables.items()}


def simulate(design: Design, replicates: int, bootstrap: int) -> Simulated:
    """Draw a design's benchmarks and responses anew in each replicate, and compare the arms."""
    truth = population(design.population, design.n)
    curves = np.stack(truth.pass_at_k(np.arange(1, design.n + 1)))
    crossing = truth.crossing(design.n // 2)
    rows, inside = [], np.zeros((2, design.n), dtype=np.int64)
    with meter(f"simulate {design.population}", replicates, "studies", brief=True) as progress:
        for replicate in range(replicates):
            drawn = draw(truth, design, replicate)
            tables = analysed(drawn.scores, bootstrap)
            rows.append(held_to_truth(tables, drawn, curves[0] - curves[1], crossing))
            inside += covered(tables["passk"], curves)
            progress.advance(1)
    return Simulated(design, truth, pl.DataFrame(rows, schema=_SCHEMA), inside)


def held_to_truth(
    tables: Mapping[str, pl.DataFrame], drawn: Drawn, difference: Floats, crossing: float | None
) -> dict[str, str | bool | float | None]:
    """Return the row of a replicate.

    Parameters
    ----------
    tables : mapping
        As of `analysed`.
    drawn : Drawn
        What they were made of.
    difference : float64 array [n]
        The population's D(k).
    crossing : float, optional
        Its only crossing.
    """
    answer = tables["crossovers"].row(0, named=True)
    whole = tables["differences"]
    inside = whole.filter(pl.col("k") <= answer["k_max"])
    ks, low, high = (inside[name].to_numpy() for name in ("k", "band_low", "band_high"))
    fixed = inside.drop_nulls("fixed_low")
    fixed_low, fixed_high = (fixed[name].to_numpy() for name in ("fixed_low", "fixed_high"))
    truth, powers = difference[ks - 1], fixed["k"].to_numpy()
    base, other = ((1 - p)[:, None] ** powers for p in (drawn.base, drawn.other))
    here = (other - base).mean(axis=0)
    shown = answer["ci_low"] is not None and crossing is not None
    asked = drawn.scores.select(pl.col("n_max") if "n_max" in drawn.scores.columns else "n")
    share = drawn.scores.select("model", share=pl.col("n") / asked.to_series())
    shares = {model: rows["share"].mean() for (model,), rows in share.group_by("model")}
    return {
        "verdict": answer["verdict"],
        "verdict_fixed": answer["verdict_fixed"],
        "guard": answer["guard"],
        "false": wrong_side(low, high, truth),
        "false_fixed": wrong_side(fixed_low, fixed_high, here),
        "holds": holds(low, high, truth),
        "holds_fixed": holds(fixed_low, fixed_high, here),
        "holds_crossing": None
        if crossing is None
        else shown and answer["ci_low"] <= crossing <= answer["ci_high"],
        "naive": bool(whole["diff"][0] < 0 < whole["diff"][-1]),
        "width": float(high[-1] - low[-1]),
        "share_base": shares["base"],
        "share_other": shares["other"],
    }


def wrong_side(low: Floats, high: Floats, truth: Floats) -> bool:
    """Return whether a band excludes 0 at some k on a side that is not the true one."""
    claimed = (low > 0).astype(np.int64) - (high < 0)
    return bool(((claimed != 0) & (claimed != sides(truth))).any())


def holds(low: Floats, high: Floats, truth: Floats) -> bool:
    """Return whether a band holds the truth at all k."""
    return bool(((low <= truth + ROUNDING) & (truth <= high + ROUNDING)).all())


def covered(passk: pl.DataFrame, curves: Floats) -> Integers:
    """Return at which k the intervals of pass@k hold the true one, ``[2, n]``."""
    low, high = (
        passk.sort("model", "k")[end].to_numpy().reshape(2, -1) for end in ("ci_low", "ci_high")
    )
    return ((low <= curves + ROUNDING) & (curves <= high + ROUNDING)).astype(np.int64)
