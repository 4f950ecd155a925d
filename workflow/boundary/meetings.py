"""Tables read together: where two meet, they are held against each other (`boundary.origins`)."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from boundary.columns import ARM_KEY
from boundary.errors import InputError, TableError
from boundary.imported import samples_table
from boundary.kinds import names
from boundary.origins import (
    KEY,
    PROBLEM,
    RESPONSE,
    RESPONSES,
    SHOWN,
    check_counts,
    check_problems,
    check_questions,
    check_responses,
    differing,
    problem_digests,
    response_digests,
    solved_digest,
)
from boundary.questions import question_digests
from boundary.store import as_whole, distinct_names, read_lengths, read_provenance, read_table
from boundary.tables import (
    LIKELIHOODS,
    PROBLEMS,
    SCORES,
    UNTESTED,
    VERDICTS_TABLE,
)

#: Kinds whose problems come with tests.
TESTED = names(lambda kind: kind.tests)
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
    asked = rows.filter(pl.col("kind").is_in(TESTED)).select("benchmark", "problem_id", "question")
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
    table = VERDICTS_TABLE if read is None else VERDICTS_TABLE.only(read)
    whole = as_whole(frames, table, f"{paths[0]} and {len(paths) - 1} more")
    if "grader" in whole.columns:
        _one_grader(whole, paths)
    return whole


def _one_grader(verdicts: pl.DataFrame, paths: Sequence[Path]) -> None:
    """Require that all responses to a problem were judged by one grader."""
    if verdicts["grader"].n_unique() == 1:
        return
    graders = verdicts.group_by("problem_id").agg(pl.col("grader").unique().sort())
    mixed = graders.filter(pl.col("grader").list.len() > 1).sort("problem_id")
    if mixed.height:
        name, names = mixed.row(0)
        raise TableError(
            f"{paths[0]} and {len(paths) - 1} more: responses to {mixed.height} problem(s) were "
            f"judged by different graders, such as {name} by {' and '.join(names)}, so that their "
            f"counts do not add up. Run verify again for the older."
        )


def read_likelihoods(
    paths: Sequence[Path],
    verdicts: Mapping[tuple[str, str, str], pl.DataFrame],
    judged: Mapping[tuple[str, str, str], Sequence[Path]],
) -> pl.DataFrame:
    """Read likelihood tables, each held against the verdicts on the responses that it scores.

    Parameters
    ----------
    paths : sequence of Path
        Likelihood tables.
    verdicts, judged : mapping
        Verdicts, and their files, by model, benchmark and protocol.

    Raises
    ------
    TableError
        Naming the first two files that are of different responses.
    """
    frames = []
    for path in paths:
        rows = read_table(path, LIKELIHOODS)
        for (model, benchmark, protocol), known in verdicts.items():
            scored = rows.filter(source_model=model, benchmark=benchmark, protocol=protocol)
            files = judged[model, benchmark, protocol]
            check_responses(scored, path, known, files, "likelihood or verify")
        frames.append(rows)
    return as_whole(frames, LIKELIHOODS, f"{paths[0]} and {len(paths) - 1} more")


def read_pairs(
    problems: Path,
    samples: Sequence[Path],
    verdicts: Sequence[Path],
    labels: Mapping[str, str],
    scores: Path | None = None,
    first: bool = False,
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Read the shards of an arm pair by pair, each held against all that it meets.

    Parameters
    ----------
    problems : Path
        The problem table.
    samples, verdicts : sequence of Path
        Shards, in the same order.
    labels : mapping
        ``model``, ``benchmark`` and ``protocol`` of the arm.
    scores : Path, optional
        What shall count the same responses and problems.
    first : bool
        Whether to read no more than the first response to each problem.

    Yields
    ------
    samples, verdicts : polars.DataFrame
        One pair lies in memory at a time.

    Raises
    ------
    TableError
        Naming two files of different origin; of scores only after the last pair.
    """
    if len(samples) != len(verdicts):
        raise InputError(
            f"--spec: {labels['model']} has {len(samples)} sample shard(s) and {len(verdicts)} "
            f"verdict shard(s); give them in pairs."
        )
    asked = read_table(problems, PROBLEMS, columns=(*PROBLEMS.key, "question", "images"))
    parts = []
    for sampled, judged in zip(samples, verdicts, strict=True):
        only = pl.col("sample_index") == 0 if first else None
        rows = read_table(sampled, samples_table([sampled]), where=only)
        for arm in rows.select(*labels).unique().iter_rows():
            if arm != tuple(labels.values()):
                raise TableError(
                    f"{sampled}: holds samples of {' / '.join(arm)} and not of "
                    f"{' / '.join(labels.values())}. Give the samples of that arm."
                )
        check_questions([sampled], rows, asked, problems)
        parts.append(rows.select(*KEY, response_digests(rows["response"])))
        judgements = read_verdicts(
            [judged], problems, labels["benchmark"], responses=parts[-1], samples=[sampled]
        )
        if first:
            judgements = judgements.join(rows, on=list(KEY), how="semi")
        foreign = judgements.join(rows, on=list(KEY), how="anti").height
        if foreign:
            raise TableError(
                f"{judged}: {foreign} of its {judgements.height} rows are of no sample in "
                f"{sampled}. "
                f"Give samples and verdicts in the same order."
            )
        yield rows, judgements
    if scores is not None:
        counted = read_table(scores, SCORES).filter(pl.col(k) == v for k, v in labels.items())
        known = read_problem_digests(problems).filter(pl.col("benchmark") == labels["benchmark"])
        check_problems(counted, scores, known, problems, "score")
        check_counts(counted, scores, pl.concat(parts), samples)


