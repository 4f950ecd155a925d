"""The guess floor: what a model's answers to other problems would solve by luck.

A model that knows which answers are common (small whole numbers, say) solves a
problem now and then without any reasoning on it.  Its answers to the *other*
problems of a benchmark show what it says when the problem plays no part:

    q_i = mean over j ≠ i of the share of answers to problem j equal to gold i,

and k such guesses solve problem i with probability 1 − (1 − q_i)^k.  Of multiple
choice the options tell it: q_i = 1/m_i, one of m_i options taken blindly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.guess_floor import GuessOptions
from boundary.analysis.enough import leave_some
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import (
    Floats,
    mean_and_se,
    share_interval,
    widen_to_monotone,
)
from boundary.analysis.questions import Questions
from boundary.answers import canonical
from boundary.columns import ARM_KEY
from boundary.errors import InputError, TableError
from boundary.kinds import names
from boundary.options import choices_of
from boundary.questions import ASKED, question_clusters
from boundary.tables import PASSK, check

ROWS_SHOWN = 5
#: Kinds whose gold answer is the letter of an option.
_LETTERED = names(lambda kind: kind.gold == "letter")
#: Cells of one block of M × k values: 32 MiB of float64.
BLOCK_CELLS = 2**22


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

    gold: NDArray[np.int64]
    shares: Floats
    cluster: NDArray[np.int64] | None = None
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
        own = self.shares[np.arange(m), self.gold]
        total = self.shares.sum(axis=0)[self.gold]
        chance: Floats = np.clip((total - own) / (m - 1), 0.0, 1.0)
        return chance if self.chance is None else np.where(self.known, self.chance, chance)


def guess_floor_table(
    problems: pl.DataFrame,
    verdicts: pl.DataFrame,
    labels: Mapping[str, str],
    confidence: float = 0.95,
    k_max: int | None = None,
    min_n: int | None = None,
    max_unset: float = 0.0,
) -> pl.DataFrame:
    """Return the guess floor of one arm for k = 1..k_max.

    Parameters
    ----------
    problems : polars.DataFrame
        Columns ``benchmark``, ``problem_id`` and ``answer`` (gold) of a
        PROBLEMS table; other benchmarks in it are ignored.  With ``question``,
        ``kind`` and ``metadata`` too, problems that ask the same are one, and of
        multiple choice the number of options is known.
    verdicts : polars.DataFrame
        Columns ``problem_id`` and ``answer`` of the arm's VERDICTS table, one
        row a sample.  A sample without an answer is a guess of nothing: it
        counts among the samples and equals no gold answer.
    labels : mapping
        ``model``, ``benchmark`` and ``protocol`` of the arm.
    confidence : float
    k_max : int, optional
        Last k; by default the arm's smallest n.
    min_n : int, optional
        Problems with fewer samples are left out.
    max_unset : float
        Largest share of problems that may have no verdict, as none of their
        responses has an outcome: they are left out.

    Returns
    -------
    polars.DataFrame
        A PASSK table.  Unlike pass@k the floor needs no k ≤ n, and nothing is
        flagged; null throughout for a benchmark of one problem, which has no
        others.

    Raises
    ------
    InputError
        When min_n leaves out all problems.
    TableError
        When a problem has no gold answer, equal questions have unequal ones, or
        the verdicts are of other problems.
    """
    if min_n is not None:
        sizes = verdicts.group_by("problem_id").len()
        leave_some(sizes["len"].cast(pl.Int64).to_numpy(), min_n, " / ".join(labels.values()))
        few = sizes.filter(pl.col("len") < min_n)
        problems, verdicts = (
            table.join(few, on="problem_id", how="anti", maintain_order="left")
            for table in (problems, verdicts)
        )
    guesses = read_guesses(problems, verdicts, labels, max_unset)
    n_min = int(verdicts.group_by("problem_id").len()["len"].min())  # type: ignore[arg-type]
    k = np.arange(1, (k_max or n_min) + 1, dtype=np.int64)
    m = len(guesses.gold)
    frame = pl.DataFrame({"k": k})
    names = ("pass_at_k", "se", "ci_low", "ci_high")
    if m == 1:
        frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in names)
    else:
        mean, se = floor_curve(guesses, k)
        interval = widen_to_monotone(*share_interval(mean, se, guesses.units, confidence))
        columns = zip(names, (mean, se, *interval), strict=True)
        frame = frame.with_columns(pl.Series(name, values) for name, values in columns)
    frame = frame.with_columns(
        *(pl.lit(labels[name]).alias(name) for name in ARM_KEY),
        n_problems=pl.lit(m, dtype=pl.Int64),
        n_min=pl.lit(n_min, dtype=pl.Int64),
        flagged=pl.lit(False),
    )
    return check(frame.select(list(column_types(PASSK))), PASSK, "guess_floor")


def read_guesses(
    problems: pl.DataFrame,
    verdicts: pl.DataFrame,
    labels: Mapping[str, str],
    max_unset: float = 0.0,
) -> Guesses:
    """Count, for each problem, how often each gold answer of the benchmark was given.

    Answers are compared by `boundary.answers.canonical`: exact text and exact
    numbers, no algebra, so a floor is rather too low than too high.
    """
    own = problems.filter(pl.col("benchmark") == labels["benchmark"]).sort("problem_id")
    where = " / ".join(labels[name] for name in ARM_KEY)
    judged = own.join(verdicts, on="problem_id", how="semi", maintain_order="left")
    if judged.height and own.height - judged.height <= max_unset * own.height:
        own = judged
    _same_problems(own, verdicts, where)
    asked = question_clusters(own, where) if set(own.columns) >= ASKED else own
    questions = Questions.of(asked)
    keys = [canonical(answer) for answer in own["answer"]]
    distinct = sorted(set(keys))
    column = {key: i for i, key in enumerate(distinct)}
    row = {name: i for i, name in enumerate(own["problem_id"])}
    shares = np.zeros((own.height, len(distinct)))
    counted = verdicts.group_by("problem_id", "answer").len()
    given = [answer for answer in counted["answer"].unique() if answer is not None]
    place = {answer: column.get(canonical(answer)) for answer in given}
    for problem, answer, count in counted.select("problem_id", "answer", "len").iter_rows():
        if answer is not None and (where_to := place[answer]) is not None:
            shares[row[problem], where_to] += count
    n = verdicts.group_by("problem_id").len()
    samples = np.empty(own.height)
    for problem, count in n.iter_rows():
        samples[row[problem]] = count
    gold = np.array([column[key] for key in keys])[questions.first]
    shares = questions.mean(shares / samples[:, None])
    return Guesses(gold, shares, questions.cluster, _chances(own, questions))


def _chances(problems: pl.DataFrame, questions: Questions) -> Floats | None:
    """Return the chance of a blind guess at each question that has options; None without any."""
    if not {"kind", "metadata"} <= set(problems.columns):
        return None
    rows = problems.select("kind", "answer", "metadata").iter_rows()
    chances = [choices_of(*told).chance if kind in _LETTERED else np.nan for kind, *told in rows]
    return None if np.isnan(chances).all() else np.array(chances)[questions.first]


def _same_problems(own: pl.DataFrame, verdicts: pl.DataFrame, where: str) -> None:
    silent = own.filter(pl.col("answer").is_null())["problem_id"]
    if len(silent):
        raise TableError(
            f"{where}: {len(silent)} problem(s) have no gold answer, first "
            f"{', '.join(silent.head(ROWS_SHOWN))}; a guess floor needs one for each."
        )
    known, judged = set(own["problem_id"]), set(verdicts["problem_id"].unique())
    for word, lost in (("no verdict", known - judged), ("no problem", judged - known)):
        if lost:
            raise TableError(
                f"{where}: {len(lost)} problem(s) have {word}, first "
                f"{', '.join(sorted(lost)[:ROWS_SHOWN])}. Give the problems and all verdicts of "
                f"one arm."
            )


def floor_curve(guesses: Guesses, k: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the mean floor over problems and its standard error, for several k.

    Every problem enters twice: by its gold answer, and by its answers, which
    make the q of all others.  To first order (the delta method for a
    U-statistic of order 2, Hoeffding 1948) problem j moves the mean by

        ψ_j = f(q_j) − mean f + (1/M) Σ_{i≠j} f'(q_i) (s_j(gold i) − q_i),

    f(q) = 1 − (1 − q)^k, and the standard error is sd(ψ)/√M.

    Parameters
    ----------
    guesses : Guesses
        Of at least two problems.
    k : int64 array [K]

    Returns
    -------
    mean, se : float64 arrays [K]
    """
    parts = [_moments(guesses, block) for block in _blocks(k, len(guesses.gold))]
    return np.concatenate([x for x, _ in parts]), np.concatenate([x for _, x in parts])


