"""The gain at k = 1 in parts that add up: answering, the form of answers, and being right.

With A the share of responses that have an answer and r the share of right ones among them,
pass@1 = A r, and the gain from base b to other o is

    A_o r_o − A_b r_b = (A_o − A_b) r̄ + Ā (r_o − r_b),

a bar for the mean of both: what answering more often comes to at the accuracy of answers, and what
being right more often comes to at the share of answers (Kitagawa 1955, who splits a difference of
two rates so).  A falls short of 1 by responses that were cut, ended without an answer, or have no
outcome, to each of which its own part of (A_o − A_b) r̄ belongs.  The second part is split in the
same way by the form in which answers stand, with s_g the share of form g among answers:

    r_o − r_b = Σ_g (s_go − s_gb)(r̄_g − r̄) + Σ_g s̄_g (r_go − r_gb).

Exchanging base and other turns the sign of every part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import stdtrit

from boundary.analysis.intervals import Floats, difference_interval, z_value
from boundary.analysis.linearised import Estimate
from boundary.analysis.questions import Questions
from boundary.extraction import RULES
from boundary.tables import ANSWERED_BY, ANSWERED_RIGHT

#: Responses without an answer, by the part of a gain that they have.
SILENT = ("cut", "no_answer", "unset")


@dataclass(frozen=True)
class Answers:
    """Responses of a model that have an answer, or have it in one form.

    Attributes
    ----------
    share, right : Estimate
        Their share of all responses, and that of the right ones among them.
    support : int
        Problems, or clusters of them, with such a response.
    """

    share: Estimate
    right: Estimate
    support: int

    def accuracy(self, instead: Answers) -> Estimate:
        """Return the share of right ones among them; of other answers where there are none."""
        of = self if self.share.value else instead
        return of.right / of.share

    @property
    def known(self) -> float | None:
        """The share of right ones among them; None where there are none."""
        return self.right.value / self.share.value if self.share.value else None


@dataclass(frozen=True)
class Side:
    """What the responses of one model come to.

    Attributes
    ----------
    answers : Answers
        All that have an answer.
    forms : dict of str to Answers
        Those by the rule that first reads them; empty where nothing tells.
    silent : dict of str to Estimate
        Shares of `SILENT` among all responses; without ``cut`` where nothing tells.
    """

    answers: Answers
    forms: dict[str, Answers]
    silent: dict[str, Estimate]


def known_columns(arms: Mapping[str, pl.DataFrame]) -> set[str]:
    """Return the columns of scores that are known of every problem of both arms."""
    return set.intersection(
        *({name for name in arm.columns if not arm[name].null_count()} for arm in arms.values())
    )


def side_of(arm: pl.DataFrame, known: set[str], questions: Questions) -> Side:
    """Return what the responses of an arm come to, by the columns that are known of both.

    Parameters
    ----------
    arm : polars.DataFrame
        Scores of an arm with ``no_answer``, in the order of the questions.
    known : set of str
    questions : Questions
    """
    n = arm["n"].to_numpy()

    def counted(name: str) -> Floats:
        if name not in arm.columns:
            return np.zeros(len(n))
        return arm[name].fill_null(0).to_numpy().astype(np.float64)

    def share(counts: Floats) -> Estimate:
        return Estimate.mean(questions.mean(counts / n))

    def answers(counts: Floats, right: Floats) -> Answers:
        having = questions.total(counts) > 0
        cluster = questions.cluster
        units = having.sum() if cluster is None else len(np.unique(cluster[having]))
        return Answers(share(counts), share(right), int(units))

    silent = {"no_answer": counted("no_answer"), "unset": counted("n_unset")}
    right = counted("correct")
    all_ = answers(n - silent["no_answer"] - silent["unset"], right)
    if "truncated_no_answer" in known:
        silent["cut"] = counted("truncated_no_answer")
        silent["no_answer"] = silent["no_answer"] - silent["cut"]
    forms: dict[str, Answers] = {}
    if known.issuperset([*ANSWERED_BY, *ANSWERED_RIGHT]):
        pairs = [(counted(a), counted(b)) for a, b in zip(ANSWERED_BY, ANSWERED_RIGHT, strict=True)]
        rest = n - sum(silent.values()) - sum(each for each, _ in pairs)
        pairs.append((rest, right - sum(each for _, each in pairs)))
        forms = {rule: answers(*pair) for rule, pair in zip(RULES, pairs, strict=True)}
    return Side(all_, forms, {name: share(each) for name, each in silent.items()})


@dataclass(frozen=True)
class Part:
    """A part of a gain: a share of responses, or its change, times an accuracy, or its change.

    Attributes
    ----------
    weight, accuracy : Estimate
        The two factors.
    least : float
        The least value of the second, of which the largest is 1.
    support : int
        Fewest problems, or clusters of them, with the answers that it rests on.
    shares, right : tuple of float or None
        Of base and other: the share of responses, and that of right ones among them.
    """

    weight: Estimate
    accuracy: Estimate
    least: float
    support: int
    shares: tuple[float, float]
    right: tuple[float | None, float | None] = (None, None)

    @property
    def value(self) -> Estimate:
        """What the part comes to."""
        return self.weight * self.accuracy

    def interval(self, questions: Questions, confidence: float) -> tuple[float, float]:
        """Return its interval over problems.

        It holds that of a difference over all problems, and what the accuracy may be of
        answers to few problems: Student's t of these alone.
        """
        low, high = gain_interval(self.value, questions, confidence)
        wide = [self.least, 1.0]
        if self.support > 1:
            t = float(stdtrit(self.support - 1, 0.5 + confidence / 2))
            ends = _ends(self.accuracy, questions, self.support, t, confidence)
            wide = [max(self.least, end) for end in ends]
        reach = [self.weight.value * end for end in wide]
        return min(low, *reach), max(high, *reach)


def gain_interval(gain: Estimate, questions: Questions, confidence: float) -> tuple[float, float]:
    """Return the pointwise interval of a difference, as that of D(k)."""
    return _ends(gain, questions, questions.units, z_value(confidence), confidence)


def _ends(
    of: Estimate, questions: Questions, units: int, multiplier: float, confidence: float
) -> tuple[float, float]:
    low, high = difference_interval(
        np.array([of.value]),
        np.array([of.se(questions)]),
        units,
        multiplier=multiplier,
        miss=1 - confidence,
    )
    return float(low[0]), float(high[0])


def parts_of(base: Side, other: Side) -> dict[str, Part]:
    """Return the parts of the gain from base to other, by name; none where nobody answered.

    Where one of them has no answers, or none in a form, it is taken to be as often right in
    them as the other: then all that they come to is answering, or the form.
    """
    one, two = base.answers, other.answers
    if not one.share.value and not two.share.value:
        return {}
    right = one.accuracy(two), two.accuracy(one)
    accuracy, answered = _between(*right), _between(one.share, two.share)
    support = _support(one, two)
    shares, known = (one.share.value, two.share.value), (one.known, two.known)
    parts = {"answering": Part(two.share - one.share, accuracy, 0.0, support, shares, known)}
    for name in SILENT:
        if name in base.silent and (base.silent[name].value or other.silent[name].value):
            less = base.silent[name] - other.silent[name]
            of = base.silent[name].value, other.silent[name].value
            parts[name] = Part(less, accuracy, 0.0, support, of)
    parts["being_right"] = Part(answered, right[1] - right[0], -1.0, support, shares, known)
    forms = {
        rule: (base.forms[rule], other.forms[rule])
        for rule in base.forms
        if base.forms[rule].support or other.forms[rule].support
    }
    for rule, (before, after) in forms.items() if len(forms) > 1 else ():
        among = _among(rule, base, other), _among(rule, other, base)
        each = before.accuracy(after), after.accuracy(before)
        more = (_support(before, after), (before.share.value, after.share.value))
        known = before.known, after.known
        apart = _between(*each) - accuracy
        parts[f"form_{rule}"] = Part(answered * (among[1] - among[0]), apart, -1.0, *more, known)
        weight = answered * _between(*among)
        parts[f"right_{rule}"] = Part(weight, each[1] - each[0], -1.0, *more, known)
    return parts


def _between(one: Estimate, two: Estimate) -> Estimate:
    return (one + two).half()


def _among(rule: str, side: Side, instead: Side) -> Estimate:
    """Return the share of a form among the answers of a side; of the other's without any."""
    of = side if side.answers.share.value else instead
    return of.forms[rule].share / of.answers.share


def _support(*of: Answers) -> int:
    """Return the fewest problems that have such answers, of the sides that have any."""
    return min(each.support for each in of if each.support)
