"""How log-odds of success move from one model to another: a line with error on both sides.

Problem i has log-odds x_i under the base and y_i under the other model, of which
only counts are known.  The pairs follow a bivariate normal law, but for a few that
stand anywhere: these are off the line, and do not bend it.  Counts are binomial
given the log-odds, so that 0 of n and n of n need no correction, and each problem
counts as much as its samples tell of it.  The axis of the law is the line; its
slope sd(y)/sd(x) becomes its inverse when the models are exchanged (structural
errors in variables with the reduced major axis: Fuller 1987, Measurement Error
Models; Warton et al. 2006, Biological Reviews 81, 259-291).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import betainc, expit, log_expit, logit

from boundary.analysis.intervals import Floats, Integers

#: Log-odds in equal cells, from −REACH to REACH: a rate of 6·10⁻⁶ is at the end.
STEP, REACH = 0.375, 12.0
#: Least standard deviation of either log-odds given the other, in steps: sums over cells of a
#: narrower law are no integrals.
LEAST_SCATTER = 0.75
#: Least and largest logarithm of a standard deviation.
LEAST_SPREAD, MOST_SPREAD = -0.7, 2.0
#: Standard deviations beyond which a likelihood is 0, and a chance below which no tail is added.
FAR, NEGLIGIBLE = 9.0, 1e-12
#: Rows of one product of matrices, so few that no library shares it out between threads:
#: digits would depend on their number.
ROWS = 60

_CELLS = np.arange(-REACH, REACH + STEP / 2, STEP)
_EDGES = np.append(_CELLS - STEP / 2, _CELLS[-1] + STEP / 2)


def cell_likelihood(n: Integers, correct: Integers) -> Floats:
    """Return the likelihood of counts in each cell of log-odds, its sum 1.

    The mean over a cell: of 0 < c < n its integral is that of a Beta(c, n − c)
    density, so that counts of thousands of samples, narrower than a cell, are
    not missed.

    Parameters
    ----------
    n, correct : int64 arrays [D]

    Returns
    -------
    float64 array [D, G]
    """
    values = np.zeros((len(n), len(_CELLS)))
    inner = (correct > 0) & (correct < n)
    hits, misses = (each[inner, None].astype(np.float64) for each in (correct, n - correct))
    spread = FAR * np.sqrt(1 / hits + 1 / misses) + 4 * FAR / np.minimum(hits, misses)
    place = _EDGES - logit(hits / (hits + misses))
    below = (place > 0).astype(np.float64)
    near = np.abs(place) < spread
    full = [np.broadcast_to(each, near.shape)[near] for each in (hits, misses, expit(_EDGES))]
    below[near] = betainc(*full)
    values[inner] = np.diff(below, axis=1)
    right, wrong = correct[~inner, None], (n - correct)[~inner, None]
    logs = right * log_expit(_CELLS) + wrong * log_expit(-_CELLS)
    values[~inner] = np.exp(logs - logs.max(axis=1, keepdims=True))
    # A count beyond the grid stands at its end.
    lost = values.sum(axis=1) <= 0
    values[lost, np.where(2 * correct[lost] < n[lost], 0, -1)] = 1.0
    total: Floats = values / values.sum(axis=1, keepdims=True)
    return total


@dataclass(frozen=True)
class Law:
    """The law of log-odds under two models.

    Attributes
    ----------
    theta : float64 array [5]
        Means of x and y, logarithms of their standard deviations, and artanh of
        the correlation.
    off : float
        Share of problems off the line.
    """

    theta: Floats
    off: float

    @property
    def log_slope(self) -> float:
        """Logarithm of sd(y)/sd(x)."""
        return float(self.theta[3] - self.theta[2])

    @property
    def shift(self) -> float:
        """Log-odds y at which the axis passes x = 0, where the correlation is positive."""
        return float(self.theta[1] - np.exp(self.log_slope) * self.theta[0])

    @property
    def correlation(self) -> float:
        """Correlation of x and y on the line."""
        return float(np.tanh(self.theta[4]))

    @property
    def bounded(self) -> bool:
        """Whether the correlation is as large as it may be."""
        return bool(abs(self.theta[4]) >= _most_alike(self.theta) - 1e-9)

    @property
    def spread_bounded(self) -> bool:
        """Whether a standard deviation is as small or as large as it may be."""
        least, most = self.theta[2:4].min(), self.theta[2:4].max()
        return bool(least <= LEAST_SPREAD + 1e-9 or most >= MOST_SPREAD - 1e-9)

    @cached_property
    def weights(self) -> Floats:
        """Probability of each pair of cells on the line, ``[G, G]``, x first."""
        (u, v), rho = self._standard(_CELLS, _CELLS), self.correlation
        u = u[:, None]
        values = np.exp(-(u**2 - 2 * rho * u * v + v**2) / (2 * (1 - rho**2)))
        total: Floats = values / values.sum()
        return total

    def _standard(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        mean_x, mean_y, *logs = self.theta[:4]
        sd_x, sd_y = np.exp(logs)
        return (x - mean_x) / sd_x, (y - mean_y) / sd_y

    def seen(self, x: Floats, y: Floats) -> Seen:
        """Return what each problem's cell likelihoods ``[D, G]`` come to under this law."""
        joint = _product(x, self.weights) * y
        on = joint.sum(axis=1)
        both = (1 - self.off) * on + self.off / len(_CELLS) ** 2
        turned = _product(x * _CELLS, self.weights) * y
        squares = (_product(x * _CELLS**2, self.weights) * y).sum(axis=1)
        moments = np.stack(
            [turned.sum(axis=1), joint @ _CELLS, squares, joint @ _CELLS**2, turned @ _CELLS]
        )
        return Seen(np.log(both), (1 - self.off) * on / both, moments / on)

    def scores(self, seen: Seen) -> Floats:
        """Return each problem's derivative of its log-likelihood by theta, ``[D, 5]``."""
        mean_x, mean_y, *logs = self.theta[:4]
        (sd_x, sd_y), rho = np.exp(logs), self.correlation
        x, y, xx, yy, xy = seen.moments
        u, v = self._standard(x, y)
        uu = (xx - 2 * mean_x * x + mean_x**2) / sd_x**2
        vv = (yy - 2 * mean_y * y + mean_y**2) / sd_y**2
        uv = (xy - mean_x * y - mean_y * x + mean_x * mean_y) / (sd_x * sd_y)
        rest = 1 - rho**2
        columns = [
            (u - rho * v) / rest / sd_x,
            (v - rho * u) / rest / sd_y,
            (uu - rho * uv) / rest - 1,
            (vv - rho * uv) / rest - 1,
            rho + (uv * (1 + rho**2) - rho * (uu + vv)) / rest,
        ]
        derivatives: Floats = seen.on_line[:, None] * np.stack(columns, axis=1)
        return derivatives

    def predict(self, x: Floats, n: Integers, correct: Integers) -> tuple[Floats, Floats]:
        """Return what the line expects of the second model, given what the first did.

        Parameters
        ----------
        x : float64 array [D, G]
            Likelihood of the first model's counts.
        n, correct : int64 arrays [D]
            Of the second model.

        Returns
        -------
        expected, tail : float64 arrays [D]
            Expected share of correct samples, and the probability of so many or more.
        """
        chance = _product(x, self.weights)
        chance /= chance.sum(axis=1, keepdims=True)
        rates, some = expit(_CELLS), correct > 0
        reached = np.ones_like(chance)
        likely = some[:, None] & (chance > NEGLIGIBLE)
        row, cell = np.nonzero(likely)
        reached[likely] = betainc(correct[row], (n - correct)[row] + 1.0, rates[cell])
        return (chance * rates).sum(axis=1), np.minimum((chance * reached).sum(axis=1), 1.0)

    def exchanged(self) -> Law:
        """Return the law with the two models exchanged."""
        return Law(self.theta[[1, 0, 3, 2, 4]], self.off)


