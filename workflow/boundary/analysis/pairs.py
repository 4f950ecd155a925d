"""Two arms on the problems that they share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analysis.enough import few_samples, leave_some, usual_n
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import Counts, fixed_rule, planned, rule_of, with_rule
from boundary.columns import ARM_KEY
from boundary.errors import InputError
from boundary.jobs.reading import ArmKey, ComparisonRow
from boundary.lookalikes import refuse_lookalikes
from boundary.stopping import STOPPING
from boundary.strata import agreed_strata

Integers = NDArray[np.int64]
#: A model that is sure says the same as another; two that are not, never.
_COPIED = (pl.col("responses_digest") == pl.col("responses_digest_other")) & (
    2 * pl.col("distinct_responses") > pl.col("n")
)


@dataclass(frozen=True)
class Pair:
    """Counts of two arms, aligned by problem.

    Attributes
    ----------
    labels : dict
        comparison, base, other, benchmark, protocol and other_protocol, as
        every table of comparisons carries them.
    problem_ids : list of str [R]
        The shared problem ids, sorted.
    questions : Questions
        Which of them ask the same: those are one problem.
    base_n, base_correct, other_n, other_correct : int64 arrays [R]
    only_base, only_other : int
        Ids that the one arm has and the other lacks: they are dropped.
    min_n, too_few : int
        Problems with fewer samples than min_n under either arm were dropped, so
        many; 0 for none.
    base_unset, other_unset : int
        Responses without outcome to the shared problems; they count as failures.
    copied : int
        Problems to which both arms have the same responses, most of them unlike.
    strata : polars.Series of str [R], optional
        What tells groups of problems apart, as of `boundary.strata`.
    base_rule, other_rule : int64 arrays [4, R], optional
        By which problems of an arm stopped early, see `boundary.analysis.stopped`.
    """

    labels: dict[str, str]
    problem_ids: list[str]
    questions: Questions
    base_n: Integers
    base_correct: Integers
    other_n: Integers
    other_correct: Integers
    only_base: int = 0
    only_other: int = 0
    min_n: int = 0
    too_few: int = 0
    base_unset: int = 0
    other_unset: int = 0
    copied: int = 0
    strata: pl.Series | None = None
    base_rule: Integers | None = None
    other_rule: Integers | None = None

    def where(self, chosen: NDArray[np.bool_]) -> Pair:
        """Return the pair on some of its problems alone; what was dropped is told of the whole.

        Parameters
        ----------
        chosen : bool array [M]
            One value a question.
        """
        return self.rows(chosen[self.questions.index])

    def rows(self, kept: NDArray[np.bool_]) -> Pair:
        """Return the pair on some of its rows alone, as `where` does.

        Parameters
        ----------
        kept : bool array [R]
        """
        return replace(
            self,
            problem_ids=[name for name, left in zip(self.problem_ids, kept, strict=True) if left],
            questions=self.questions.rows(kept),
            base_n=self.base_n[kept],
            base_correct=self.base_correct[kept],
            other_n=self.other_n[kept],
            other_correct=self.other_correct[kept],
            strata=None if self.strata is None else self.strata.filter(pl.Series(kept)),
            base_rule=None if self.base_rule is None else self.base_rule[:, kept],
            other_rule=None if self.other_rule is None else self.other_rule[:, kept],
        )

    @property
    def m(self) -> int:
        """Number of shared problems, M: each question counts once."""
        return self.questions.m

    @property
    def counts(self) -> Integers:
        """Counts of the base, n and correct, then of the other, ``[4, R]``."""
        return np.stack([self.base_n, self.base_correct, self.other_n, self.other_correct])

    @property
    def stops_early(self) -> bool:
        """Whether problems of either arm may stop early."""
        return self.base_rule is not None or self.other_rule is not None

    @property
    def ends(self) -> Integers:
        """`counts`, with the rule of each arm below its own where either stops early."""
        if not self.stops_early:
            return self.counts
        return np.concatenate(
            [
                with_rule(np.stack([n, correct]), fixed_rule(n) if rule is None else rule)
                for n, correct, rule in self.sides
            ]
        )

    @property
    def sides(self) -> tuple[Counts, Counts]:
        """Counts of base and other, each with its rule."""
        return (
            Counts(self.base_n, self.base_correct, self.base_rule),
            Counts(self.other_n, self.other_correct, self.other_rule),
        )

    @property
    def n(self) -> int:
        """Largest k at which every shared problem has pass@k under both arms."""
        return int(min(side.longest.min() for side in self.sides))

    @property
    def discordant(self) -> int:
        """Problems that exactly one model solves (c > 0)."""
        base, other = self.solved
        return int((base != other).sum())

    @property
    def solved(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether base and other solve each problem, under any of its ids, ``[M]`` each."""
        base, other = (self.questions.total(side.right) > 0 for side in self.sides)
        return base, other

    def notes(self) -> list[str]:
        """Say what a reader must know: problems repeated or dropped, unequal n, no outcome."""
        lines = []
        if self.m < len(self.problem_ids):
            lines.append(
                f"{len(self.problem_ids)} problem ids are {self.m} question{'s' * (self.m > 1)}, "
                f"each counted once"
            )
        if self.only_base or self.only_other:
            lines.append(
                f"{self.only_base} problem(s) only of base and {self.only_other} only of other "
                f"dropped"
            )
        if self.too_few:
            lines.append(
                f"{self.too_few} of {self.too_few + len(self.problem_ids)} problems with fewer "
                f"than {self.min_n} samples dropped (min_n)"
            )
        longest = [side.longest for side in self.sides]
        sizes = [f"{n.min()}" if n.min() == n.max() else f"{n.min()}-{n.max()}" for n in longest]
        if sizes[0] != sizes[1] or "-" in sizes[0]:
            lines.append(f"unequal n (base {sizes[0]}, other {sizes[1]})")
        for side, (n, _, rule) in zip(("base", "other"), self.sides, strict=True):
            if rule is not None:
                lines.append(
                    f"{(n < rule[0]).sum()} of {len(n)} problems of {side} stopped early, by rule, "
                    f"with {100 * n.sum() / rule[0].sum():.3g} % of its samples"
                )
        few = [few_samples(self.problem_ids, n) for n in longest]
        if any(few):
            whose = {"base": few[0], "other": few[1]} if few[0] != few[1] else {"both": few[0]}
            lines += [f"{note} ({side})" for side, note in whose.items() if note]
        if self.n < min(usual_n(n) for n in longest):
            lines.append(f"k goes no further than n = {self.n}; min_n drops such problems")
        for side, n, unset in (
            ("base", self.base_n, self.base_unset),
            ("other", self.other_n, self.other_unset),
        ):
            if unset:
                lines.append(
                    f"{unset} of {n.sum()} responses of {side} have no outcome and count as "
                    f"failures"
                )
        return lines


