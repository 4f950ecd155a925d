"""Four families by which rates of an arm's problems could go on beyond what was sampled.

Each is fitted to how many problems have 0 … n of n samples correct, and tells by how much
pass@k grows from n on: the beta-binomial, the same beside problems that are never solved, a
mixture without a form (NPMLE, Kiefer and Wolfowitz 1956; Laird 1978), and the power law of
Brown et al. (2024, arXiv 2407.21787).  Many weightings of the problems are fitted at once, the
replicates of a bootstrap; nothing here is drawn at random.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.mixing_bounds import chance, rate_grid

#: Steps of Newton's method, none longer than so far in log a and log b, which stay within RANGE.
NEWTON, LONGEST, RANGE = 25, 1.5, 14.0
#: Rates of the mixture, as of `rate_grid`, and rounds of EM of the first weighting and of the rest.
OCTAVE, ABOVE = 2, 6
ROUNDS, REPLICATE_ROUNDS = 1000, 60
#: Share of an even mixture with which the rounds of the rest begin.
EVEN = 0.1
#: The power law is fitted to so many k of the last three octaves up to n.
FITTED = 7


def beta_binomial(seen: Floats, ks: Integers) -> Floats:
    """Return how pass@k grows under the beta-binomial of largest likelihood.

    Parameters
    ----------
    seen : float64 array [B, n + 1]
        In each weighting, the problems of which 0 … n samples are correct.
    ks : int64 array [K]
        At least n.

    Returns
    -------
    float64 array [B, K]
        pass@k − pass@n.
    """
    return _beta_growth(*beta_fit(seen), seen.shape[1] - 1, ks)


def zero_inflated(seen: Floats, ks: Integers) -> Floats:
    """Return how pass@k grows where some problems are never solved, as `beta_binomial` does.

    The parameters are those of the counts above 0, and the share of the others follows from
    how many are 0; where none is left the beta-binomial stands.
    """
    n = seen.shape[1] - 1
    a, b = beta_fit(seen, truncated=True)
    positive = seen[:, 1:].sum(axis=1) / seen.sum(axis=1)
    share = positive / np.maximum(-np.expm1(_beta_failed(a, b, np.array([n]))[:, 0]), 1e-12)
    grown = share[:, None] * _beta_growth(a, b, n, ks)
    return np.where(share[:, None] < 1, grown, beta_binomial(seen, ks))


def npmle(seen: Floats, ks: Integers) -> Floats:
    """Return how pass@k grows under the mixture of largest likelihood, as `beta_binomial` does."""
    n = seen.shape[1] - 1
    rates, weights = mixture_fit(seen)
    solved = chance(np.append(n, ks), rates)
    grown: Floats = weights @ (solved[1:] - solved[0]).T
    return grown


def power_law(seen: Floats, ks: Integers) -> Floats:
    """Return how pass@k grows where log pass@k is −a·k^−b, as `beta_binomial` does.

    By least squares of log(−log pass@k) on log k over the last three octaves.
    """
    n = seen.shape[1] - 1
    at = np.unique(np.rint(np.geomspace(max(1, n / 8), n, FITTED)).astype(np.int64))
    total = seen.sum(axis=1, keepdims=True)
    solved = seen @ _solved(n, at) / total
    inside = np.clip(solved, 0.5 / total, 1 - 0.5 / total)
    y, x = np.log(-np.log(inside)), np.log(at)
    x0, y0 = x.mean(), y.mean(axis=1, keepdims=True)
    slope = np.minimum(((y - y0) @ (x - x0)) / ((x - x0) ** 2).sum(), 0.0)[:, None]
    curve = np.exp(-np.exp(y0 + slope * (np.log(np.append(n, ks)) - x0)))
    grown: Floats = curve[:, 1:] - curve[:, :1]
    return grown


#: Each family by its name.
FAMILIES: dict[str, Callable[[Floats, Integers], Floats]] = {
    "beta-binomial": beta_binomial,
    "zero-inflated": zero_inflated,
    "NPMLE": npmle,
    "power law": power_law,
}


def _solved(n: int, at: Integers) -> Floats:
    """Return pass@k of 0 … n correct of n samples, ``[n + 1, K]``."""
    misses = n - np.arange(n + 1, dtype=np.float64)[:, None]
    with np.errstate(invalid="ignore"):
        failed = (
            gammaln(misses + 1) - gammaln(misses - at + 1) - gammaln(n + 1) + gammaln(n - at + 1)
        )
    solved: Floats = np.where(at <= misses, -np.expm1(failed), 1.0)
    return solved


def beta_fit(seen: Floats, *, truncated: bool = False) -> tuple[Floats, Floats]:
    """Fit a beta-binomial to each weighting by Newton's method in log a and log b.

    Parameters
    ----------
    seen : float64 array [B, n + 1]
    truncated : bool
        Fit the counts above 0 given that they are, and leave out those of 0.

    Returns
    -------
    a, b : float64 arrays [B]
        Within exp(±`RANGE`), where weightings without right or without wrong samples end.
    """
    n = seen.shape[1] - 1
    counted = seen[:, 1:].sum(axis=1) if truncated else seen.sum(axis=1)
    # With c > j in `more` problems, a log-likelihood is a sum over j of more·log(a + j) and so on.
    more = np.cumsum(seen[:, :0:-1], axis=1)[:, ::-1]
    below = seen.copy()
    if truncated:
        below[:, 0] = 0.0
    less = np.cumsum(below[:, :-1], axis=1)[:, ::-1]
    j = np.arange(n, dtype=np.float64)
    mean = np.clip(more.sum(axis=1) / np.maximum(n * counted, 1e-12), 1e-4, 1 - 1e-4)
    x = np.log(np.stack([mean, 1 - mean]))
    for _ in range(NEWTON):
        a, b = np.exp(x)[:, :, None]
        in_a, in_b, in_both = 1 / (a + j), 1 / (b + j), 1 / (a + b + j)
        both, both2 = in_both.sum(axis=1), (in_both**2).sum(axis=1)
        slope = np.stack([(more * in_a).sum(axis=1), (less * in_b).sum(axis=1)]) - counted * both
        bend_a = counted * both2 - (more * in_a**2).sum(axis=1)
        bend_b = counted * both2 - (less * in_b**2).sum(axis=1)
        bend_ab = counted * both2
        if truncated:  # less counted·log(1 − P(0)), by u = log P(0)
            of_b, of_b2 = in_b.sum(axis=1), (in_b**2).sum(axis=1)
            u = np.log((b + j) * in_both).sum(axis=1)
            u_a, u_b = -both, of_b - both
            odds = counted / np.maximum(np.expm1(np.minimum(-u, 700.0)), 1e-12)
            again = odds * (1 + odds / np.maximum(counted, 1e-12))
            slope = slope + odds * np.stack([u_a, u_b])
            bend_a = bend_a + odds * both2 + again * u_a**2
            bend_b = bend_b + odds * (both2 - of_b2) + again * u_b**2
            bend_ab = bend_ab + odds * both2 + again * u_a * u_b
        x = np.clip(x + _ascent(slope, bend_a, bend_b, bend_ab, np.exp(x)), -RANGE, RANGE)
    return np.exp(x[0]), np.exp(x[1])


def _ascent(slope: Floats, bend_a: Floats, bend_b: Floats, bend_ab: Floats, size: Floats) -> Floats:
    """Return steps in the logs of two parameters, by derivatives by the parameters themselves.

    Where the log-likelihood is not concave, its curvature is raised until it is.
    """
    slope = slope * size
    aa = -(bend_a * size[0] ** 2 + slope[0])
    bb = -(bend_b * size[1] ** 2 + slope[1])
    ab = -bend_ab * size[0] * size[1]
    middle, spread = (aa + bb) / 2, np.hypot((aa - bb) / 2, ab)
    floor = 1e-3 * np.abs(middle) + 1e-3 * spread + 1e-9
    raised = np.maximum(floor - (middle - spread), 0.0)
    aa, bb = aa + raised, bb + raised
    step = np.stack([bb * slope[0] - ab * slope[1], aa * slope[1] - ab * slope[0]])
    step /= aa * bb - ab**2
    shorter: Floats = step / np.maximum(1.0, np.abs(step).max(axis=0) / LONGEST)
    return shorter


def _beta_failed(a: Floats, b: Floats, ks: Integers) -> Floats:
    """Return the log of E(1 − p)^k under Beta(a, b), ``[B, K]``."""
    first, second = b[:, None], (a + b)[:, None]
    logs: Floats = gammaln(first + ks) - gammaln(first) - gammaln(second + ks) + gammaln(second)
    return logs


def _beta_growth(a: Floats, b: Floats, n: int, ks: Integers) -> Floats:
    failed = np.exp(_beta_failed(a, b, np.append(n, ks)))
    grown: Floats = failed[:, :1] - failed[:, 1:]
    return grown


def mixture_fit(seen: Floats) -> tuple[Floats, Floats]:
    """Fit weights of rates to each weighting by EM, the first until it hardly moves.

    The others begin at the first.  Of a fit no mixture is more likely by more than
    Σ seen·log(1 + g), with g the largest of ``gradient`` (Lindsay 1983).

    Parameters
    ----------
    seen : float64 array [B, n + 1]

    Returns
    -------
    rates : float64 array [G]
    weights : float64 array [B, G]
    """
    n = seen.shape[1] - 1
    rates = rate_grid(n, OCTAVE, ABOVE)
    held = np.flatnonzero(seen.any(axis=0))
    likely = likelihood(n, held, rates)
    shares = seen[:, held] / seen.sum(axis=1, keepdims=True)
    weights = np.full((1, len(rates)), 1 / len(rates))
    weights = _em(shares[:1], likely, weights, ROUNDS)
    if len(seen) > 1:
        begun = np.repeat((1 - EVEN) * weights + EVEN / len(rates), len(seen) - 1, axis=0)
        rest = _em(shares[1:], likely, begun, REPLICATE_ROUNDS)
        weights = np.concatenate([weights, rest])
    return rates, weights


def _em(shares: Floats, likely: Floats, weights: Floats, rounds: int) -> Floats:
    turned = np.ascontiguousarray(likely.T)
    for _ in range(rounds):
        weights = weights * ((shares / (weights @ turned)) @ likely)
    return weights


def likelihood(n: int, correct: Integers, rates: Floats) -> Floats:
    """Return the likelihood of counts of n at rates, ``[C, G]``, 1 where it is largest."""
    hits = correct[:, None]
    logs = xlogy(hits, rates) + xlog1py(n - hits, -rates)
    values: Floats = np.exp(logs - logs.max(axis=1, keepdims=True))
    return values
