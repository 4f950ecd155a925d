"""Tables read together: where two meet, they are held against each other (`boundary.origins`)."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from boundary.errors import InputError, TableError
from boundary.origins import (
    KEY,
    PROBLEM,
    RESPONSE,
    SHOWN,
    check_problems,
    check_responses,
    differing,
    problem_digests,
)
from boundary.questions import question_digests
from boundary.store import read_lengths, read_provenance, read_table
from boundary.tables import PROBLEMS, SCORES, UNTESTED, VERDICTS_TABLE, check

#: Bytes of tests that are held at a time.
TEST_BYTES = 32 * 2**20


def read_problem_digests(path: Path) -> pl.DataFrame:
    """Return `boundary.origins.problem_digests` of a file; few of its tests are held at a time."""
    path = Path(path)
    at = path.stat() if path.is_file() else None
    return _problem_digests(path, *((at.st_mtime_ns, at.st_size) if at else ()))


def read_asked(path: Path) -> pl.DataFrame:
    """Return a problem table with the tests of questions alone that ask for a program twice."""
    rows = read_table(path, PROBLEMS, columns=UNTESTED)
    asked = rows.filter(kind="code").select("benchmark", "problem_id", "question")
    asked = asked.with_columns(question_digests(asked["question"]))
    twice = asked.filter(pl.struct("benchmark", "question").is_duplicated())["problem_id"]
    if twice.is_empty():
        return rows
    tests = read_table(
        path,
        PROBLEMS,
        columns=(*PROBLEMS.key, "tests"),
        where=pl.col("problem_id").is_in(twice.to_list()),
    )
    return rows.join(tests, on=list(PROBLEMS.key), how="left")


@functools.lru_cache(maxsize=16)
def _problem_digests(path: Path, *version: int) -> pl.DataFrame:
    """Read a table once for all arms of its benchmark."""
    del version
    pieces = list(_pieces(read_lengths(path, PROBLEMS, "tests"))) or [[]]
    return pl.concat(
        problem_digests(read_table(path, PROBLEMS, where=pl.col("problem_id").is_in(names)))
        for names in pieces
    )


def _pieces(lengths: pl.DataFrame) -> Iterator[list[str]]:
    """Split problems into runs whose tests take few bytes together."""
    sizes = lengths.group_by("problem_id").agg(pl.sum("bytes")).sort("problem_id")
    run = pl.col("bytes").cum_sum().shift(1, fill_value=0) // TEST_BYTES
    for piece in sizes.with_columns(run=run).partition_by("run", maintain_order=True):
        yield piece["problem_id"].to_list()


def read_verdicts(
    paths: Sequence[Path],
    problems: Path | None,
    benchmark: str | None,
    *,
    columns: Collection[str] | None = None,
    responses: pl.DataFrame | None = None,
    samples: Sequence[Path | str] = ("the samples",),
) -> pl.DataFrame:
    """Read the verdicts of one arm, each file held against problems and samples.

    Parameters
    ----------
    paths : sequence of Path
        Verdict shards.
    problems : Path, optional
        The problem table that they shall have been made from.
    benchmark : str
        Of which benchmark they are.
    columns : collection of str, optional
        What to read; by default all.
    responses : polars.DataFrame, optional
        ``problem_id``, ``sample_index`` and ``response_digest`` of the samples.
    samples : sequence of Path
        The files of those.

    Raises
    ------
    TableError
        Naming the first file that was made from other problems or responses,
        and where they differ.
    """
    read = None if columns is None else tuple({*columns, *KEY, PROBLEM, RESPONSE})
    known = None
    if problems is not None:
        known = read_problem_digests(problems).filter(pl.col("benchmark") == benchmark)
    frames = []
    for path in paths:
        rows = read_table(path, VERDICTS_TABLE, columns=read)
        if responses is not None:
            check_responses(rows, path, responses, samples, "verify")
        if known is not None and problems is not None:
            check_problems(rows, path, known, problems, "verify")
        frames.append(rows)
    whole = pl.concat(frames, how="diagonal")
    table = VERDICTS_TABLE if read is None else VERDICTS_TABLE.only(read)
    return check(whole, table, f"{paths[0]} and {len(paths) - 1} more")


def graders_of(verdicts: Sequence[Path]) -> dict[str, str]:
    """Return the digest of the grader of each kind of problem, as far as verdicts tell.

    Raises
    ------
    InputError
        When two files of one arm were judged by different graders.
    """
    known: dict[str, str] = {}
    told_by: dict[str, Path] = {}
    for path in verdicts:
        for kind, grader in read_provenance(path).get("graders", {}).items():
            if known.setdefault(kind, grader) != grader:
                raise InputError(
                    f"{told_by[kind]} and {path}: were judged by different graders of {kind} "
                    f"({known[kind]} and {grader}), so that their counts do not add up. Run verify "
                    f"again for the older."
                )
            told_by.setdefault(kind, path)
    return known


def read_scores(paths: Sequence[Path]) -> pl.DataFrame:
    """Read several score tables into one, after `check_scores`."""
    frames = {path: read_table(path, SCORES) for path in paths}
    check_scores(frames)
    return check(pl.concat(frames.values(), how="diagonal"), SCORES, " and ".join(map(str, frames)))


def check_scores(scores: Mapping[Path, pl.DataFrame]) -> None:
    """Require that scores of one benchmark are of the same problems.

    Raises
    ------
    TableError
        Naming the first two files in which a problem differs.
    """
    keys = ["benchmark", "problem_id"]
    known = pl.DataFrame(
        schema={**dict.fromkeys(keys, pl.String), PROBLEM: pl.Int64, "at": pl.Int64}
    )
    paths = list(scores)
    for number, (path, frame) in enumerate(scores.items()):
        if PROBLEM not in frame.columns:
            continue
        changed = differing(frame, known, PROBLEM, keys)
        if changed.height:
            benchmark, first = changed.row(0)
            told = known.filter(benchmark=benchmark, problem_id=first)["at"][0]
            names = changed.filter(benchmark=benchmark)["problem_id"]
            raise TableError(
                f"{path} and {paths[told]}: {len(names)} problem(s) of benchmark {benchmark} are "
                f"not the same in both (question, gold answer, kind or tests differ), first "
                f"{', '.join(names.head(SHOWN))}. Verify and score both with one problem table."
            )
        fresh = frame.select(*keys, PROBLEM, at=pl.lit(number, dtype=pl.Int64)).drop_nulls()
        known = pl.concat([known, fresh]).unique(keys, keep="first", maintain_order=True)