def select_arm(
    scores: pl.DataFrame, model: str, benchmark: str, protocol: str, where: str
) -> pl.DataFrame:
    """Return the rows of one arm.

    Raises
    ------
    InputError
        When there are none; names the arm, who asked for it and the arms present.
    """
    rows = scores.filter(
        (pl.col("model") == model)
        & (pl.col("benchmark") == benchmark)
        & (pl.col("protocol") == protocol)
    )
    if rows.height:
        return rows
    present = sorted(" / ".join(arm) for arm in scores.select(ARM_KEY).unique().rows())
    raise InputError(
        f"{where}: the scores hold no arm {model} / {benchmark} / {protocol} "
        f"(model / benchmark / protocol). Present: {'; '.join(present) or 'none'}."
    )


def pair_arms(
    base: pl.DataFrame, other: pl.DataFrame, comparison: str, min_n: int | None = None
) -> Pair:
    """Align two arms, each a SCORES frame of a single arm, on their shared problems.

    Problems with fewer than ``min_n`` samples under either arm are dropped.

    Raises
    ------
    InputError
        When a frame holds several arms or none, the benchmarks differ, no problem
        is shared or left, or problems of the two differ in what no reader sees.
    """
    base_arm, other_arm = _only_arm(base, comparison, "base"), _only_arm(other, comparison, "other")
    names = " / ".join(base_arm), " / ".join(other_arm)
    if base_arm[1] != other_arm[1]:
        raise InputError(
            f"Comparison {comparison}: base {names[0]} and other {names[1]} are scores of "
            f"different benchmarks, {base_arm[1]} and {other_arm[1]}."
        )
    joined = _known_columns(base).join(
        _known_columns(other), on="problem_id", how="inner", suffix="_other", validate="1:1"
    )
    if joined.height < max(base.height, other.height):
        both = pl.concat([base["problem_id"], other["problem_id"]])
        refuse_lookalikes(both, f"Comparison {comparison}")
    if not joined.height:
        raise InputError(
            f"Comparison {comparison}: base {names[0]} ({_such_as(base)}) and other {names[1]} "
            f"({_such_as(other)}) share no problem, so nothing can be paired. "
            f"Check that both name problems alike."
        )
    joined = joined.sort("problem_id")
    _same_questions(joined, f"Comparison {comparison}", *names)
    joined = joined.with_columns(
        pl.coalesce(name, f"{name}_other").alias(name) for name in ("question", "cluster")
    )
    joined = joined.with_columns(strata=agreed_strata(joined["strata"], joined["strata_other"]))
    shared, fewest = joined.height, pl.min_horizontal("planned", "planned_other")
    if min_n is not None:
        leave_some(joined.select(fewest).to_series().to_numpy(), min_n, f"Comparison {comparison}")
        joined = joined.filter(fewest >= min_n)
    questions = Questions.of(joined)
    others = joined.select(
        pl.col("n_other").alias("n"), *(pl.col(f"{x}_other").alias(x) for x in STOPPING)
    )
    labels = {
        "comparison": comparison,
        "base": base_arm[0],
        "other": other_arm[0],
        "benchmark": base_arm[1],
        "protocol": base_arm[2],
        "other_protocol": other_arm[2],
    }
    return Pair(
        labels=labels,
        problem_ids=joined["problem_id"].to_list(),
        questions=questions,
        base_n=joined["n"].to_numpy(),
        base_correct=joined["correct"].to_numpy(),
        other_n=joined["n_other"].to_numpy(),
        other_correct=joined["correct_other"].to_numpy(),
        only_base=base.height - shared,
        only_other=other.height - shared,
        min_n=min_n or 0,
        too_few=shared - joined.height,
        base_unset=int(joined["n_unset"].sum()),
        other_unset=int(joined["n_unset_other"].sum()),
        copied=joined.filter(_COPIED).height,
        strata=joined["strata"],
        base_rule=rule_of(joined),
        other_rule=rule_of(others),
    )


