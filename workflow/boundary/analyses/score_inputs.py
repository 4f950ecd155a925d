"""What the analyses of scores share: the arms, and one pair and one curve a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress

import polars as pl

from boundary.analysis.crossover import LEAST_REPLICATES, crossover_frame, decide
from boundary.analysis.differences import DifferenceCurve, difference_curve
from boundary.analysis.enough import with_enough
from boundary.analysis.fairness import sandbox_note, with_note
from boundary.analysis.holm import holm_verdicts, replicates_for
from boundary.analysis.looks import look_levels
from boundary.analysis.pairs import Pair, pair_from_spec, select_arm
from boundary.analysis.sharpening import Sharpening, sharpening
from boundary.analysis.stopped import stops_early
from boundary.columns import ARM_KEY
from boundary.decisions import DECIDES
from boundary.jobs.reading import ComparisonRow, Control, Grid, SeriesRow
from boundary.looks import Planned, plan_text
from boundary.notes import join_parts
from boundary.tables import SCORES
from boundary.validating import check


@dataclass(frozen=True)
class Admitted:
    """One comparison on one benchmark, between arms that may be compared.

    Attributes
    ----------
    row : ComparisonRow
        Which arms it is of.
    permitted, note : str, optional
        What differs by permission, and a remark.
    """

    row: ComparisonRow
    permitted: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Compared:
    """One comparison on one benchmark, carried out.

    Attributes
    ----------
    of : Admitted
        Which arms it is of, and what must be known of them.
    curve : DifferenceCurve
        Its pair of arms, and their difference by k.
    """

    of: Admitted
    curve: DifferenceCurve

    @property
    def pair(self) -> Pair:
        """The two arms on the problems that they share."""
        return self.curve.pair


class ScoreInputs:
    """The scores of a study, and what is worked out of them once for all analyses.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table with all arms.
    comparisons : sequence of Admitted
    series : sequence of SeriesRow
    bootstrap : int
        Replicates; verdicts draw no fewer than `LEAST_REPLICATES`.
    confidence : float
    k_max : int, optional
        Largest k that a verdict looks at; n/2 by default.
    min_n : int, optional
        Problems with fewer samples are dropped.
    decides : str
        Whose verdict counts, of `boundary.decisions.DECIDES`.
    grids : sequence of Grid
        Protocols that differ in temperature alone.
    controls : sequence of Control
        What comparisons are held against.
    looks : sequence of Planned
        The n at which verdicts are looked at, by a plan.

    Raises
    ------
    TableError
        When the scores break a rule of their schema.
    """

    def __init__(
        self,
        scores: pl.DataFrame,
        comparisons: Sequence[Admitted] = (),
        series: Sequence[SeriesRow] = (),
        *,
        bootstrap: int = 10_000,
        confidence: float = 0.95,
        k_max: int | None = None,
        min_n: int | None = None,
        decides: str = DECIDES[0],
        grids: Sequence[Grid] = (),
        controls: Sequence[Control] = (),
        looks: Sequence[Planned] = (),
    ) -> None:
        self.scores = check(scores, SCORES, "scores of the study")
        self.series = series
        self.confidence, self.k_max, self.min_n = confidence, k_max, min_n
        self.grids = grids
        self.controls = controls
        self._decides = decides
        self._comparisons = comparisons
        spent = [look.alpha for look in looks]
        levels = look_levels([look.n for look in looks], spent) if looks else []
        self.looks = looks
        self._levels = {look.n: 1 - level for look, level in zip(looks, levels, strict=True)}
        strictest = max([confidence, *self._levels.values()])
        self._replicates = max(
            bootstrap, LEAST_REPLICATES, replicates_for(len(comparisons), strictest)
        )

    @cached_property
    def never_stopping(self) -> ScoreInputs | None:
        """What these are of the arms whose problems never stop early; None where there are none.

        Verdicts are those of all comparisons, over which Holm's correction is.
        """
        if not stops_early(self.scores):
            return self
        by_arm = pl.col("n_max").is_null().all().over(ARM_KEY)
        kept = self.scores.filter(by_arm)
        if kept.is_empty():
            return None
        names = {*kept.select(ARM_KEY).unique().iter_rows()}
        of_pair = [names.issuperset(each.row.arms.values()) for each in self._comparisons]
        made = ScoreInputs(
            kept,
            list(compress(self._comparisons, of_pair)),
            [
                row
                for row in self.series
                if names.issuperset((p.model, row.benchmark, row.protocol) for p in row.points)
            ],
            bootstrap=self._replicates,
            confidence=self.confidence,
            k_max=self.k_max,
            min_n=self.min_n,
            decides=self._decides,
            grids=self.grids,
        )
        made.compared = list(compress(self.compared, of_pair))
        made.verdicts = list(compress(self.verdicts, of_pair))
        return made

    @cached_property
    def enough(self) -> pl.DataFrame:
        """The scores of problems with enough samples."""
        return with_enough(self.scores, self.min_n)

    @cached_property
    def compared(self) -> list[Compared]:
        """Every comparison on each of its benchmarks, in the study's order.

        Raises
        ------
        InputError
            When one names an arm that the scores lack, two arms share no problem,
            k_max exceeds n, or min_n drops all problems.
        """
        return [
            Compared(each, self.curve_of(pair_from_spec(self.scores, each.row, self.min_n)))
            for each in self._comparisons
        ]

    @cached_property
    def sharpening(self) -> list[Sharpening]:
        """The line of log-odds of each comparison."""
        return [sharpening(each.pair, self.confidence) for each in self.compared]

    def shared(self, compared: Compared) -> dict[str, pl.DataFrame]:
        """Return the scores of base and other on the problems of a pair, in its order."""
        row, problems = compared.of.row, compared.pair.problem_ids
        return {
            side: select_arm(self.scores, *arm, f"Comparison {row.comparison}")
            .filter(pl.col("problem_id").is_in(problems))
            .sort("problem_id")
            for side, arm in row.arms.items()
        }

    def curve_of(self, pair: Pair) -> DifferenceCurve:
        """Return the difference of two arms by k, its bands at the level of a planned look."""
        curve = self._curve(pair, self.confidence)
        if (level := self._levels.get(pair.n)) is None:
            return curve
        strict, plain = self._curve(pair, level), curve.band
        band = replace(
            strict.band, ci_low=plain.ci_low, ci_high=plain.ci_high, confidence=self.confidence
        )
        return replace(strict, band=band)

    def _curve(self, pair: Pair, confidence: float) -> DifferenceCurve:
        return difference_curve(
            pair, replicates=self._replicates, confidence=confidence, k_max=self.k_max
        )

    def decided(self, compared: Compared, curve: DifferenceCurve) -> pl.DataFrame:
        """Return the row of CROSSOVERS of a curve, with what must be said of the comparison."""
        sandbox = sandbox_note(self.scores, compared.of.row)
        outcome = replace(decide(curve), decides=self._decides)
        note = join_parts(filter(None, (compared.of.note, sandbox, self._planned(curve.pair.n))))
        row = with_note(crossover_frame(curve, outcome), note, compared.of.permitted)
        level = self._levels.get(curve.pair.n)
        return row if level is None else row.with_columns(band_level=pl.lit(level))

    def plan_at(self, n: int) -> str | None:
        """Return the written plan of looks in words; None where n is none of them."""
        return plan_text(self.looks) if n in self._levels else None

    def _planned(self, n: int) -> str | None:
        """Say which look of the plan a verdict at n is, or that it is none."""
        if not self.looks:
            return None
        plan = plan_text(self.looks)
        if n not in self._levels:
            return f"n = {n} is no look of the written plan ({plan}): the level is that of one look"
        place = [look.n for look in self.looks].index(n) + 1
        return (
            f"look {place} of {len(self.looks)} of the written plan ({plan}): the simultaneous "
            f"bands are at {100 * self._levels[n]:.4g} %, and a verdict at an earlier look stands"
        )

    @cached_property
    def verdicts(self) -> list[pl.DataFrame]:
        """The row of CROSSOVERS of each comparison; of several, with the one after Holm."""
        rows = [self.decided(compared, compared.curve) for compared in self.compared]
        if len(rows) < 2:
            return rows
        corrected = holm_verdicts([compared.curve for compared in self.compared])
        cells = pl.lit(len(rows), dtype=pl.Int64)
        return [
            row.with_columns(verdict_holm=pl.lit(holm), holm_cells=cells)
            for row, holm in zip(rows, corrected, strict=True)
        ]
