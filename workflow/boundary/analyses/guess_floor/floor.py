"""What guessing solves, what a model solves beyond it, and how far the former is too low."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from boundary.analyses.guess_floor.guesses import Guesses
from boundary.analysis.intervals import ROUNDING, Floats, Integers, mean_and_se

#: Cells of one block of M × k values: 32 MiB of float64.
BLOCK_CELLS = 2**22
#: Values of k in a factor of e at which the bias is worked out; between, it is interpolated.
BIAS_STEPS = 8
#: Share of its standard error by which the floor may be off before it is flagged.
MOST_BIAS = 1 / 3


def curves(guesses: Guesses, k: Integers, solved: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return floor and excess, pass@k minus the floor, with their standard errors.

    Both means are over the same problems, so that problem j moves their
    difference by what it moves pass@k by, less ψ_j of `influence`.

    Parameters
    ----------
    guesses : Guesses
        Of at least two problems.
    k : int64 array [K]
    solved : float64 array [M, S]
        pass@k of each problem, at the first S of these k.

    Returns
    -------
    floor, floor_se : float64 arrays [K]
    excess, excess_se : float64 arrays [S]
    """
    floor, excess = [], []
    for start, block in _blocks(k, len(guesses.gold)):
        mean, moved = influence(guesses, block)
        floor.append((mean, mean_and_se(moved, guesses.cluster)[1]))
        above = solved[:, start : start + len(block)]
        of_solved = above.mean(axis=0)
        moved = above - of_solved - moved[:, : above.shape[1]]
        excess.append((of_solved - mean[: above.shape[1]], mean_and_se(moved, guesses.cluster)[1]))
    (mean, se), (beyond, beyond_se) = (
        (np.concatenate(parts) for parts in zip(*pairs, strict=True)) for pairs in (floor, excess)
    )
    return mean, se, beyond, beyond_se


def _blocks(k: Integers, m: int) -> Iterator[tuple[int, Floats]]:
    width = max(1, BLOCK_CELLS // m)
    for start in range(0, len(k), width):
        yield start, k[start : start + width].astype(np.float64)


def influence(guesses: Guesses, k: Floats) -> tuple[Floats, Floats]:
    """Return the mean floor ``[K]`` and ψ for each problem, ``[M, K]``.

    Every problem enters twice: by its gold answer, and by its answers, which
    make the q of all others.  To first order (the delta method for a
    U-statistic of order 2, Hoeffding 1948) problem j moves the mean by

        ψ_j = f(q_j) − mean f + (1/M) Σ_{i≠j} f'(q_i) (s_j(gold i) − q_i),

    f(q) = 1 − (1 − q)^k, and the standard error of the mean is sd(ψ)/√M.
    """
    gold, shares, q = guesses.gold, guesses.shares, guesses.q
    m = len(gold)
    with np.errstate(divide="ignore"):
        miss = np.log1p(-q)[:, None]  # −inf where every guess hits
    value = -np.expm1(miss * k)
    slope = k * np.exp(_times(miss, k - 1))
    slope[guesses.known] = 0.0  # answers to other problems play no part in it
    mean = value.mean(axis=0)
    by_gold = np.zeros((shares.shape[1], len(k)))
    np.add.at(by_gold, gold, slope)
    itself = shares[np.arange(m), gold]
    pull = shares @ by_gold - itself[:, None] * slope
    expected = q[:, None] * slope
    pull -= expected.sum(axis=0) - expected
    return np.clip(mean, 0.0, 1.0), value - mean + pull / m


def _times(miss: Floats, power: Floats) -> Floats:
    """Return miss·power with −inf·0 = 0, as (1 − q)^0 is 1 for every q."""
    with np.errstate(invalid="ignore"):
        product: Floats = np.where(power == 0, 0.0, miss * power)
    return product


def bias(guesses: Guesses, k: Integers) -> Floats:
    """Estimate how far the floor is too low, as f is concave and q is estimated: never above 0.

    The jackknife of Quenouille (1956) over the problems whose answers make each q:

        bias_i = (M − 2) · (mean over j ≠ i of f(q_i without j) − f(q_i)),

    averaged over i.  It grows with the answers that one other problem alone elicited,
    which stand for those that none did.  Worked out at `BIAS_STEPS` a factor of e, and
    interpolated in log k.

    Parameters
    ----------
    guesses : Guesses
    k : int64 array [K]
        1 … K.

    Returns
    -------
    float64 array [K]
        NaN below three problems, whose q rest on one other at most.
    """
    m, estimated = len(guesses.gold), ~guesses.known
    if not estimated.any():
        return np.zeros(len(k))
    if m < 3:
        return np.full(len(k), np.nan)
    steps = np.geomspace(1, len(k), 1 + int(BIAS_STEPS * np.log(len(k)) + 0.5))
    at = np.unique(np.rint(steps).astype(np.int64))
    others = guesses.others
    elicited = (guesses.shares.T[guesses.gold] > 0) & estimated[:, None]
    np.fill_diagonal(elicited, val=False)
    i, j = np.nonzero(elicited)
    without = _miss((others[i] - guesses.shares[j, guesses.gold[i]]) / (m - 2))
    of_problem = csr_matrix((np.ones(len(i)), (i, np.arange(len(i)))), shape=(m, len(i)))
    silent = (m - 1 - elicited.sum(axis=1))[:, None]
    parts = []
    for _, block in _blocks(at, max(m, len(i))):
        left_out = silent * -np.expm1(_miss(others / (m - 2)) * block)
        left_out += of_problem @ -np.expm1(without * block)
        off = (m - 2) * (left_out / (m - 1) + np.expm1(_miss(guesses.q) * block))
        parts.append(np.where(estimated[:, None], off, 0.0).mean(axis=0))
    low: Floats = np.interp(np.log(k), np.log(at), np.minimum(np.concatenate(parts), 0.0))
    return low


def _miss(q: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        logs: NDArray[np.float64] = np.log1p(-np.clip(q, 0.0, 1.0))[:, None]
    return logs


def too_low(se: Floats, off: Floats) -> NDArray[np.bool_]:
    """Tell from which k on a floor is so much too low that its interval is not to be trusted.

    Parameters
    ----------
    se : float64 array [K]
    off : float64 array [K]
        As of `bias`; where it is not known, all is flagged.
    """
    flagged: NDArray[np.bool_] = np.logical_or.accumulate(~(-off <= MOST_BIAS * se + ROUNDING))
    return flagged
