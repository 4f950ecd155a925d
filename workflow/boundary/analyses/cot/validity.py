"""How many correct responses to each problem have a valid chain, when only some were judged.

Model: the valid share θ_i of problem i's correct responses is Beta(πκ, (1−π)κ);
a response is valid with probability θ_i, and a judge calls a valid one valid
with its sensitivity, an invalid one with 1 − specificity.  π has a flat prior
on (0, 1), κ a log-flat one on `KAPPA`: a small κ means that chains of one
problem are nearly all valid or nearly all not.  This is the hierarchical form
of the correction of Rogan and Gladen (1978; Bayesian: Gelman and Carpenter
2020); all integrals are sums over grids.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from boundary.analysis.intervals import Floats

Integers = NDArray[np.int64]

KAPPA = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 32.0)
PI_STEPS, THETA_STEPS = 30, 80


class Units(NamedTuple):
    """Distinct correct responses of one arm to its hard problems.

    Attributes
    ----------
    problem : int64 array [U]
        Index of the problem, 0 … H − 1.
    weight : int64 array [U]
        How many samples are this very text.
    label : int64 array [U]
        1: a judge accepts it, 0: it does not, −1: not judged.
    truth : int64 array [U]
        1: known to be valid, 0: known not to be, −1: unknown.
    """

    problem: Integers
    weight: Integers
    label: Integers
    truth: Integers

    @property
    def known(self) -> bool:
        """Whether the truth of every response is known."""
        return bool(np.all(self.truth >= 0))


def _prior() -> tuple[Floats, Floats]:
    """Return the grid of θ, and for each (π, κ) the prior mass at each θ, ``[H, T]``."""
    # Fine near 0 and 1, where the mass of a small κ lies.
    edges = np.sin(np.linspace(0, np.pi / 2, THETA_STEPS + 1)) ** 2
    theta = np.sin((np.arange(THETA_STEPS) + 0.5) * np.pi / (2 * THETA_STEPS)) ** 2
    pi = (np.arange(PI_STEPS) + 0.5) / PI_STEPS
    mean, spread = (grid.ravel()[:, None] for grid in np.meshgrid(pi, KAPPA))
    below = betainc(mean * spread, (1 - mean) * spread, edges)
    return theta, np.diff(below, axis=1)


def draw_valid_counts(
    units: Units, problems: int, sensitivity: Floats, specificity: Floats, seed: int
) -> Integers:
    """Return draws of the number of samples with a valid chain, for each problem.

    Parameters
    ----------
    units : Units
    problems : int
        H, the number of hard problems.
    sensitivity, specificity : float64 arrays [B]
        Draws from their posterior given the chains that people judged too;
        what the labels of the other chains say of them is added by weighting
        each draw by its evidence and drawing again (importance resampling).
    seed : int

    Returns
    -------
    int64 array [B, H]
        Known responses count as known in every draw.
    """
    rng = np.random.default_rng(seed)
    theta, prior = _prior()
    patterns, which = _patterns(units, problems)
    draws = len(sensitivity)
    evidence, hyper = np.empty(draws), np.empty((draws, len(prior)))
    same = np.ptp(sensitivity) == 0 and np.ptp(specificity) == 0
    repeats = np.bincount(which, minlength=len(patterns)).astype(np.float64)
    for b in range(1 if same else draws):
        marginal = np.log(prior @ _likelihood(patterns, theta, sensitivity[b], specificity[b]).T)
        score = marginal @ repeats
        evidence[b] = np.logaddexp.reduce(score)
        hyper[b] = np.exp(score - evidence[b])
    if same:
        evidence[:], hyper[:] = evidence[0], hyper[0]
    weight = np.exp(evidence - evidence.max())
    counts = np.empty((draws, problems), dtype=np.int64)
    for row, b in enumerate(rng.choice(draws, draws, p=weight / weight.sum())):
        h = rng.choice(len(prior), p=hyper[b] / hyper[b].sum())
        likelihood = _likelihood(patterns, theta, sensitivity[b], specificity[b])
        share = theta[_pick(prior[h] * likelihood, which, rng)]
        counts[row] = _draw_units(units, problems, share, sensitivity[b], specificity[b], rng)
    return counts


def _patterns(units: Units, problems: int) -> tuple[Floats, Integers]:
    """Return distinct (known valid, known not, accepted, rejected), and which each problem has."""
    unknown = units.truth < 0
    masks = (
        units.truth == 1,
        units.truth == 0,
        unknown & (units.label == 1),
        unknown & (units.label == 0),
    )
    counts = np.stack([np.bincount(units.problem[m], minlength=problems) for m in masks], axis=1)
    patterns, which = np.unique(counts, axis=0, return_inverse=True)
    return patterns.astype(np.float64), which.ravel()


def _likelihood(patterns: Floats, theta: Floats, sensitivity: float, specificity: float) -> Floats:
    """Return the chance of each pattern given θ, up to a factor a pattern, ``[patterns, T]``."""
    accepted = theta * sensitivity + (1 - theta) * (1 - specificity)
    with np.errstate(divide="ignore"):
        logs = np.log(np.stack([theta, 1 - theta, accepted, 1 - accepted]))
    total = patterns @ np.maximum(logs, -1e6)  # finite, so that 0 times it is 0
    likelihood: Floats = np.exp(total - total.max(axis=1, keepdims=True))
    return likelihood


def _pick(mass: Floats, which: Integers, rng: np.random.Generator) -> Integers:
    """Return a draw from each problem's row of masses."""
    below = np.cumsum(mass, axis=1)
    target = rng.random(len(which)) * below[which, -1]
    picked: Integers = (below[which] < target[:, None]).sum(axis=1).astype(np.int64)
    return np.clip(picked, 0, mass.shape[1] - 1)


def _draw_units(
    units: Units,
    problems: int,
    share: Floats,
    sensitivity: float,
    specificity: float,
    rng: np.random.Generator,
) -> Integers:
    theta = share[units.problem]
    hit = np.select([units.label == 1, units.label == 0], [sensitivity, 1 - sensitivity], 1.0)
    false = np.select([units.label == 1, units.label == 0], [1 - specificity, specificity], 1.0)
    chance = theta * hit / np.maximum(theta * hit + (1 - theta) * false, 1e-300)
    valid = np.where(units.truth >= 0, units.truth == 1, rng.random(len(theta)) < chance)
    return np.bincount(units.problem, weights=units.weight * valid, minlength=problems).astype(
        np.int64
    )
