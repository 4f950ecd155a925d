"""The guess floor: what a model's answers to other problems would solve by luck.

A model that knows which answers are common (small whole numbers, say) solves a
problem now and then without any reasoning on it.  Its answers to the *other*
problems of a benchmark show what it says when the problem plays no part:

    q_i = mean over j ≠ i of the share of answers to problem j equal to gold i,

and k such guesses solve problem i with probability 1 − (1 − q_i)^k.  Of multiple
choice the options tell it: q_i = 1/m_i, one of m_i options taken blindly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analysis.intervals import Floats, Integers
from boundary.analysis.questions import Questions
from boundary.answers import canonical
from boundary.columns import ARM_KEY
from boundary.errors import TableError
from boundary.kinds import names
from boundary.options import choices_of
from boundary.questions import ASKED, question_clusters

ROWS_SHOWN = 5
#: Kinds whose gold answer is the letter of an option.
_LETTERED = names(lambda kind: kind.gold == "letter")


class Guesses(NamedTuple):
    """How often each answer that is gold somewhere was given, by problem.

    Attributes
    ----------
    gold : int64 array [M]
        Which of the G distinct gold answers each problem has.
    shares : float64 array [M, G]
        Share of a problem's samples whose answer is each gold answer.
    cluster : int64 array [M], optional
        Cluster of each problem, as of `boundary.analysis.questions.Questions`.
    chance : float64 array [M], optional
        Chance of a blind guess where the problem itself tells it; NaN elsewhere.
    """

    gold: Integers
    shares: Floats
    cluster: Integers | None = None
    chance: Floats | None = None

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether the problem itself tells its chance, ``[M]``."""
        none = np.zeros(len(self.gold), dtype=bool)
        return none if self.chance is None else ~np.isnan(self.chance)

    @property
    def units(self) -> int:
        """Number of problems drawn independently: clusters where any are named, else M."""
        return len(self.gold) if self.cluster is None else int(self.cluster.max()) + 1

    @property
    def q(self) -> Floats:
        """Chance of one guess at each problem, ``[M]``; NaN for a single problem."""
        m = len(self.gold)
        if m == 1:
            return np.full(1, np.nan)
        chance: Floats = np.clip(self.others / (m - 1), 0.0, 1.0)
        return chance if self.chance is None else np.where(self.known, self.chance, chance)

    @property
    def others(self) -> Floats:
        """Sum over the other problems of the shares of each problem's gold answer, ``[M]``."""
        itself = self.shares[np.arange(len(self.gold)), self.gold]
        total: Floats = self.shares.sum(axis=0)[self.gold]
        return total - itself

    def of(self, chosen: Integers) -> Guesses:
        """Return the same of some problems, by their places."""
        cluster = None
        if self.cluster is not None:
            cluster = np.unique(self.cluster[chosen], return_inverse=True)[1].astype(np.int64)
        chance = None if self.chance is None else self.chance[chosen]
        return Guesses(self.gold[chosen], self.shares[chosen], cluster, chance)


def read_guesses(
    problems: pl.DataFrame,
    verdicts: pl.DataFrame,
    labels: Mapping[str, str],
    max_unset: float = 0.0,
) -> tuple[Guesses, pl.Series, Questions]:
    """Count, for each problem, how often each gold answer of the benchmark was given.

    Returned are, beside the guesses, the ids of the rows and which question each asks.

    Answers are compared by `boundary.answers.canonical`: exact text and exact
    numbers, no algebra, so a floor is rather too low than too high.
    """
    problems = problems.filter(pl.col("benchmark") == labels["benchmark"]).sort("problem_id")
    where = " / ".join(labels[name] for name in ARM_KEY)
    judged = problems.join(verdicts, on="problem_id", how="semi", maintain_order="left")
    if judged.height and problems.height - judged.height <= max_unset * problems.height:
        problems = judged
    _same_problems(problems, verdicts, where)
    asked = question_clusters(problems, where) if set(problems.columns) >= ASKED else problems
    questions = Questions.of(asked)
    keys = [canonical(answer) for answer in problems["answer"]]
    distinct = sorted(set(keys))
    column = {key: i for i, key in enumerate(distinct)}
    row = {name: i for i, name in enumerate(problems["problem_id"])}
    shares = np.zeros((problems.height, len(distinct)))
    counted = verdicts.group_by("problem_id", "answer").len()
    given = [answer for answer in counted["answer"].unique() if answer is not None]
    place = {answer: column.get(canonical(answer)) for answer in given}
    for problem, answer, count in counted.select("problem_id", "answer", "len").iter_rows():
        if answer is not None and (where_to := place[answer]) is not None:
            shares[row[problem], where_to] += count
    n = verdicts.group_by("problem_id").len()
    samples = np.empty(problems.height)
    for problem, count in n.iter_rows():
        samples[row[problem]] = count
    gold = np.array([column[key] for key in keys])[questions.first]
    shares = questions.mean(shares / samples[:, None])
    guesses = Guesses(gold, shares, questions.cluster, _chances(problems, questions))
    return guesses, problems["problem_id"], questions


def _chances(problems: pl.DataFrame, questions: Questions) -> Floats | None:
    """Return the chance of a blind guess at each question that has options; None without any."""
    if not {"kind", "metadata"} <= set(problems.columns):
        return None
    rows = problems.select("kind", "answer", "metadata").iter_rows()
    chances = [choices_of(*told).chance if kind in _LETTERED else np.nan for kind, *told in rows]
    return None if np.isnan(chances).all() else np.array(chances)[questions.first]


def _same_problems(problems: pl.DataFrame, verdicts: pl.DataFrame, where: str) -> None:
    silent = problems.filter(pl.col("answer").is_null())["problem_id"]
    if len(silent):
        raise TableError(
            f"{where}: {len(silent)} problem(s) have no gold answer, first "
            f"{', '.join(silent.head(ROWS_SHOWN))}; a guess floor needs one for each."
        )
    known, judged = set(problems["problem_id"]), set(verdicts["problem_id"].unique())
    for word, lost in (("no verdict", known - judged), ("no problem", judged - known)):
        if lost:
            raise TableError(
                f"{where}: {len(lost)} problem(s) have {word}, first "
                f"{', '.join(sorted(lost)[:ROWS_SHOWN])}. Give the problems and all verdicts of "
                f"one arm."
            )