def check_solved(tables: Sequence[Path]) -> None:
    """Require that the tables of a study are of the same results.

    Raises
    ------
    TableError
        Naming two tables that were made from different results of one arm.
    """
    known: dict[str, tuple[str, Path]] = {}
    for path in tables:
        for arm, solved in read_provenance(path).get("solved", {}).items():
            before, first = known.setdefault(arm, (solved, path))
            if before != solved:
                raise TableError(
                    f"{first} and {path}: were made from different results of {arm}, one of them "
                    f"from older verdicts. Run the command that makes the older table again."
                )


def solved_by(frame: pl.DataFrame, labels: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return `solved_digest` by arm, for the provenance of tables made from scores or verdicts.

    Parameters
    ----------
    frame : polars.DataFrame
        Scores; or verdicts of one arm, which do not name it.
    labels : mapping, optional
        ``model``, ``benchmark`` and ``protocol`` of those.
    """
    if labels is not None:
        return {" / ".join(labels.values()): solved_digest(frame)}
    arms = frame.partition_by(*ARM_KEY, as_dict=True)
    return {" / ".join(map(str, arm)): solved_digest(rows) for arm, rows in sorted(arms.items())}


def graders_of(verdicts: Sequence[Path]) -> dict[str, str]:
    """Return the digest of the grader of each kind of problem, where verdicts record it.

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
    return as_one(frames)


def as_one(scores: Mapping[Path, pl.DataFrame]) -> pl.DataFrame:
    """Return several score tables as one, without repeated problems of an arm."""
    where = " and ".join(map(str, scores))
    return distinct_names(as_whole([*scores.values()], SCORES, where), SCORES, where)


def check_items(items: pl.DataFrame, path: Path, scores: Mapping[Path, pl.DataFrame]) -> None:
    """Require that selected responses are of the samples that scores count.

    Raises
    ------
    TableError
        Naming both files and the first problems whose responses differ.
    """
    keys = [*ARM_KEY, "problem_id"]
    for counted, frame in scores.items():
        changed = differing(items, frame, RESPONSES, keys)["problem_id"]
        if len(changed):
            raise TableError(
                f"{path}: was selected from other responses than {counted} counts, to "
                f"{len(changed)} problem(s), first {', '.join(changed.head(SHOWN))}. Run chains "
                f"select again with these scores."
            )


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
            earlier = known.filter(benchmark=benchmark, problem_id=first)["at"][0]
            names = changed.filter(benchmark=benchmark)["problem_id"]
            raise TableError(
                f"{path} and {paths[earlier]}: {len(names)} problem(s) of benchmark {benchmark} "
                f"are not the same in both (question, gold answer, kind or tests differ), first "
                f"{', '.join(names.head(SHOWN))}. Verify and score both with one problem table."
            )
        fresh = frame.select(*keys, PROBLEM, at=pl.lit(number, dtype=pl.Int64)).drop_nulls()
        known = pl.concat([known, fresh]).unique(keys, keep="first", maintain_order=True)