def _product(left: Floats, right: Floats) -> Floats:
    """Return a product of matrices ``[D, G]`` and ``[G, G]``, some rows at a time."""
    blocks = np.zeros((-(-len(left) // ROWS), ROWS, left.shape[1]))
    blocks.reshape(-1, left.shape[1])[: len(left)] = left
    product: Floats = (blocks @ right).reshape(-1, right.shape[1])
    return product[: len(left)]


@dataclass(frozen=True)
class Seen:
    """Problems under a law.

    Attributes
    ----------
    logs : float64 array [D]
        Logarithm of the likelihood of each problem's counts.
    on_line : float64 array [D]
        Posterior probability that it stands on the line.
    moments : float64 array [5, D]
        Posterior means of x, y, x², y² and xy on the line.
    """

    logs: Floats
    on_line: Floats
    moments: Floats


def within_bounds(theta: Floats) -> Floats:
    """Return the nearest parameters that a law may have."""
    kept = np.append(theta[:2], np.clip(theta[2:4], LEAST_SPREAD, MOST_SPREAD))
    most = _most_alike(kept)
    return np.append(kept, np.clip(theta[4], -most, most))


def _most_alike(theta: Floats) -> float:
    """Return artanh of the largest correlation at which `LEAST_SCATTER` is kept."""
    scatter = LEAST_SCATTER * STEP / np.exp(theta[2:4].min())
    return float(np.arctanh(np.sqrt(1 - scatter**2)))
