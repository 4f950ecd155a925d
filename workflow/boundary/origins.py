"""Whether tables that meet are of one origin.

What was made from a response or from a problem carries the digest of it, row by
row: a verdict, a log-probability, a score.  Where such rows meet responses or
problems again, the digests are compared.  A digest is of content alone: a table
that is made anew with the same rows is the same, whatever its metadata, and rows
that another tool merged, split or copied still tell.  Where a digest is null or
its column absent (files of others, or of an older version) nothing is checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from boundary.digests import canonical_json
from boundary.errors import TableError
from boundary.images import digests_of
from boundary.kinds import names
from boundary.options import judged_by
from boundary.store import read_provenance

#: Of the response that a row is about, of its problem, and of all responses to a problem.
RESPONSE, PROBLEM, RESPONSES = "response_digest", "problem_digest", "responses_digest"
KEY = ("problem_id", "sample_index")
#: What a shard of some problems records: the digest of the questions of all.
ALL_QUESTIONS = "all_questions"
#: On what of a problem a verdict depends.
_OF_PROBLEM = ("kind", "question", "answer", "tests")
#: Kinds of which that is so of all metadata.
_WITH_METADATA = names(lambda kind: kind.metadata)
SHOWN = 5


def _number(text: str) -> int:
    """Return the first 53 bits of SHA-256.

    So many survive a column of floats, to which pandas turns one that has a null.
    """
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 11


def response_digests(responses: pl.Series) -> pl.Series:
    """Return a digest of each response, equal for equal responses, as Int64."""
    return pl.Series(RESPONSE, map(_number, responses), dtype=pl.Int64)


def problem_digests(problems: pl.DataFrame) -> pl.DataFrame:
    """Return benchmark, problem_id and a digest of what a verdict depends on.

    Parameters
    ----------
    problems : polars.DataFrame
        ``benchmark``, ``problem_id``, ``kind``, ``question``, ``answer``, ``tests``
        and, for problems with options, ``metadata``.
    """
    if "metadata" not in problems.columns:
        problems = problems.with_columns(metadata=pl.lit(None, pl.String))
    rows = problems.select(*_OF_PROBLEM, "metadata").iter_rows()
    digests = (_number(canonical_json(_of_problem(*row))) for row in rows)
    return problems.select("benchmark", "problem_id").with_columns(
        pl.Series(PROBLEM, digests, dtype=pl.Int64)
    )


def _of_problem(kind: str, *rest: str | None) -> list[Any]:
    *texts, metadata = rest
    options = metadata if kind in _WITH_METADATA else judged_by(kind, metadata)
    return [kind, *texts, *([options] if options else [])]


def with_digests(verdicts: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Put beside each verdict the digests of the response and the problem that were judged.

    Parameters
    ----------
    verdicts : polars.DataFrame
        One row an item.
    items : polars.DataFrame
        What was judged, of one benchmark, as of `boundary.verify.items.join`.
    """
    problems = items.unique("problem_id").with_columns(benchmark=pl.lit(""))
    judged = items.select(*KEY, response_digests(items["response"])).join(
        problem_digests(problems).drop("benchmark"), on="problem_id", how="left"
    )
    return verdicts.join(judged, on=list(KEY), how="left", maintain_order="left")


def differing(one: pl.DataFrame, two: pl.DataFrame, digest: str, on: Sequence[str]) -> pl.DataFrame:
    """Return the keys, sorted, under which two frames carry different digests."""
    if digest not in one.columns or digest not in two.columns:
        return one.select(on).clear()
    return (
        one.select(*on, digest)
        .join(two.select(*on, other=digest), on=list(on), how="inner")
        .filter(pl.col(digest) != pl.col("other"))
        .select(on)
        .unique()
        .sort(on)
    )


def check_problems(
    rows: pl.DataFrame, path: Path | str, known: pl.DataFrame, problems: Path | str, again: str
) -> None:
    """Require that rows were made from the problems that a table holds now.

    Parameters
    ----------
    rows : polars.DataFrame
        ``problem_id`` and, where they tell, ``problem_digest``; of one benchmark.
    path : Path or str
        Their file.
    known : polars.DataFrame
        As of `problem_digests`, of that benchmark.
    problems : Path or str
        Its file.
    again : str
        The commands by which the rows are made anew.

    Raises
    ------
    TableError
        Naming both files and the problems that differ.
    """
    changed = differing(rows, known, PROBLEM, ["problem_id"])["problem_id"]
    if len(changed):
        raise TableError(
            f"{path}: was made from other problems than {problems} holds: question, gold answer, "
            f"kind, options or tests of {len(changed)} of {rows['problem_id'].n_unique()} "
            f"problem(s) differ, first {', '.join(changed.head(SHOWN))}. Give the problems from "
            f"which it was made, or run {again} again with these."
        )


