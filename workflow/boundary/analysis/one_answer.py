"""What two models come to by one answer made of N samples, paired over the problems of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from boundary.analysis.common import columns_on, common_problems
from boundary.analysis.explained import mean_between
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats, share_interval
from boundary.analysis.questions import Questions
from boundary.analysis.share_curve import share_curve
from boundary.checking import Table
from boundary.jobs.reading import ArmTables, ComparedArms


@dataclass(frozen=True)
class Answers:
    """How often one answer of N samples of an arm is right, problem by problem.

    Attributes
    ----------
    labels : dict
        ``model``, ``benchmark`` and ``protocol``.
    problems : polars.DataFrame [R]
        ``problem_id`` with ``question`` and ``cluster`` where they are known.
    ks : list of int [K]
        The N: powers of two.
    n_min : int
        Samples that every problem has.
    shares : dict of float64 array [R, K]
        By how the answer is made.
    """

    labels: Mapping[str, str]
    problems: pl.DataFrame
    ks: list[int]
    n_min: int
    shares: Mapping[str, Floats]

    def curve(self, name: str, rank: str, confidence: float) -> dict[str, Any]:
        """Return columns of a table with a row an N, as `share_curve` makes them."""
        questions = Questions.of(self.problems)
        return share_curve(name, self.shares[rank], self.ks, questions, self.n_min, confidence)


def pairs_table(arms: Iterable[Answers], job: ArmTables, table: Table) -> pl.DataFrame:
    """Return what the two models of each comparison come to, at each N that both have.

    ``diff`` is base less other, each by one answer of N samples; ``base_lead`` one answer of N
    samples of the base less one sample of the other, and ``other_lead`` the reverse.  Exchanging
    the models exchanges the leads and turns ``diff``.

    Parameters
    ----------
    arms : iterable of Answers
    job : ArmTables
        With the comparisons; those of arms that are not there, or share no problem, are left out.
    table : Table
        One of `boundary.comparison_tables.one_answer_table`.
    """
    by_arm = {tuple(arm.labels.values()): arm for arm in arms}
    rows: list[dict[str, Any]] = []
    for pair in job.comparisons or ():
        base, other = (by_arm.get(arm) for arm in pair.arms.values())
        rows += _rows(pair, base, other, job.confidence) if base and other else ()
    return pl.DataFrame(rows, schema=column_types(table))


def _rows(
    pair: ComparedArms, base: Answers, other: Answers, confidence: float
) -> Iterator[dict[str, Any]]:
    frames = [side.problems.with_columns(at=pl.int_range(pl.len())) for side in (base, other)]
    common = common_problems(frames)
    if common.is_empty():
        return
    places = [columns_on(common, frame, "at")["at"].to_numpy() for frame in frames]
    questions = Questions.of(common)
    problems = Questions(np.arange(questions.m), questions.cluster)
    n_min = min(base.n_min, other.n_min)
    names = pair.model_dump() | {"other_protocol": pair.other_protocol or pair.protocol}
    for rank in [rank for rank in base.shares if rank in other.shares]:
        sides = [
            questions.mean(side.shares[rank][at])
            for side, at in zip((base, other), places, strict=True)
        ]
        for i, k in enumerate(k for k in base.ks if k in other.ks):
            of_base, of_other = (side[:, i] for side in sides)
            yield {
                **names,
                "rank": rank,
                "k": k,
                **_share("base_right", of_base, problems, confidence),
                **_share("other_right", of_other, problems, confidence),
                **_difference("diff", of_base - of_other, problems, confidence),
                **_difference("base_lead", of_base - sides[1][:, 0], problems, confidence),
                **_difference("other_lead", of_other - sides[0][:, 0], problems, confidence),
                "n_problems": questions.m,
                "n_min": n_min,
                "flagged": 2 * k > n_min,
            }


def _share(name: str, values: Floats, problems: Questions, confidence: float) -> dict[str, float]:
    mean, se = problems.mean_and_se(values[:, None])
    low, high = share_interval(mean, se, problems.units, confidence)
    return {
        name: min(1.0, max(0.0, float(mean[0]))),
        f"{name}_low": low[0],
        f"{name}_high": high[0],
    }


def _difference(
    name: str, values: Floats, problems: Questions, confidence: float
) -> dict[str, float]:
    ends = mean_between(values, problems, confidence)
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
