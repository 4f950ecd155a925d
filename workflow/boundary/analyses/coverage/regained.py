"""Problems that one model alone solved: how often the other solves them in its next samples.

Two answers, neither of which is "never".  Split halves need no model: of the
problems that one model alone solves in half of the samples, the share that the
other solves in as many further ones.  A joint empirical-Bayes fit looks beyond
the samples there are; whether it may be believed is tried on the halves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundary.analyses.coverage.joint_prior import JointPrior, fit_joint_prior
from boundary.analysis.bootstrap import content_seed
from boundary.analysis.differences import oriented
from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import pass_at_each
from boundary.analysis.questions import Profiles, Questions
from boundary.analysis.ratios import ratio_interval
from boundary.analysis.stopped import apart, turned

#: An interval wider than this refutes no prediction, and so confirms none.
WIDEST = 0.5
#: Halves to which the prior is fitted to try it; between them its predictions vary by 0.06.
SPLITS = 4


@dataclass(frozen=True)
class Regained:
    """What becomes of the problems that one model alone solves, when the other goes on.

    Attributes
    ----------
    halves : float
        Expected number of such problems when each model has half of the samples.
    share, low, high : float or None
        Share of them that the other model solves in its next half, with an
        interval over problems; None where there are fewer than `FEWEST_IN_RATIO`.
    half_predicted : float or None
        What a prior fitted to a half predicts of the same; None where no fit was
        made, or the share is not given.
    calibrated : bool or None
        Whether that lies within the interval; None where nothing can tell, as one
        is missing, as where problems stop early, or the interval is wider than `WIDEST`.
    chances : float64 array [M]
        For each problem that this model alone solved, the posterior probability
        that the other solves it in its next n samples, n the smaller of both
        models' counts; NaN for all other problems, and where no fit was made.
    """

    halves: float
    share: float | None
    low: float | None
    high: float | None
    half_predicted: float | None
    calibrated: bool | None
    chances: Floats

    @property
    def predicted(self) -> float | None:
        """Mean chance over the problems that this model alone solved; None without any."""
        known = self.chances[~np.isnan(self.chances)]
        # A sum rounded once, in which the order of problems cannot show.
        return math.fsum(known) / len(known) if len(known) else None


def regained(
    pair: Pair, prior: JointPrior | None, confidence: float = 0.95
) -> tuple[Regained, Regained]:
    """Return what becomes of the problems that the base alone, and the other alone, solves.

    Problem i is looked at with h = ⌊min(n_base, n_other)/2⌋ samples of either
    model, and what follows h with as many more.  What is worked out of ids that
    ask one question is averaged.

    Parameters
    ----------
    pair : Pair
    prior : JointPrior, optional
        That of the pair; without one nothing is predicted.
    confidence : float
        Level of the intervals.

    Returns
    -------
    base_only, other_only : Regained
        Exchanging base and other exchanges the two.
    """
    profiles, exchanged = oriented(pair)
    # The samples of a half, were a problem to stop, do not follow from those of the whole.
    tried = prior is not None and not pair.stops_early
    predicted = half_predictions(profiles) if tried else (None, None)
    solved = pair.solved[::-1] if exchanged else pair.solved
    sides = []
    for turn in (False, True):
        one, other = solved[::-1] if turn else solved
        only, again = split_halves(_turned(profiles.counts, turn))
        only, again = (
            profiles.units @ profiles.mean(each[:, None])[:, 0] for each in (only, again)
        )
        chances = np.full(pair.m, np.nan)
        if prior:
            counts = _turned(pair.ends, turn != exchanged)
            turned = prior.exchanged() if turn != exchanged else prior
            chances = _chances(turned, counts, pair.questions, one & ~other)
        sides.append(_side(only, again, predicted[turn], chances, confidence))
    first, second = sides[::-1] if exchanged else sides
    return first, second


def _turned(counts: Integers, turn: bool) -> Integers:
    """Return counts of two models, one below the other, exchanged where asked."""
    return turned(counts) if turn else counts


def _chances(
    prior: JointPrior, counts: Integers, questions: Questions, alone: NDArray[np.bool_]
) -> Floats:
    """Return the posterior chance of each problem that the first model alone solved."""
    rows = alone[questions.index]
    base, other = apart(counts[:, rows])
    draws = np.minimum(base.longest, other.longest)
    chances = np.full(len(rows), np.nan)
    chances[rows] = prior.other_solves(base.n, base.correct, other.n, draws)
    return questions.mean(chances)


def _side(
    only: Floats, again: Floats, predicted: float | None, chances: Floats, confidence: float
) -> Regained:
    # Either half may come first, so that a problem is looked at twice.
    share, low, high = ratio_interval(only, again, confidence, looks=2)
    calibrated = None
    if low is None or high is None:
        predicted = None
    elif predicted is not None and high - low <= WIDEST:
        calibrated = low <= predicted <= high
    return Regained(float(only.sum()), share, low, high, predicted, calibrated, chances)


def split_halves(counts: Integers) -> tuple[Floats, Floats]:
    """Return how likely each problem is the base's alone in a half, and regained in the next.

    Exact expectations over all ways to choose, without order, h of a model's
    samples and h others of the rest.  With fail(k) = C(n−c, k)/C(n, k), a model
    fails h times and then succeeds within h more with probability
    fail(h) − fail(2h), as it fails 2h times with fail(2h).

    Parameters
    ----------
    counts : int64 array [4, R] or [12, R]
        n and correct of the base, then of the other model, as of `Pair.ends`.

    Returns
    -------
    only, again : float64 arrays [R]
        Probability that the base alone solves the problem in h samples of
        either; and that in addition the other solves it in its next h.  0 where
        a model has a single sample, which has no halves.
    """
    base, other = apart(counts)
    half = np.minimum(base.longest, other.longest) // 2
    k = np.maximum(half, 1)
    solved = np.where(half > 0, pass_at_each(base.n, base.correct, k, base.rule), 0.0)
    early = pass_at_each(other.n, other.correct, k, other.rule)
    late = pass_at_each(other.n, other.correct, np.where(half > 0, 2 * half, 1), other.rule)
    return solved * (1 - early), solved * (late - early)


def half_predictions(profiles: Profiles) -> tuple[float | None, float | None]:
    """Return what a prior fitted to half of the samples predicts of the other half.

    Parameters
    ----------
    profiles : Profiles
        n and correct of the first model, then of the second.  Their content is
        the seed of the `SPLITS` random halves.

    Returns
    -------
    first_only, second_only : float or None
        Mean posterior probability, over the problems that one model alone solves
        in a half, that the other solves it in its next half.  None where there
        are none.
    """
    rng = np.random.default_rng(content_seed(*profiles.content()))
    spans = zip(profiles.starts[:-1], profiles.starts[1:], profiles.times, strict=True)
    rows = np.concatenate([np.tile(np.arange(start, stop), times) for start, stop, times in spans])
    counts = profiles.counts[:, rows]
    half = np.minimum(counts[0], counts[2]) // 2
    counts, shares, half = counts[:, half > 0], profiles.shares[rows][half > 0], half[half > 0]
    if not len(half):
        return None, None
    expected, number = np.zeros(2), np.zeros(2)
    for _ in range(SPLITS):
        hits = [
            rng.hypergeometric(correct, n - correct, half)
            for n, correct in (counts[:2], counts[2:])
        ]
        prior = fit_joint_prior(np.stack([half, hits[0], half, hits[1]]), shares)
        for side, (solver, loser) in enumerate((hits, hits[::-1])):
            alone = (solver > 0) & (loser == 0)
            size = half[alone]
            expected[side] += shares[alone] @ prior.other_solves(size, solver[alone], size, size)
            number[side] += shares[alone].sum()
            prior = prior.exchanged()
    first, second = (
        float(total / found) if found else None
        for total, found in zip(expected, number, strict=True)
    )
    return first, second
