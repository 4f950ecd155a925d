"""What a further study of the same kind would find: its power by problems and samples.

The spread of D over problems has two parts.  Samples of a problem are independent,
so that within it two estimates from n′ samples, at k and l, have the covariance

    W_kl(n′) = Σ_j h(j)·F(k+l−j) − F(k+l),   h(j) = C(k,j)·C(n′−k,l−j) / C(n′,l),

with F(m) the chance, over problems, that m samples fail, which counts give without bias for
m ≤ n; j is how many samples both estimates draw.  What is left of the spread lies between
problems, B = S − W(n).  A study of M′ problems and n′ samples then has D with covariance
(B + W(n′))/M′, and on the same problems W(n′)/M.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from boundary.analysis.bootstrap import content_seed
from boundary.analysis.combinations import log_choose
from boundary.analysis.crossover import band_verdict
from boundary.analysis.differences import oriented
from boundary.analysis.intervals import Floats, Integers, unseen_share, z_value
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import fail_blocks
from boundary.analysis.questions import Profiles

#: Values of k at which D is drawn.
PLACES = 24
#: Verdicts that leave the largest k open.
OPEN = ("undetermined", "base-ahead-early", "other-ahead-early")
#: Studies drawn for each design.
DRAWS = 2_000


@dataclass(frozen=True)
class Pilot:
    """What the counts of a comparison tell of studies like it.

    Attributes
    ----------
    ks : int64 array [T]
        Where D is looked at, up to K.
    diff : float64 array [T]
        D there; the arm whose counts sort first stands first.
    spread, between, within : float64 arrays [T, T]
        Covariance of D over problems, S; its part between them, B, made a covariance; and
        that within them, W(n) of the samples that there are.
    fails : tuple of float64 arrays [2K + 1]
        Chance that m samples fail, for m = 0..2K, of both arms.
    m, units, seed : int
        Problems, those of them that are independent, and a seed.
    exchanged : bool
        Whether the other arm stands first.
    """

    ks: Integers
    diff: Floats
    spread: Floats
    between: Floats
    within: Floats
    fails: tuple[Floats, Floats]
    m: int
    units: int
    seed: int
    exchanged: bool

    @classmethod
    def of(cls, pair: Pair, k_max: int) -> Pilot:
        """Read the counts of a pair.

        Parameters
        ----------
        pair : Pair
        k_max : int
            At most half of its n: beyond, nothing tells F without a model.
        """
        profiles, exchanged = oriented(pair)
        ks = _places(k_max)
        shares = profiles.shares**2 * np.repeat(profiles.times, np.diff(profiles.starts))
        shares /= profiles.m
        arms = [
            _read(profiles.counts[side], profiles.counts[side + 1], shares, ks) for side in (0, 2)
        ]
        (first, first_mean), (second, second_mean) = arms
        values = profiles.mean(second - first)
        diff = profiles.times @ values / profiles.m
        spread = _spread(profiles, values - diff)
        sums = ks[:, None] + ks
        within = sum(((at.T * shares) @ at - mean[sums] for at, mean in arms), np.zeros(sums.shape))
        return cls(
            ks=ks,
            diff=diff,
            spread=spread,
            between=_covariance(spread - within),
            within=_covariance(within),
            fails=(first_mean, second_mean),
            m=profiles.m,
            units=profiles.units.shape[0],
            seed=content_seed(*profiles.content()),
            exchanged=exchanged,
        )

    @property
    def k_max(self) -> int:
        """The largest k that the counts tell of, K."""
        return int(self.ks[-1])

    @property
    def between_share(self) -> float | None:
        """Share of the spread of D at K that lies between problems; None without spread."""
        whole, within = float(self.spread[-1, -1]), float(self.within[-1, -1])
        return float(np.clip(1 - within / whole, 0, 1)) if whole > 0 else None


def _places(k_max: int) -> Integers:
    """Return values of k up to K, and its halves, the K of smaller designs."""
    halves = [k_max >> i for i in range(k_max.bit_length())]
    spaced = np.rint(np.geomspace(1, k_max, PLACES)).astype(np.int64)
    return np.unique(np.concatenate([spaced, halves]))


@dataclass(frozen=True)
class Power:
    """How often studies of one design come to a verdict.

    Attributes
    ----------
    k_max : int
        Largest k that their verdict looks at.
    verdict : str
        The likeliest of those that decide something.
    power : float
        Share of studies that come to it if D is what was seen.
    assurance : float
        The same with D as uncertain as the pilot leaves it.
    settled, crossing : float
        Share of studies that leave nothing open up to K, and that find a crossing either way,
        D as uncertain.
    """

    k_max: int
    verdict: str
    power: float
    assurance: float
    settled: float
    crossing: float


def power(pilot: Pilot, m: int, n: int, *, same: bool = False, confidence: float = 0.95) -> Power:
    """Return how often a study of m problems and n samples would come to a verdict.

    Parameters
    ----------
    pilot : Pilot
    m, n : int
        Problems and samples of each.  The verdict looks at k up to n/2, and no further than
        the pilot.
    same : bool
        Whether the problems are those of the pilot, and only their samples are new.
    confidence : float
    """
    inside = int(np.searchsorted(pilot.ks, max(1, n // 2), side="right"))
    ks, part = pilot.ks[:inside], np.s_[:inside, :inside]
    within = _covariance(
        sum((_within(mean, n, ks) for mean in pilot.fails), np.zeros((inside,) * 2))
    )
    noise = within / pilot.m if same else (pilot.between[part] + within) / m
    unsure = (pilot.within if same else pilot.spread)[part] / pilot.m
    draws = np.random.default_rng([pilot.seed, m, n, int(same)])
    errors, moved = _normal(noise, draws), _normal(unsure, draws)
    se = np.sqrt(np.diagonal(noise))
    half = np.maximum(
        _critical(errors, se, confidence) * se, _least(pilot, ks, m, n, same, 1 - confidence)
    )
    sure, likely = (
        _verdicts(pilot.diff[:inside] + each, half, exchanged=pilot.exchanged)
        for each in (errors, errors + moved)
    )
    named = {name: share for name, share in likely.items() if name != "undetermined"}
    verdict = max(named, key=named.__getitem__, default="undetermined")
    return Power(
        k_max=int(ks[-1]),
        verdict=verdict,
        power=sure.get(verdict, 0.0),
        assurance=likely.get(verdict, 0.0),
        settled=sum(share for name, share in likely.items() if name not in OPEN),
        crossing=likely.get("crossover", 0.0) + likely.get("reverse", 0.0),
    )


def _verdicts(diff: Floats, half: Floats, *, exchanged: bool) -> dict[str, float]:
    """Return the share of drawn curves ``[R, T]`` that come to each verdict."""
    ahead = np.asarray(diff > half, dtype=np.int64) - (diff < -half)
    # In an order that exchanging base and other leaves as it is, so that ties exchange too.
    patterns, times = np.unique(ahead, axis=0, return_counts=True)
    counted: Counter[str] = Counter()
    for pattern, count in zip(-patterns if exchanged else patterns, times.tolist(), strict=True):
        counted[band_verdict(pattern - 0.5, pattern + 0.5)] += count
    return {name: count / len(ahead) for name, count in counted.items()}


def _least(pilot: Pilot, ks: Integers, m: int, n: int, same: bool, miss: float) -> Floats:
    """Return beyond which |D| a band of any width decides, for what was not seen (see there)."""
    if same:
        return -math.log(miss) * ks / (n * m)
    share = unseen_share(m * pilot.units / pilot.m, miss)
    return np.full(len(ks), share / (1 - share))  # d − π(d + 1) = 0


def _critical(errors: Floats, se: Floats, confidence: float) -> float:
    usable = se > 0
    if not usable.any():
        return z_value(confidence)
    peaks = np.abs(errors[:, usable] / se[usable]).max(axis=1)
    return max(float(np.quantile(peaks, confidence, method="higher")), z_value(confidence))


def _normal(covariance: Floats, draws: np.random.Generator) -> Floats:
    """Return normal vectors of a covariance, ``[DRAWS, T]``."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(draws.standard_normal((DRAWS, len(values))) @ root.T)


