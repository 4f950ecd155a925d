"""Problems with lengths: pass@k of each, and the curves fitted to them and to their replicates."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from boundary.analyses.horizon import HorizonOptions, Sweep
from boundary.analysis.bootstrap import content_seed
from boundary.analysis.horizon import Curves, logistic_curves, resampled
from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.passk import pass_at_each
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import Counts, longest

REPLICATES = 1_000
#: More lengths than these are put together in replicates, to a quarter of an octave.
MOST_POINTS, PARTS_OF_OCTAVE = 64, 4
#: A number of samples of which horizons are usually told.
USUAL_K = 8

Row = dict[str, object]


def shares_at(n: Integers, correct: Integers, k: int, rule: Integers | None = None) -> Floats:
    """Return each problem's pass@k: unbiased for k ≤ n, else 1 − (1 − c/n)^k.

    The latter takes the share of right samples for the rate itself; where problems stop early,
    n is the most that there might be, and pass@1 stands for that share.
    """
    once = correct / n if rule is None else pass_at_each(n, correct, 1, rule)
    most = longest(n, rule)
    inside = pass_at_each(n, correct, np.minimum(most, k), rule)
    known: Floats = np.where(most < k, 1 - (1 - once) ** k, inside)
    return known


@dataclass(frozen=True)
class Problems:
    """Problems with lengths, as one model or two have tried them.

    Attributes
    ----------
    questions : Questions
    lengths : float64 array [M]
    counts : tuple of Counts
        Of each model, ``[R]`` a row of the scores.
    """

    questions: Questions
    lengths: Floats
    counts: tuple[Counts, ...]
    _shares: dict[int, list[Floats]] = field(default_factory=dict, repr=False)

    @property
    def cluster(self) -> Integers | None:
        """Cluster of each problem, where any are named."""
        return self.questions.cluster

    @property
    def n_min(self) -> int:
        """Samples that every problem has under each model."""
        return min(int(each.longest.min()) for each in self.counts)

    def ks(self, asked: list[int]) -> list[int]:
        """Return 1 and those asked for, else such as all problems have samples for."""
        usual = (k for k in (USUAL_K, self.n_min // 2) if 1 < k <= self.n_min)
        return sorted({1, *(asked or usual)})

    def shares(self, k: int) -> list[Floats]:
        """Return pass@k of every problem under each model, ``[M]``, worked out once."""
        if k not in self._shares:
            each = [self.questions.mean(shares_at(n, c, k, rule)) for n, c, rule in self.counts]
            self._shares[k] = each
        return self._shares[k]

    def facts(self, k: int, rows: Integers | None = None) -> Row:
        """Return how much is known of some problems, by default all, at one k."""
        most = [each.longest for each in self.counts]
        few = np.logical_or.reduce([self.questions.total(n < k) for n in most])
        rows = np.arange(self.questions.m) if rows is None else rows
        units = len(rows) if self.cluster is None else len(np.unique(self.cluster[rows]))
        inside = np.isin(self.questions.index, rows)
        n_min = min(int(n[inside].min()) for n in most)
        return {
            "n_problems": len(rows),
            "n_independent": units,
            "n_min": n_min,
            "n_imputed": int(few[rows].sum()),
            "flagged": 2 * k > n_min and k > 1,
        }

    def at(self, rows: Integers, values: Floats) -> tuple[float, float, int]:
        """Return mean, standard error and number of independent ones of some problems."""
        cluster = None
        if self.cluster is not None:
            cluster = np.unique(self.cluster[rows], return_inverse=True)[1].astype(np.int64)
        some = Questions(np.arange(len(rows)), cluster)
        mean, se = some.mean_and_se(values[rows])
        return float(mean), float(se), some.units

    def span(self, rows: Integers) -> Row:
        """Return what lengths some problems have; one for all is their geometric mean."""
        lengths = self.lengths[rows]
        low, high = float(lengths.min()), float(lengths.max())
        middle = low if low == high else float(np.exp(np.log(lengths).mean()))
        return {"length": middle, "length_low": low, "length_high": high}

    @cached_property
    def draws(self) -> Floats:
        """How often each replicate draws each problem, ``[REPLICATES, M]``."""
        known = (array for array in itertools.chain(*self.counts) if array is not None)
        seed = content_seed(self.lengths, *known)
        return resampled(self.cluster, self.questions.m, REPLICATES, seed)

    @cached_property
    def about(self) -> Floats:
        """Lengths as replicates take them, ``[M]``: those of neighbours are one, if many.

        It moves each by less than an eighth of an octave around the same mean.
        """
        octaves = np.log2(self.lengths)
        part = np.unique(np.rint(PARTS_OF_OCTAVE * octaves), return_inverse=True)[1]
        if len(np.unique(octaves)) <= MOST_POINTS:
            return self.lengths
        means: Floats = np.exp2(np.bincount(part, octaves) / np.bincount(part))
        return means[part]

    def weights(self, form: str) -> Floats:
        """Return the weight of each problem, ``[M]``."""
        if form == "equal" or self.cluster is None:
            return np.ones(self.questions.m)
        weights: Floats = 1 / np.sqrt(np.bincount(self.cluster)[self.cluster])
        return weights

    def fits(self, options: HorizonOptions) -> Iterator[tuple[Row, list[Fit]]]:
        """Yield the curve of each model, at each k and under each setting."""
        swept = options.sweep or Sweep()
        settings = itertools.product(
            dict.fromkeys([options.weights, *swept.weights]),
            dict.fromkeys([options.penalty, *swept.penalties]),
            self.ks(options.k),
        )
        for form, penalty, k in settings:
            first = (form, penalty) == (options.weights, options.penalty)
            named = {"k": k, "weights": form, "penalty": penalty, "first": first}
            yield (
                {**named, **self.facts(k)},
                [Fit.of(self, share, self.weights(form), penalty) for share in self.shares(k)],
            )


@dataclass(frozen=True)
class Fit:
    """The curve of one model, and the horizons of its replicates."""

    curve: Curves
    drawn: Floats

    @classmethod
    def of(cls, problems: Problems, shares: Floats, weights: Floats, penalty: float) -> Fit:
        """Fit some shares, and each replicate from there on."""
        curve = logistic_curves(problems.lengths, shares, weights[None], penalty)
        draws = problems.draws if (weights == 1).all() else problems.draws * weights
        drawn = logistic_curves(problems.about, shares, draws, penalty, curve)
        return cls(curve, drawn.horizon)

    @property
    def horizon(self) -> float:
        """Length at which the curve passes one half."""
        return float(self.curve.horizon[0])