def _such_as(scores: pl.DataFrame) -> str:
    """Return how many problems an arm has, and two of them."""
    shown = " and ".join(scores["problem_id"].sort().head(2))
    return f"{scores.height} problem{'s' * (scores.height != 1)}, such as {shown}"


def _known_columns(scores: pl.DataFrame) -> pl.DataFrame:
    """Return what a pair needs of an arm; without outcome are none where nothing tells."""
    optional = {"n_unset": pl.Int64, **dict.fromkeys(("question", "cluster", "strata"), pl.String)}
    optional |= dict.fromkeys(("responses_digest", "distinct_responses", *STOPPING), pl.Int64)
    known = scores.select(
        *("problem_id", "n", "correct", *(name for name in optional if name in scores.columns)),
        planned=planned(scores),
    )
    return known.with_columns(
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in optional.items()
        if name not in known.columns
    )


def _same_questions(joined: pl.DataFrame, where: str, base: str, other: str) -> None:
    """Refuse arms in which one id stands for two questions, or in two clusters."""
    unlike = joined.filter(pl.col("question") != pl.col("question_other"))
    if unlike.height:
        raise InputError(
            f"{where}: {unlike.height} of the {joined.height} problem ids that base {base} and "
            f"other {other} share ask other questions in one than in the other, the first "
            f"{unlike['problem_id'][0]}. The arms were scored on different problem tables; sample "
            f"and score both on one."
        )
    unlike = joined.filter(pl.col("cluster") != pl.col("cluster_other"))
    if unlike.height:
        raise InputError(
            f"{where}: {unlike.height} of the {joined.height} problem ids that base {base} and "
            f"other {other} share stand in other clusters in one than in the other, the first "
            f"{unlike['problem_id'][0]} in {unlike['cluster'][0]} and {unlike['cluster_other'][0]}."
            f" Score both on one problem table, or name the clusters in one alone."
        )


def pair_from_spec(scores: pl.DataFrame, row: ComparisonRow, min_n: int | None = None) -> Pair:
    """Return the pair that one entry of a study's comparisons names.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    row : ComparisonRow
    min_n : int, optional
        As of `pair_arms`.
    """
    where = f"Comparison {row.comparison}"
    base, other = (select_arm(scores, *arm, where) for arm in row.arms.values())
    return pair_arms(base, other, row.comparison, min_n)


def _only_arm(frame: pl.DataFrame, comparison: str, side: str) -> ArmKey:
    arms = frame.select(ARM_KEY).unique().sort(ARM_KEY).rows()
    if len(arms) == 1:
        model, benchmark, protocol = arms[0]
        return model, benchmark, protocol
    held = "; ".join(" / ".join(arm) for arm in arms) or "none"
    raise InputError(
        f"Comparison {comparison}: the {side} scores must hold one arm "
        f"(model / benchmark / protocol), found {held}."
    )
