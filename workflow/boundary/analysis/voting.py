r"""maj@k: how often the right answer wins the vote of k samples drawn from n.

Of n samples m₀ give the right answer, m_g each of G wrong ones, and the rest none.  k of
them are drawn without putting back, the answer with the most votes wins, and where several
have as many, each of them wins in equal shares.  A sample without an answer takes a draw and
has no vote.

The votes are independent binomials of one probability p = k/n on the condition that they sum
to k.  With b_g(j) the chance of j votes for an answer,

    maj@k = Σ_v b₀(v) · [z^{k−v}] ∫₀¹ r(z) Π_g (Σ_{j<v} b_g(j) z^j + y b_g(v) z^v) dy / P(sum = k),

r the generating function of the rest: the integral over y makes 1/(1 + t) of t ties.  The
coefficient is read off at roots of unity, which is exact up to what lies beyond `REACH`.  The
integral is Gauss and Legendre's rule of q nodes, which takes ties of fewer than 2q others
exactly and for all others is off by no more than

    q!⁴ / ((2q + 1) (2q)!²) · E[C(T, 2q)],    E[C(T, 2q)] <= (Σ_g b_g(v))^{2q} / (2q)!,

T the number of those tied.  That, answers that win and numbers of right votes that come up are
left out while all of them have no more than `NEGLIGIBLE` probability, which is the only error.
"""

from __future__ import annotations

import functools
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
#: Complex numbers of an answer's chances that are held at a time.
CELLS = 1 << 20


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
    if k == 1:
        return right / n
    if k == n:
        most = max(wrong, default=0)
        return 0.0 if most > right else 1 / (1 + sum(votes == right for votes in wrong))
    rivals = _rivals(right, np.array(sorted(wrong, reverse=True), dtype=np.int64), n, k)
    if rivals is None:
        return 0.0
    likely = drawn_correct(np.array([n]), np.array([right]), k)[0]
    likely[0] = 0.0  # without a vote none wins
    near = np.minimum(np.cumsum(likely), np.cumsum(likely[::-1])[::-1]) > NEGLIGIBLE / 4
    votes = np.flatnonzero(near & (likely > 0))
    if not len(votes) or not len(rivals):
        return float(likely[votes].sum())
    # Few votes may be tied by many answers, and many by few, which is the faster to work out.
    starts = np.flatnonzero(np.diff(np.log2(votes).astype(int), prepend=-1))
    parts = np.split(votes, starts[1:])
    won = sum(_won(right, rivals, n, part, k) for part in parts)
    return float(np.clip(won, 0.0, 1.0))


def _reach(m: NDArray[np.int64], p: float) -> Floats:
    reach: Floats = REACH * np.sqrt(m * p * (1 - p)) + REACH
    return reach


def _rivals(right: int, wrong: NDArray[np.int64], n: int, k: int) -> NDArray[np.int64] | None:
    """Return the wrong answers that may outvote the rest; None where the right one cannot win.

    An answer of share s has at least as many of k votes as one of a larger share l with at
    most (1 − (√l − √s)²)^k (Chernoff 1952; drawing without putting back only lessens
    it: Hoeffding 1963, section 6).
    """
    lead = max(right, int(wrong[0]) if len(wrong) else 0)
    apart = np.sqrt(lead / n) - np.sqrt(np.append(wrong, right) / n)
    miss = np.exp(k * np.log1p(-(apart**2)))
    if miss[-1] <= NEGLIGIBLE / 4:
        return None
    behind = np.cumsum(miss[:-1][::-1])[::-1] <= NEGLIGIBLE / 4
    kept: NDArray[np.int64] = wrong[~behind]
    return kept


def _binomial(m: NDArray[np.int64], j: NDArray[np.int64], p: float) -> Floats:
    """Return the chances of j successes of m, each of probability p; none where j > m."""
    left = np.maximum(m - j, 0)
    logs = gammaln(m + 1) - gammaln(j + 1) - gammaln(left + 1) + xlogy(j, p) + xlog1py(left, -p)
    chances: Floats = np.where(j <= m, np.exp(logs), 0.0)
    return chances


def _nodes(tied: Floats, most: int, weight: Floats) -> int:
    """Return how many nodes take ties well enough.

    Parameters
    ----------
    tied : float64 array [V]
        How many rivals are expected to have as many votes.
    most : int
        How many may be.
    weight : float64 array [V]
        What the error of each counts.
    """
    for q in range(1, most // 2 + 1):
        scale = 4 * gammaln(q + 1) - 3 * gammaln(2 * q + 1) - np.log(2 * q + 1)
        if weight @ np.exp(scale + xlogy(2 * q, tied)) <= NEGLIGIBLE / 64:
            return q
    return most // 2 + 1


def _won(right: int, rivals: NDArray[np.int64], n: int, votes: NDArray[np.int64], k: int) -> float:
    """Return the chance that the right answer wins with one of some numbers of votes.

    The chance of a tie of 1 + t counts 1/(1 + t).

    Parameters
    ----------
    right : int
    rivals : int64 array [G]
        Samples with each wrong answer that may win, one at least.
    n : int
    votes : int64 array [V]
        Ascending, each at least 1.
    k : int
    """
    p, others = k / n, n - right
    # Sums of the others' votes beyond their reach are taken for those a whole turn away.
    turn = int(_reach(np.array(others), p) + np.abs(votes - (k - others * p)).max()) + 2
    size = min(others + 1, turn)
    place = np.arange(size // 2 + 1)  # the other half is conjugate
    roots = np.exp(2j * np.pi * np.arange(size) / size)
    double = np.where((-place) % size == place, 1, 2)
    sizes, times = np.unique(rivals, return_counts=True)
    first = max(int((sizes * p - _reach(sizes, p)).min()), 0)
    j = np.arange(min(first, int(votes[0]) - 1), votes[-1] + 1)
    chances = _binomial(sizes[:, None], j, p)
    weight = _binomial(np.array(right), votes, p) / _binomial(np.array(n), np.array(k), p)
    able = int((rivals >= votes[0]).sum())
    tied = times @ chances[:, votes - j[0]]
    q = _nodes(tied, min(able, (k - int(votes[0])) // int(votes[0])), weight)
    nodes, weights = _gauss(q)
    powers = roots[np.outer(j, place) % size]
    product = np.ones((q, len(votes), len(place)), dtype=np.complex128)
    chunk = max(1, CELLS // (len(place) * max(len(j), q * len(votes))))
    for start in range(0, len(sizes), chunk):
        part = slice(start, start + chunk)
        terms = chances[part, :, None] * powers
        below = np.cumsum(terms, axis=1)[:, votes - 1 - j[0]]
        factor = below + nodes[:, None, None, None] * terms[:, votes - j[0]]
        left = times[part]
        while len(left):  # by binary digits of how often each stands there
            product *= factor[:, left % 2 == 1].prod(axis=1)
            more = left > 1
            factor, left = factor[:, more] ** 2, left[more] // 2
    rest = double * (1 - p + p * roots[place]) ** (others - int(rivals.sum()))
    back = roots[-np.outer(k - votes, place) % size]
    chance = np.einsum("q,qvs,vs,s->v", weights, product, back, rest, optimize=False).real / size
    return float(weight @ chance)


@functools.cache
def _gauss(q: int) -> tuple[Floats, Floats]:
    """Return nodes and weights of Gauss and Legendre's rule on 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(q)
    return (1 + nodes) / 2, weights / 2