def _covariance(matrix: Floats) -> Floats:
    """Return the nearest matrix without negative eigenvalues: unbiased ones may have some."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)


def _read(n: Integers, correct: Integers, shares: Floats, ks: Integers) -> tuple[Floats, Floats]:
    """Return the chance that k samples of each row fail, ``[R, T]``, and F(m), m = 0..2K."""
    last = 2 * int(ks[-1])
    mean, chosen = [np.array([shares.sum()])], []
    for first, values in fail_blocks(n, correct, last):
        mean.append(shares @ values)
        chosen.append(values[:, ks[(ks >= first) & (ks < first + values.shape[1])] - first])
    return np.concatenate(chosen, axis=1), np.concatenate(mean)


def _spread(profiles: Profiles, deviations: Floats) -> Floats:
    """Return M times the covariance of the mean; as in the band, clusters narrow nothing."""
    weighted = deviations * profiles.times[:, None]
    apart = np.asarray(deviations.T @ weighted / max(1, profiles.m - 1))
    if not profiles.clustered:
        return apart
    units = profiles.units @ deviations
    count = units.shape[0]
    together = np.asarray(units.T @ units * (count / max(1, count - 1) / profiles.m))
    least = np.maximum(np.diagonal(together), np.finfo(np.float64).tiny)
    wider = np.sqrt(np.maximum(1.0, np.diagonal(apart) / least))
    return together * np.outer(wider, wider)


def _within(fails: Floats, n: int, ks: Integers) -> Floats:
    """Return W(n) of one arm at some k, ``[T, T]``."""
    result = np.empty((len(ks), len(ks)))
    for row, k in enumerate(ks.tolist()):
        for column, other in enumerate(ks[: row + 1].tolist()):
            j = np.arange(max(0, k + other - n), other + 1)
            logs = log_choose(k, j) + log_choose(n - k, other - j)
            chances = np.exp(logs - logs.max())
            drawn = chances @ fails[k + other - j] / chances.sum()
            result[row, column] = result[column, row] = drawn - fails[k + other]
    return result
