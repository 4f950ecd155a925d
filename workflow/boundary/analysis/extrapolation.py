"""D(k) beyond n if rare problems go on like common ones, and whether that may be believed.

What lies beyond n hangs on problems that n samples hardly solve, of which no family of rates
knows but by those that they do solve.  So the families (`boundary.analysis.families`) are first
asked what they would have said from an eighth of the samples, where the rest tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from boundary.analysis.bootstrap import content_seed, weight_blocks
from boundary.analysis.differences import oriented
from boundary.analysis.families import FAMILIES
from boundary.analysis.intervals import Floats, Integers, unseen_ends
from boundary.analysis.mixing_bounds import DECIMALS, REACH, bound_ks
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import curve_at

#: Thinnings to n/`REACH` by which families are judged, and the share of them in which the known
#: difference must lie within the envelope, at every k.
THINNINGS, COVERED = 20, 0.9
#: Replicates of the bootstrap of problems, of thinned and of all samples.
GATE_REPLICATES, REPLICATES = 100, 200
#: Values of k an octave at which the gate looks.
LOOKS = 2


#: Problems of which an arm must solve some in n samples, or no family is fitted to it.
FEWEST_SOLVED = 3


@dataclass(frozen=True)
class Gate:
    """How often families would have been right from fewer samples.

    Attributes
    ----------
    n : int
        Samples to which all were thinned.
    fitted : int
        Thinnings, of `THINNINGS`, after which both arms still solve `FEWEST_SOLVED` problems.
    covered : float or None
        Least share of them, over k above n, in which the envelope holds how much the known
        difference moves from n to k; None of fewer than half of the thinnings.
    k : int or None
        Where it is the least.
    """

    n: int
    fitted: int
    covered: float | None
    k: int | None

    @property
    def passed(self) -> bool:
        """Whether the families may be asked of what is not known."""
        return self.covered is not None and self.covered >= COVERED


class Extrapolation:
    """Two arms as the families take them, in an order that exchanging them does not change.

    Parameters
    ----------
    pair : Pair
        Problems of more samples than `Pair.n` are thinned to so many.
    confidence : float
        Level of the interval of each family, over problems.
    """

    def __init__(self, pair: Pair, confidence: float = 0.95) -> None:
        profiles, self.exchanged = oriented(pair)
        self.n, self._tail = pair.n, (1 - confidence) / 2
        self._seed = content_seed(*profiles.content())
        matrix = profiles.units
        times = matrix.data.astype(np.int64)
        profile = np.repeat(matrix.indices, times)
        owner = np.repeat(np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), times)
        sizes = np.diff(profiles.starts)[profile]
        ends = np.cumsum(sizes)
        row = np.repeat(profiles.starts[profile] - (ends - sizes), sizes) + np.arange(ends[-1])
        self._counts, self._share = profiles.counts[:, row], profiles.shares[row]
        self._unit, self._units = np.repeat(owner, sizes), matrix.shape[0]

    def gate(self) -> Gate:
        """Ask the families from n/`REACH` samples of what the rest tells.

        The problems are the same, so that what D(n) errs by is left out: families answer for
        how D moves from there.
        """
        size = self.n // REACH
        ks = bound_ks(size, LOOKS)
        ks = np.append(ks[ks < self.n], self.n)
        counts, share = self._counts, self._share / self._share.sum()
        first, second = (curve_at(counts[i], counts[i + 1], ks) for i in (0, 2))
        known: Floats = share @ (first - second)
        moves, ks = known[1:] - known[0], ks[1:]
        weights = self._weights(GATE_REPLICATES)
        inside, fitted = np.zeros(len(ks)), 0
        for thinning in range(THINNINGS):
            thinned = self._thinned(size, thinning)
            if self._solved(thinned) < FEWEST_SOLVED:
                continue
            start, curves = self._differences(thinned, ks, weights)
            low, high = self._ends(curves - start)
            inside += (low <= moves + 10**-DECIMALS) & (moves - 10**-DECIMALS <= high)
            fitted += 1
        if 2 * fitted < THINNINGS:
            return Gate(size, fitted, None, None)
        worst = int(inside.argmin())
        return Gate(size, fitted, float(inside[worst]) / fitted, int(ks[worst]))

    def envelope(self, ks: Integers) -> tuple[Floats, Floats]:
        """Return where the families put D(k), base − other, at k of at least n, ``[K]`` each.

        From the least lower to the largest upper end of their intervals, and as wide as
        `unseen_ends` at least.
        """
        counts = self._thinned(self.n, THINNINGS)
        low, high = self._ends(self._differences(counts, ks, self._weights(REPLICATES))[1])
        reach = unseen_ends((low + high) / 2, self._units, 2 * self._tail, (-1.0, 1.0))
        low, high = (
            end.round(DECIMALS) for end in (np.minimum(low, reach[0]), np.maximum(high, reach[1]))
        )
        return (-high, -low) if self.exchanged else (low, high)

    @cached_property
    def solved(self) -> int:
        """Rows with a right sample, of the arm that has fewer of them."""
        return self._solved(self._counts)

    @staticmethod
    def _solved(counts: Integers) -> int:
        return int((counts[[1, 3]] > 0).sum(axis=1).min())

    def _thinned(self, n: int, thinning: int) -> Integers:
        """Return counts ``[4, R]`` of n samples drawn from those of each problem."""
        rng = np.random.default_rng([self._seed, thinning])
        drawn = [
            np.stack([np.full(size.shape, n), rng.hypergeometric(correct, size - correct, n)])
            for size, correct in (self._counts[:2], self._counts[2:])
        ]
        return np.concatenate(drawn)

    def _weights(self, replicates: int) -> Floats:
        """Return how often each row counts ``[1 + B, R]``: once, then in each replicate."""
        drawn = np.concatenate(list(weight_blocks(self._units, replicates, self._seed)))
        every = np.concatenate([np.ones((1, self._units)), drawn])
        rows: Floats = every[:, self._unit] * self._share
        return rows

    def _differences(
        self, counts: Integers, ks: Integers, weights: Floats
    ) -> tuple[Floats, Floats]:
        """Return first − second at n ``[B, 1]``, and at k by each family ``[F, B, K]``."""
        known, curves = [], []
        for n, correct in (counts[:2], counts[2:]):
            rows = np.arange(len(correct))
            member = csr_matrix((np.ones(len(rows)), (correct, rows)), (int(n[0]) + 1, len(rows)))
            seen = np.ascontiguousarray((member @ weights.T).T)
            known.append(1 - seen[:, :1] / seen.sum(axis=1, keepdims=True))
            grown = np.stack([family(seen, ks) for family in FAMILIES.values()])
            curves.append(np.minimum(known[-1] + grown, 1.0))
        return known[0] - known[1], curves[0] - curves[1]

    def _ends(self, curves: Floats) -> tuple[Floats, Floats]:
        ends = np.quantile(curves, [self._tail, 1 - self._tail], axis=1)
        return ends[0].min(axis=0).round(DECIMALS), ends[1].max(axis=0).round(DECIMALS)
