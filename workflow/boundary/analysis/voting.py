r"""maj@k: how often the right answer wins the vote of k samples drawn from n.

Of n samples m₀ give the right answer, m_g each of G wrong ones, and the rest none.  k of
them are drawn without putting back, the answer with the most votes wins, and where several
have as many, each of them wins in equal shares.  A sample without an answer takes a draw and
has no vote.

The votes are independent binomials of one probability p = k/n on the condition that they sum
to k.  With b_g(j) the chance of j votes for an answer,

    maj@k = Σ_v b₀(v) · [z^{k−v}] ∫₀¹ r(z) Π_g (Σ_{j<v} b_g(j) z^j + y b_g(v) z^v) dy / P(sum = k),

r the generating function of the rest: the integral over y makes 1/(1 + t) of t ties.  The
coefficient is read off at roots of unity and the integral by Gauss and Legendre's rule, both of
which are exact up to rounding for polynomials of these degrees.  Answers that win, and numbers of
right votes that come up, with no more than `NEGLIGIBLE` probability in all are left out, which
is the only error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlog1py, xlogy

from boundary.analysis.draws import drawn_correct
from boundary.analysis.intervals import Floats

#: Largest error of maj@k of one problem, beside rounding: no interval shows it.
NEGLIGIBLE = 1e-6
#: Standard deviations beyond which a binomial has less than rounding can tell.
REACH = 7.0


def majority_at_k(right: int, wrong: Sequence[int], n: int, k: int) -> float:
    """Return maj@k of one problem.

    Parameters
    ----------
    right : int
        Samples with the right answer.
    wrong : sequence of int
        Samples with each wrong answer, in any order.
    n : int
        Samples, those without an answer too.
    k : int
        At most n.
    """
    if not right:
        return 0.0
    if k == n:
        most = max(wrong, default=0)
        return 0.0 if most > right else 1 / (1 + sum(votes == right for votes in wrong))
    rivals = _rivals(right, np.array(sorted(wrong, reverse=True), dtype=np.int64), n, k)
    if rivals is None:
        return 0.0
    likely = drawn_correct(np.array([n]), np.array([right]), k)[0]
    likely[0] = 0.0  # without a vote none wins
    near = np.minimum(np.cumsum(likely), np.cumsum(likely[::-1])[::-1]) > NEGLIGIBLE / 4
    votes, p = np.flatnonzero(near & (likely > 0)), k / n
    if not len(votes):
        return 0.0
    total = _binomial(n, p)[k]
    # Few votes may be tied by many answers, and many by few, which is the faster to work out.
    starts = np.flatnonzero(np.diff(np.log2(votes).astype(int), prepend=-1))
    parts = np.split(votes, starts[1:])
    chances = np.concatenate([_won(rivals, n - right, part, k, p) for part in parts])
    return float(np.clip(_binomial(right, p)[votes] @ chances / total, 0.0, 1.0))


def _reach(m: int, p: float) -> float:
    return REACH * math.sqrt(m * p * (1 - p)) + REACH


def _rivals(right: int, wrong: NDArray[np.int64], n: int, k: int) -> NDArray[np.int64] | None:
    """Return the wrong answers that may outvote the rest; None where the right one cannot win.

    An answer of share s has at least as many of k votes as one of a larger share l with at
    most (1 − (√l − √s)²)^k (Chernoff 1952; drawing without putting back only lessens
    it: Hoeffding 1963, section 6).
    """
    lead = max(right, int(wrong[0]) if len(wrong) else 0)
    apart = np.sqrt(lead / n) - np.sqrt(np.append(wrong, right) / n)
    miss = np.exp(k * np.log1p(-(apart**2)))
    if miss[-1] <= NEGLIGIBLE / 2:
        return None
    behind = np.cumsum(miss[:-1][::-1])[::-1] <= NEGLIGIBLE / 2
    kept: NDArray[np.int64] = wrong[~behind]
    return kept


def _binomial(m: int, p: float) -> Floats:
    """Return the chances of 0..m successes of m, each of probability p."""
    j = np.arange(m + 1)
    logs = gammaln(m + 1) - gammaln(j + 1) - gammaln(m - j + 1) + xlogy(j, p) + xlog1py(m - j, -p)
    chances: Floats = np.exp(logs)
    return chances


def _won(
    rivals: NDArray[np.int64], others: int, votes: NDArray[np.int64], k: int, p: float
) -> Floats:
    """Return, by votes for the right answer, the chance that all sum to k and that it wins.

    The chance of a tie of 1 + t counts 1/(1 + t).

    Parameters
    ----------
    rivals : int64 array [G]
        Samples with each wrong answer that may win.
    others : int
        Samples that do not have the right answer.
    votes : int64 array [V]
        Ascending.
    k : int
    p : float

    Returns
    -------
    float64 array [V]
    """
    spread = int(_reach(others, p) + np.abs(votes - (k - others * p)).max()) + 1
    size = min(others + 1, 2 * spread)
    roots, place = np.exp(2j * np.pi * np.arange(size) / size), np.arange(size)
    able = (rivals[:, None] >= votes).sum(axis=0)
    most = int(np.minimum(able, (k - votes) // votes).max())
    nodes, weights = np.polynomial.legendre.leggauss(most // 2 + 1)
    product = np.ones((len(nodes), len(votes), size), dtype=np.complex128)
    for m, times in zip(*np.unique(rivals, return_counts=True), strict=True):
        chances = _binomial(int(m), p)
        terms = chances[:, None] * roots[np.outer(np.arange(m + 1), place) % size]
        below = np.vstack([np.zeros(size), np.cumsum(terms, axis=0)])[np.minimum(votes, m + 1)]
        tied = np.where((votes <= m)[:, None], terms[np.minimum(votes, m)], 0.0)
        product *= (below + ((1 + nodes) / 2)[:, None, None] * tied) ** times
    rest = (1 - p + p * roots) ** (others - int(rivals.sum()))
    mean = np.tensordot(weights / 2, product, axes=1) * rest
    won: Floats = (mean * roots[-np.outer(k - votes, place) % size]).sum(axis=1).real / size
    return won
