"""What was tried against the verifier, and where rules of grading disagree.

Read from verdicts, one arm after the other.  An attack that was seen at run
time is a breach, and its verdict is violation; what was only seen in the source
is a trick, and the verdict stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.audit.tables import AUDIT, AUDIT_KINDS, DISAGREEMENTS
from boundary.analyses.record import Options
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import share_interval
from boundary.analysis.questions import Questions
from boundary.columns import ARM_KEY
from boundary.errors import TableError
from boundary.jobs.reading import ArmTables
from boundary.kinds import kind as kind_of
from boundary.questions import ASKED, question_clusters, question_digests
from boundary.tables import check

#: Names of one kind taken together.
ANY = "any"
#: Columns of verdicts that the audit reads.
READ = (
    *("problem_id", "sample_index", "answer", "extraction", "verdict", "correct"),
    *("correct_lenient", "correct_agreed", "breach", "tricks", "sandbox", "remarks"),
)
#: The column that tells of each kind, and kinds of which one asks whether any was seen.
_COLUMNS = {
    **{"breach": "breach", "trick": "tricks", "sandbox": "sandbox"},
    **{"extraction": "extraction", "remark": "remarks"},
}
_TAKEN_TOGETHER = ("breach", "trick")


@dataclass(frozen=True)
class Counts:
    """What one arm shows.

    Attributes
    ----------
    labels : dict
        Its model, benchmark and protocol.
    sizes : polars.DataFrame
        problem_id and n, its responses; question, a digest, where it is known.
    shown : polars.DataFrame
        kind, name, problem_id and the number of responses.
    known : frozenset of str
        The kinds that its grader looks for.
    """

    labels: dict[str, str]
    sizes: pl.DataFrame
    shown: pl.DataFrame
    known: frozenset[str]


def count_arm(
    labels: Mapping[str, str], verdicts: pl.DataFrame, problems: pl.DataFrame | None = None
) -> Counts:
    """Count what the verdicts of one arm show of attacks, sandboxes, answers and remarks.

    Parameters
    ----------
    labels : mapping
        model, benchmark and protocol.
    verdicts : polars.DataFrame
        A verdicts table.  Of programs it has ``breach``, ``tricks`` and
        ``sandbox``, of answers ``extraction``, of both ``remarks``.
    problems : polars.DataFrame, optional
        ``benchmark``, ``problem_id`` and ``question`` of its problems: those that
        ask the same are one.  With ``answer``, ``kind`` and ``metadata`` clusters
        are known too.

    Raises
    ------
    TableError
        When there is no verdict at all.
    """
    if verdicts.is_empty():
        arm = " / ".join(labels[name] for name in ARM_KEY)
        raise TableError(f"{arm}: its verdicts have no rows, so there is nothing to look through.")
    known = {kind: name for kind, name in _COLUMNS.items() if name in verdicts.columns}
    parts = [pl.DataFrame(schema=dict.fromkeys(("kind", "name", "problem_id"), pl.String))]
    for kind, column in known.items():
        rows = verdicts.filter(pl.col(column).is_not_null())
        split = pl.col(column).str.split(",").list.unique()
        names = rows.select("problem_id", name=split).explode("name")
        parts.append(names.select(pl.lit(kind).alias("kind"), "name", "problem_id"))
        if kind in _TAKEN_TOGETHER:
            parts.append(
                rows.select(pl.lit(kind).alias("kind"), pl.lit(ANY).alias("name"), "problem_id")
            )
    shown = pl.concat(parts).group_by("kind", "name", "problem_id").agg(responses=pl.len())
    sizes = verdicts.group_by("problem_id").agg(n=pl.len()).sort("problem_id")
    if problems is not None:
        rows = problems.filter(pl.col("benchmark") == labels["benchmark"])
        if set(rows.columns) >= ASKED:
            asked = question_clusters(rows, f"problems of {labels['benchmark']}")
        else:
            asked = rows.select("problem_id", question_digests(rows["question"]))
        sizes = sizes.join(asked, on="problem_id", how="left", maintain_order="left")
    return Counts({name: labels[name] for name in ARM_KEY}, sizes, shown, frozenset(known))


def audit_table(arms: Iterable[Counts], confidence: float = 0.95) -> pl.DataFrame:
    """Return how often each breach and each trick occurs, by arm.

    Responses to one problem are no independent draws, so a share is the mean
    over problems of the share among a problem's responses, and its interval is
    over problems, as that of every share of the project (`intervals`).  A name
    that any arm shows has a row in each arm that was looked at for it, where
    none is a count too; ``any`` stands for all names of its kind.

    Parameters
    ----------
    arms : iterable of Counts
        As of `count_arm`.
    confidence : float
        Level of the intervals.

    Returns
    -------
    polars.DataFrame
        An AUDIT table.
    """
    arms = list(arms)
    names = {kind: {ANY} if kind in _TAKEN_TOGETHER else set() for kind in AUDIT_KINDS}
    for arm in arms:
        for kind, name in arm.shown.select("kind", "name").unique().iter_rows():
            names[kind].add(name)
    rows = [
        {**arm.labels, "kind": kind, "name": name, **_share(arm, kind, name, confidence)}
        for arm in arms
        for kind in sorted(arm.known)
        for name in sorted(names[kind])
    ]
    frame = pl.DataFrame(rows, schema=column_types(AUDIT))
    return check(frame, AUDIT, "audit of the study").sort(AUDIT.key)


def _share(arm: Counts, kind: str, name: str, confidence: float) -> dict[str, int | float]:
    shown = arm.shown.filter((pl.col("kind") == kind) & (pl.col("name") == name))
    joined = arm.sizes.join(shown, on="problem_id", how="left", maintain_order="left")
    n = joined["n"].to_numpy().astype(np.float64)
    hits = joined["responses"].fill_null(0).to_numpy().astype(np.float64)
    questions = Questions.of(arm.sizes)
    mean, se = questions.mean_and_se(hits / n)
    low, high = share_interval(mean, se, questions.units, confidence)
    return {
        "responses": int(hits.sum()),
        "problems": int((questions.total(hits) > 0).sum()),
        "n_responses": int(n.sum()),
        "n_problems": questions.m,
        "share": float(mean),
        "ci_low": float(low),
        "ci_high": float(high),
    }


def disagreements(
    labels: Mapping[str, str], verdicts: pl.DataFrame, problems: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the answers of one arm on which the rules of grading differ.

    Parameters
    ----------
    labels : mapping
        model, benchmark and protocol.
    verdicts : polars.DataFrame
        A verdicts table; without the columns of other rules nothing differs.
    problems : polars.DataFrame, optional
        Its problems, for the gold answers.

    Returns
    -------
    polars.DataFrame
        A DISAGREEMENTS table: one row for each problem, answer and outcome,
        with how many responses it stands for and the first of them.
    """
    types = column_types(DISAGREEMENTS)
    other = ("correct_lenient", "correct_agreed")
    rows = verdicts.with_columns(
        pl.lit(None, dtype=pl.Boolean).alias(name) for name in other if name not in verdicts.columns
    ).filter(
        pl.any_horizontal((pl.col(name) != pl.col("correct")).fill_null(False) for name in other)
    )
    gold = pl.DataFrame(schema={"problem_id": pl.String, "gold": pl.String})
    if problems is not None:
        of_arm = problems.filter(pl.col("benchmark") == labels["benchmark"])
        gold = of_arm.select("problem_id", gold="answer")
    counted = (
        rows.group_by("problem_id", "answer", "verdict", "correct", *other)
        .agg(responses=pl.len(), first_sample=pl.col("sample_index").min())
        .join(gold, on="problem_id", how="left")
        .with_columns(pl.lit(labels[name]).alias(name) for name in ARM_KEY)
    )
    frame = counted.with_columns(pl.col(name).cast(kind) for name, kind in types.items())
    return check(frame.select(list(types)), DISAGREEMENTS, "disagreements").sort(DISAGREEMENTS.key)


class Looked(NamedTuple):
    """What one arm shows: counts, and answers on which rules of grading differ."""

    counts: Counts
    differing: pl.DataFrame | None


def compute(arm: ArmInputs, options: Options) -> Looked:
    """Look through one arm."""
    verdicts = arm.verdicts(READ)
    columns = ("benchmark", "problem_id", "question", "answer", "kind", "metadata", "images")
    problems = arm.problems(columns)
    counts = count_arm(arm.labels, verdicts, problems)
    agreed = arm.kind is not None and "agreed" in kind_of(arm.kind).rules
    differing = disagreements(arm.labels, verdicts, problems) if agreed else None
    return Looked(counts, differing)


def combine(arms: list[Looked], job: ArmTables) -> dict[str, pl.DataFrame]:
    """Return the tables of a study: a name that one arm shows has a row in every arm."""
    differing = [arm.differing for arm in arms if arm.differing is not None]
    tables = {AUDIT.name: audit_table([arm.counts for arm in arms], job.confidence)}
    return tables | ({DISAGREEMENTS.name: pl.concat(differing)} if differing else {})