def _blocks(k: NDArray[np.int64], m: int) -> Iterator[NDArray[np.float64]]:
    width = max(1, BLOCK_CELLS // m)
    for start in range(0, len(k), width):
        yield k[start : start + width].astype(np.float64)


def _moments(guesses: Guesses, k: Floats) -> tuple[Floats, Floats]:
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
    own = shares[np.arange(m), gold]
    pull = shares @ by_gold - own[:, None] * slope
    expected = q[:, None] * slope
    pull -= expected.sum(axis=0) - expected
    influence = value - mean + pull / m
    return np.clip(mean, 0.0, 1.0), mean_and_se(influence, guesses.cluster)[1]


def _times(miss: Floats, power: Floats) -> Floats:
    """Return miss·power with −inf·0 = 0, as (1 − q)^0 is 1 for every q."""
    with np.errstate(invalid="ignore"):
        product: Floats = np.where(power == 0, 0.0, miss * power)
    return product


def compute(arm: ArmInputs, options: GuessOptions) -> dict[str, pl.DataFrame]:
    """Return the guess floor of one arm.

    Raises
    ------
    InputError
        When the job names no problems.
    """
    problems = arm.problems()
    if problems is None:
        raise InputError(f"--spec: {' / '.join(arm.labels.values())} names no problems.")
    floor = guess_floor_table(
        problems,
        arm.verdicts(("answer",)).select("problem_id", "answer"),
        arm.labels,
        confidence=arm.confidence,
        k_max=options.k_max,
        min_n=arm.min_n,
        max_unset=arm.max_unset,
    )
    return {"guess_floor": floor}
