r"""maj@k: how often the right answer wins the vote of k samples drawn from n.

Of n samples m₀ give the right answer, m_g each of G wrong ones, and the rest none.  k of
them are drawn without putting back, the answer with the most votes wins, and where several
have as many, each of them wins in equal shares.  A sample without an answer takes a draw and
has no vote.

The votes are independent binomials of one probability p = k/n on the condition that they sum
to k.  With b_g(j) the chance of j votes for an answer,

    maj@k = Σ_v b₀(v) · [z^{k−v}] ∫₀¹ r(z) Π_g (Σ_{j<v} b_g(j) z^j + y b_g(v) z^v) dy / P(sum = k),

r the generating function of the rest: the integral over y makes 1/(1 + t) of t ties.  The
coefficient is read off at roots of unity, which is exact up to what lies beyond its `reach`.  The
integral is Gauss and Legendre's rule of q nodes, which takes ties of fewer than 2q others
exactly and for all others is off by no more than

    q!⁴ / ((2q + 1) (2q)!²) · E[C(T, 2q)],    E[C(T, 2q)] <= (Σ_g b_g(v))^{2q} / (2q)!,

T the number of those tied.  That error and three chances are `NEGLIGIBLE` together: that the
right answer has more or fewer votes than it nearly ever has, that it wins against one that nearly
always has more, and that one that nearly always has fewer has as many.  What is left are few
numbers of votes and few answers of each problem, and their polynomials depend on m_g and n
alone, so that all problems share them.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlog1py, xlogy

from boundary.analysis.combinations import log_choose
from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.vote_law import VoteLaw, reach

#: Largest error of maj@k of one problem, beside rounding: no interval shows it.
NEGLIGIBLE = 1e-6
#: Complex numbers that are held at a time.
CELLS = 1 << 15

Complex = NDArray[np.complex128]


def majority_at_k(right: Integers, wrong: Sequence[Sequence[int]], n: Integers, k: int) -> Floats:
    """Return maj@k of problems.

    Parameters
    ----------
    right : int64 array [P]
        Samples with the right answer.
    wrong : sequence [P] of sequences of int
        Samples with each wrong answer, in any order.
    n : int64 array [P]
        Samples, those without an answer too.
    k : int
        At most the smallest n.

    Returns
    -------
    float64 array [P]
    """
    if k == 1:
        return right / n
    lengths = [len(sizes) for sizes in wrong]
    each = np.fromiter(itertools.chain.from_iterable(wrong), dtype=np.int64, count=sum(lengths))
    span = int(n.max()) + 1
    listed = np.repeat(np.arange(len(n)), lengths) * span + each
    listed, times = np.unique(listed, return_counts=True)
    problem, size = np.divmod(listed, span)
    slack = NEGLIGIBLE / 8
    each_slack = slack / max([1, *lengths])
    lead = right.copy()
    np.maximum.at(lead, problem, size)
    may_win = _overtakes(right, lead, n, k) > slack
    kept = _overtakes(size, lead[problem], n[problem], k) > each_slack
    keep = may_win[problem] & kept
    problem, size, times = problem[keep], size[keep], times[keep]

    distinct, row = np.unique(
        np.append(n, n[problem]) * span + np.append(right, size), return_inverse=True
    )
    of, m = np.divmod(distinct, span)
    mine, rival = np.split(row, [len(n)])
    law = VoteLaw.of(m, of, k)
    # With fewer votes than `low` the right answer hardly wins, with more than `high` always.
    least = law.start + (1 - law.tail[:, 1:] <= slack).sum(axis=1)
    most = law.start + (law.tail > slack).sum(axis=1) - 1
    near = (law.start + (law.tail > each_slack).sum(axis=1) - 1)[rival]
    low, high = np.maximum(least[mine], 1), np.zeros_like(n)
    np.maximum.at(low, problem, least[rival])
    np.maximum.at(high, problem, near)
    high = np.minimum(high, most[mine])
    won = np.where(may_win, law.at_least(mine, np.maximum(low, high + 1)), 0.0)
    case, v = _ranges(low, high)
    if len(v):
        answer, votes = _ranges(low[problem], np.minimum(high[problem], near))
        of_case = np.searchsorted(case, problem[answer]) + votes - low[problem[answer]]
        cases = _Cases(v, mine[case], (n - right)[case], n[case])
        rivals = _Rivals(of_case, rival[answer], times[answer])
        won += np.bincount(case, _contested(law, cases, rivals, k), minlength=len(n))
    return np.clip(won, 0.0, 1.0)


def _overtakes(fewer: Integers, more: Integers, n: Integers, k: int) -> Floats:
    """Return no less than the chances that an answer has as many of k votes as a larger one.

    With shares s and l they are at most (1 − (√l − √s)²)^k (Chernoff 1952; drawing without
    putting back only lessens it: Hoeffding 1963, section 6).
    """
    chances: Floats = (1 - (np.sqrt(more / n) - np.sqrt(fewer / n)) ** 2) ** k
    return chances


def _ranges(first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """Return every whole number of ranges, and before it the range that it is of."""
    lengths = np.maximum(last - first + 1, 0)
    of = np.repeat(np.arange(len(first)), lengths)
    return of, np.arange(len(of)) + (first - np.cumsum(lengths) + lengths)[of]


def _nodes(tied: Floats, most: Integers, slack: Floats) -> Integers:
    """Return how many nodes take ties well enough.

    Parameters
    ----------
    tied : float64 array [C]
        How many rivals are expected to have as many votes.
    most : int64 array [C]
        How many may have.
    slack : float64 array [C]
        Largest error.
    """
    nodes: Integers = most // 2 + 1
    for q in range(int(nodes.max()) - 1, 0, -1):
        scale = 4 * gammaln(q + 1) - 3 * gammaln(2 * q + 1) - np.log(2 * q + 1)
        nodes[(q < nodes) & (scale + xlogy(2 * q, tied) <= np.log(slack))] = q
    return nodes


class _Cases(NamedTuple):
    """Numbers of votes with which a right answer may win or not, int64 [C] each.

    Beside the votes the answer's row of the law, the samples beside it, and all.
    """

    votes: Integers
    row: Integers
    others: Integers
    n: Integers


class _Rivals(NamedTuple):
    """Wrong answers that may have as many votes, int64 [T] each.

    Beside the case the row of the law, and how many answers of the problem have that.
    """

    case: Integers
    row: Integers
    times: Integers


def _contested(law: VoteLaw, cases: _Cases, rivals: _Rivals, k: int) -> Floats:
    """Return the chances that right answers have their votes and win; 1/(1 + t) of a tie.

    Every case has one rival at least.
    """
    p = k / cases.n
    away = np.abs(cases.votes - (k - cases.others * p))
    # Sums of the others' votes beyond their reach are taken for those a whole turn away.
    size = min(int(cases.others.max()), int((reach(cases.others, p) + away).max()) + 1) + 1
    roots = _Roots(size, law.binomial.shape[1])

    def sums(values: Floats) -> Floats:
        return np.bincount(rivals.case, rivals.times * values).astype(np.float64)

    at = cases.votes[rivals.case]
    tied = sums(law.binomial[rivals.row, at - law.start[rivals.row]])
    able = np.minimum(sums(np.ones(len(at))), (k - cases.votes) // cases.votes)
    drawn = np.exp(log_choose(cases.n, np.array(k)) + xlogy(k, p) + xlog1py(cases.n - k, -p))
    nodes = _nodes(tied, able.astype(np.int64), NEGLIGIBLE / 8 * drawn)
    rest = cases.others - sums(law.m[rivals.row].astype(np.float64))

    shares, draw = np.unique(p, return_inverse=True)
    one = 1 - shares[:, None] + shares[:, None] * roots.powers(1)
    silent = np.log(np.where(one == 0, np.finfo(np.float64).tiny, one))  # 0⁰ = 1

    # Cases of the same polynomials and nodes are worked out together.
    length = max(1, CELLS // (len(np.unique(rivals.row)) * len(roots.place)))
    block = cases.votes // length
    order = np.lexsort((nodes, block))
    by_case = np.argsort(np.argsort(order)[rivals.case], kind="stable")
    held = np.bincount(rivals.case)[order]
    ends = np.cumsum(held)
    part = np.cumsum(held * len(roots.place)) // CELLS
    keys = np.stack([block[order], nodes[order], part])
    cuts = np.flatnonzero(np.diff(keys, prepend=-1).any(axis=0))
    last = np.searchsorted(block[order], block, side="right")  # of cases in its block
    chances, known = np.empty(len(p)), -1
    for start, stop in itertools.pairwise([*cuts, len(p)]):
        case, first = order[start:stop], (ends - held)[start:stop]
        if block[case[0]] != known:
            known = int(block[case[0]])
            in_block = by_case[first[0] : ends[last[case[0]] - 1]]
            inside = np.flatnonzero(np.bincount(rivals.row[in_block]))
            below = _below(law, inside, known * length, length, roots)
        these = by_case[first[0] : ends[stop - 1]]
        row, column = np.searchsorted(inside, rivals.row[these]), at[these] - known * length
        fewer, several = below[row, column], rivals.times[these] > 1
        tie, times = below[row, column + 1] - fewer, rivals.times[these][several, None]
        read = roots.powers(cases.votes[case] - k) * roots.counts
        read *= np.exp(rest[case, None] * silent[draw[case]])
        chances[case], factors = 0.0, np.empty_like(tie)
        for y, weight in zip(*_gauss(int(nodes[case[0]])), strict=True):
            np.multiply(y, tie, out=factors)
            factors += fewer
            factors[several] **= times
            product = np.multiply.reduceat(factors, first - first[0], axis=0)
            chances[case] += weight * (product * read).real.sum(axis=1)
    mine = law.binomial[cases.row, cases.votes - law.start[cases.row]]
    won: Floats = mine / drawn * chances / size
    return won


class _Roots:
    """Roots of unity, half of them: what is read off at the others is conjugate.

    ``first`` holds their powers 0, 1, ... of as many columns as a law of votes has.
    """

    def __init__(self, size: int, columns: int) -> None:
        self.place = np.arange(size // 2 + 1)
        self.counts = np.where(-self.place % size == self.place, 1, 2)
        self._all = np.exp(2j * np.pi * np.arange(size) / size)
        self.first = self.powers(np.arange(columns))

    def powers(self, exponents: Integers | int) -> Complex:
        """Return a row of powers for each exponent."""
        rows: Complex = self._all[np.outer(exponents, self.place) % len(self._all)]
        return rows


def _below(law: VoteLaw, rows: Integers, first: int, length: int, roots: _Roots) -> Complex:
    """Return the sums of b(j) z^j over all j below first, first + 1, ..., first + length.

    Parameters
    ----------
    law : VoteLaw
    rows : int64 array [R]
        Of the law.
    first, length : int
    roots : _Roots
        z, S of them.

    Returns
    -------
    complex128 array [R, length + 1, S]
    """
    chances, start = law.binomial[rows], law.start[rows, None]
    column = np.arange(chances.shape[1])
    early = np.where(start + column < first, chances, 0.0)
    j = first + np.arange(length)
    later = np.take_along_axis(chances, np.clip(j - start, 0, column[-1]), axis=1)
    later[(j < start) | (j > start + column[-1])] = 0.0
    below = np.empty((len(rows), length + 1, len(roots.place)), dtype=np.complex128)
    below[:, 0] = (early @ roots.first) * roots.powers(start)
    np.multiply(later[:, :, None], roots.powers(j), out=below[:, 1:])
    return np.cumsum(below, axis=1, out=below)


@functools.cache
def _gauss(q: int) -> tuple[Floats, Floats]:
    """Return nodes and weights of Gauss and Legendre's rule on 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(q)
    return (1 + nodes) / 2, weights / 2