def check_responses(
    rows: pl.DataFrame,
    path: Path | str,
    responses: pl.DataFrame,
    samples: Sequence[Path | str],
    again: str,
) -> None:
    """Require that rows are of the responses of samples, or of what else was made from them.

    Parameters
    ----------
    rows : polars.DataFrame
        ``problem_id``, ``sample_index`` and, where they tell, ``response_digest``.
    path : Path or str
        Their file.
    responses : polars.DataFrame
        The same columns, from the responses themselves.
    samples : sequence of Path or str
        The files of those.
    again : str
        The commands by which the rows are made anew.

    Raises
    ------
    TableError
        Naming the files and the first responses that differ.
    """
    changed = differing(rows, responses, RESPONSE, KEY)
    if changed.height:
        first = "; ".join(f"problem {p}, sample {i}" for p, i in changed.head(SHOWN).rows())
        raise TableError(
            f"{path}: {changed.height} of {rows.height} rows are of other responses than "
            f"{_files(samples)}, first {first}. Give what was made from these, or run {again} "
            f"again with them."
        )


def check_counts(
    scores: pl.DataFrame, path: Path | str, rows: pl.DataFrame, samples: Sequence[Path | str]
) -> None:
    """Require that scores count the responses that samples hold.

    Parameters
    ----------
    scores : polars.DataFrame
        Of one arm.
    path : Path or str
        Their file.
    rows : polars.DataFrame
        ``problem_id`` and ``response_digest`` of all responses of the arm.
    samples : sequence of Path or str
        The files of those.

    Raises
    ------
    TableError
        Naming the files and the first problems whose responses differ.
    """
    changed = differing(scores, responses_of(rows), RESPONSES, ["problem_id"])["problem_id"]
    if len(changed):
        raise TableError(
            f"{path}: counts other responses than {_files(samples)} hold, to {len(changed)} "
            f"problem(s), first {', '.join(changed.head(SHOWN))}. Give all samples from which the "
            f"scores were made, or run score again with these and their verdicts."
        )


def solved_digest(rows: pl.DataFrame) -> str:
    """Return a digest of how often each problem was solved, from scores or from verdicts.

    Parameters
    ----------
    rows : polars.DataFrame
        ``problem_id`` and ``correct`` (counts or truth values) of one arm.
    """
    correct = rows.select("problem_id", pl.col("correct").cast(pl.Int64)).filter(
        pl.col("correct") > 0
    )
    solved = correct.group_by("problem_id").agg(pl.col("correct").sum()).sort("problem_id")
    return f"{_number(canonical_json(solved.rows())):016x}"


def _files(paths: Sequence[Path | str]) -> str:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{paths[0]}{more}"


def questions_digest(problems: pl.DataFrame) -> str:
    """Return a digest of questions, with their images, for the provenance of their samples."""
    if "images" not in problems.columns:
        problems = problems.with_columns(images=pl.lit(None))
    rows = problems.select("problem_id", "question", "images").sort("problem_id").iter_rows()
    asked = [(name, _number(text), *digests_of(images)) for name, text, images in rows]
    return f"{_number(canonical_json(asked)):016x}"


def check_questions(
    samples: Sequence[Path], keys: pl.DataFrame, problems: pl.DataFrame, path: Path
) -> None:
    """Require that samples were drawn from the questions that a problem table holds now.

    Parameters
    ----------
    samples : sequence of Path
        Sample shards of one arm.
    keys : polars.DataFrame
        ``benchmark`` and ``problem_id`` of their rows.
    problems : polars.DataFrame
        ``benchmark``, ``problem_id`` and ``question``.
    path : Path
        The file of the problems.

    Raises
    ------
    TableError
        Naming the shard and the problem table.
    """
    asked = problems.join(keys, on=["benchmark", "problem_id"], how="semi")
    questions = {
        "questions": questions_digest(asked),
        ALL_QUESTIONS: questions_digest(problems.join(keys, on="benchmark", how="semi")),
    }
    for shard in samples:
        recorded = read_provenance(shard).get("inputs", {})
        key = ALL_QUESTIONS if ALL_QUESTIONS in recorded and keys.height else "questions"
        now = questions[key]
        then = recorded.get(key, now)
        if then != now:
            raise TableError(
                f"{shard}: was sampled from other questions than {path} holds (digest {then}, now "
                f"{now}). Give the problems that were sampled, or sample these."
            )


def scored(scores: pl.DataFrame, rows: pl.DataFrame, problems: pl.DataFrame) -> pl.DataFrame:
    """Put beside each score the digests of its problem and of all responses to it.

    Parameters
    ----------
    scores : polars.DataFrame
        Of one arm.
    rows : polars.DataFrame
        Its samples, with ``response_digest``.
    problems : polars.DataFrame
        As of `problem_digests`.
    """
    keys = ["benchmark", "problem_id"]
    return scores.join(responses_of(rows), on="problem_id", how="left").join(
        problems, on=keys, how="left"
    )


def responses_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a digest of all responses to each problem, in whatever order or files they stand."""
    # Sums of 31 bits do not overflow.
    return rows.group_by("problem_id").agg((pl.col(RESPONSE) % 2**31).sum().alias(RESPONSES))
