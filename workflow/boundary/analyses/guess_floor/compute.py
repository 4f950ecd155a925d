"""The tables of the guess floor, and of what each model solves beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.guess_floor import GuessOptions
from boundary.analyses.guess_floor.excess import Solver, gains, interval_of
from boundary.analyses.guess_floor.floor import bias, curves, too_low
from boundary.analyses.guess_floor.guesses import read_guesses
from boundary.analyses.guess_floor.tables import EXCESS, EXCESS_GAIN, GUESS_FLOOR
from boundary.analysis.enough import leave_some
from boundary.analysis.intervals import Floats, share_interval, widen_to_monotone
from boundary.analysis.passk import curve_at, few_ks
from boundary.columns import ARM_KEY
from boundary.errors import InputError
from boundary.jobs.reading import ArmTables
from boundary.tables import check


class Guessed(NamedTuple):
    """The tables of one arm, and what its comparisons need."""

    floor: pl.DataFrame
    excess: pl.DataFrame
    solver: Solver


def guess_tables(
    problems: pl.DataFrame,
    verdicts: pl.DataFrame,
    labels: Mapping[str, str],
    confidence: float = 0.95,
    k_max: int | None = None,
    min_n: int | None = None,
    max_unset: float = 0.0,
) -> Guessed:
    """Return the guess floor of one arm for k = 1..k_max, and its excess above it up to n.

    Parameters
    ----------
    problems : polars.DataFrame
        Columns ``benchmark``, ``problem_id`` and ``answer`` (gold) of a
        PROBLEMS table; other benchmarks in it are ignored.  With ``question``,
        ``kind`` and ``metadata`` too, problems that ask the same are one, and of
        multiple choice the number of options is known.
    verdicts : polars.DataFrame
        Columns ``problem_id``, ``answer`` and ``correct`` of the arm's VERDICTS
        table, one row a sample.  A sample without an answer is a guess of nothing:
        it counts among the samples and equals no gold answer.
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
    floor : polars.DataFrame
        GUESS_FLOOR.  Unlike pass@k the floor needs no k ≤ n; it is flagged where
        its estimated ``bias`` makes it too low (`floor.too_low`), and null
        throughout for a benchmark of one problem, which has no others.
    excess : polars.DataFrame
        EXCESS, of the samples that have a verdict: pass@k minus the floor for
        k up to the arm's smallest n, flagged beyond half of it.
    solver : Solver
        What a comparison with another arm needs.

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
    guesses, ids, questions = read_guesses(problems, verdicts, labels, max_unset)
    counted = (
        verdicts.group_by("problem_id")
        .agg(n=pl.len().cast(pl.Int64), correct=pl.col("correct").sum().cast(pl.Int64))
        .sort("problem_id")
    )
    n, correct = counted["n"].to_numpy(), counted["correct"].to_numpy()
    n_min, m = int(n.min()), len(guesses.gold)
    k = np.arange(1, (k_max or n_min) + 1, dtype=np.int64)
    inside = k[: min(len(k), n_min)]
    solved = questions.mean(curve_at(n, correct, inside))
    off = bias(guesses, k)
    # One problem has no others, so that all of it is null.
    mean, se, beyond, beyond_se = np.full((4, len(k)), np.nan)
    flagged = np.ones(len(k), dtype=bool)
    if m > 1:
        mean, se, beyond, beyond_se = curves(guesses, k, solved)
        flagged = too_low(se, off)
    ends = share_interval(mean, se, guesses.units, confidence)
    curve = _columns(pass_at_k=mean, se=se, ends=widen_to_monotone(*ends))
    floor = pl.DataFrame({"k": k, **curve, "flagged": flagged, "bias": off})
    ends = interval_of(beyond, beyond_se, guesses.units, confidence)
    excess = pl.DataFrame(_columns(excess=beyond, se=beyond_se, ends=ends)).head(len(inside))
    excess = excess.with_columns(
        k=inside,
        flagged=2 * inside > n_min,
        floor_flagged=flagged[: len(inside)],
        floor_bias=off[: len(inside)],
    )
    common = {name: pl.lit(labels[name]) for name in ARM_KEY}
    common |= {"n_problems": pl.lit(m, dtype=pl.Int64), "n_min": pl.lit(n_min, dtype=pl.Int64)}
    ks = few_ks(len(inside))
    solver = Solver(
        (labels["model"], labels["benchmark"], labels["protocol"]),
        ids[questions.first].to_list(),
        guesses,
        n_min,
        ks,
        solved[:, ks - 1],
        flagged[ks - 1],
    )
    floor, excess = (
        check(
            frame.fill_nan(None).with_columns(**common).select(list(table.columns)),
            table,
            table.name,
        )
        for frame, table in ((floor, GUESS_FLOOR), (excess, EXCESS))
    )
    return Guessed(floor, excess, solver)


def _columns(ends: tuple[Floats, Floats], **estimates: Floats) -> dict[str, Floats]:
    return estimates | {"ci_low": ends[0], "ci_high": ends[1]}


def compute(arm: ArmInputs, options: GuessOptions) -> Guessed:
    """Return the guess floor of one arm, and what it solves beyond.

    Raises
    ------
    InputError
        When the job names no problems.
    """
    problems = arm.problems()
    if problems is None:
        raise InputError(f"--spec: {' / '.join(arm.labels.values())} names no problems.")
    return guess_tables(
        problems,
        arm.verdicts(("answer",)).select("problem_id", "answer", "correct"),
        arm.labels,
        confidence=arm.confidence,
        k_max=options.k_max,
        min_n=arm.min_n,
        max_unset=arm.max_unset,
    )


def combine(arms: list[Guessed], job: ArmTables) -> dict[str, pl.DataFrame]:
    """Return the tables of a study: those of every arm, and of its comparisons."""
    if not arms:
        return {}
    return {
        GUESS_FLOOR.name: pl.concat(arm.floor for arm in arms),
        EXCESS.name: pl.concat(arm.excess for arm in arms),
        EXCESS_GAIN.name: gains(
            (arm.solver for arm in arms), job.comparisons or (), job.confidence
        ),
    }
