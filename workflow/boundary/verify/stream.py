"""Samples pass through their verifiers a batch at a time, so that memory stays bounded.

Of the samples only what verifiers read is read, of the problems all but their
tests; those are fetched for the few problems of a batch.  What is kept of a
sample is its verdict.  A sample that a fault of the machine ended gets none.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from boundary.columns import FAULT
from boundary.errors import TableError
from boundary.golds import refuse_empty_golds
from boundary.kinds import CUSTOM, names
from boundary.kinds import kind as kind_of
from boundary.options import refuse_bad_options
from boundary.origins import check_questions, with_digests
from boundary.progress import meter
from boundary.store import read_batches, read_lengths, read_table, read_tables
from boundary.tables import PROBLEMS, SAMPLES, UNTESTED, VERDICTS_TABLE, Table, check
from boundary.verify import custom
from boundary.verify.cache import Cache
from boundary.verify.items import (
    KEY,
    SAMPLE_COLUMNS,
    check_samples,
    few_problems,
    join,
)
from boundary.verify.setting import Setting

#: What of a problem goes to its verifier, beside tests: no picture.
JUDGED = tuple(name for name in UNTESTED if name != "images")
#: Kinds whose problems come with tests.
TESTED = names(lambda kind: kind.tests)
_ENDED = pl.col("finish_reason").ne_missing(FAULT)
Verify = Callable[[pl.DataFrame], pl.DataFrame]
#: Columns of verdicts whose few values repeat, and are held once each.
_REPEATED = (
    *("problem_id", "extraction", "verdict", "grader", "detail", "remarks"),
    *("breach", "tricks", "sandbox"),
)


class Verifiers:
    """The verifiers of all kinds of problems, each opened when first needed.

    Parameters
    ----------
    setting : callable
        Returns, for a kind of problem, how its verifier shall work.
    file : str, optional
        ``file:PATH.py`` of a verifier of the user's, which then judges problems of
        every kind.
    """

    def __init__(self, setting: Callable[[str], Setting], file: str | None = None) -> None:
        self._setting = setting
        self._file = file
        self._open: dict[str, Verify] = {}
        self._caches: list[Cache] = []
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Verifiers:
        return self

    def __exit__(self, *error: Any) -> None:
        try:
            self._stack.__exit__(*error)
        finally:  # what was judged before an error need not be judged again
            for cache in self._caches:
                cache.flush()

    def verify(self, items: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield the verdicts on items, one frame a kind of problem.

        Raises
        ------
        InputError
            When a kind of problem has no verifier.
        TableError
            When a verifier does not return one verdict for each item.
        """
        for kind in items["kind"].unique().sort():
            rows = items.filter(pl.col("kind") == kind)
            judge = CUSTOM if self._file else kind
            verdicts = _same_keys(rows, self._of(judge)(rows.drop("kind")), self._file or kind)
            yield with_digests(verdicts, rows)

    def _of(self, kind: str) -> Verify:
        if kind not in self._open:
            module = kind_of(kind).module
            setting = self._setting(kind)
            if setting.cache is not None:
                self._caches.append(setting.cache)
            opened: contextlib.AbstractContextManager[Verify] = (
                custom.verifier(self._file, setting)
                if module is None
                else importlib.import_module(module).verifier(setting)
            )
            self._open[kind] = self._stack.enter_context(opened)
        return self._open[kind]


def _same_keys(items: pl.DataFrame, verdicts: pl.DataFrame, name: str) -> pl.DataFrame:
    """Hold a verifier to its promise: one verdict for each item, no other."""
    keys = list(KEY)
    asked, given = items.select(keys).sort(keys), verdicts.select(keys).sort(keys)
    if not asked.equals(given):
        lost = asked.join(given, on=keys, how="anti").height
        extra = given.join(asked, on=keys, how="anti").height
        raise TableError(
            f"The verifier {name!r} returned {given.height} verdicts for {asked.height} "
            f"samples ({lost} without verdict, {extra} unasked): a fault of the verifier."
        )
    return verdicts


def verify_files(
    problems: Path,
    samples: Sequence[Path],
    setting: Callable[[str], Setting],
    file: str | None = None,
    table: Table = SAMPLES,
) -> pl.DataFrame:
    """Give every sample of some files its verdict, in bounded memory.

    Parameters
    ----------
    problems : Path
        A problems table.
    samples : sequence of Path
        Samples tables of one (model, benchmark, protocol) in all.
    setting : callable
        Returns, for a kind of problem, how its verifier shall work.
    file : str, optional
        As of `Verifiers`.
    table : Table
        What the samples are held against.

    Returns
    -------
    polars.DataFrame
        A verdicts table with one row a sample that has an outcome, sorted by key.

    Raises
    ------
    TableError
        When a file breaks its schema, there is no sample or one stands twice,
        a sample has no problem in its benchmark, or samples of several models,
        benchmarks or protocols are mixed; all before anything is verified.
    InputError
        When a file is missing, or a kind of problem has no verifier.
    """
    known = read_table(problems, PROBLEMS, columns=JUDGED)
    refuse_empty_golds(known, str(problems))
    refuse_bad_options(known, str(problems))
    rows = _survey(known, problems, samples, table)
    with meter("verify", rows, "responses") as progress, Verifiers(setting, file) as verifiers:

        def verdicts() -> Iterator[pl.DataFrame]:
            for batch in _batches(known, problems, samples, table):
                yield from verifiers.verify(batch)
                progress.advance(batch.height)

        return collect(verdicts())


def _survey(problems: pl.DataFrame, path: Path, samples: Sequence[Path], table: Table) -> int:
    """Check the keys and the origin of all samples; return how many have an outcome."""
    keys = read_tables(samples, table, columns=(*table.key, "finish_reason"))
    if keys.is_empty():  # of a block to which no problem goes on; others are refused on reading
        return 0
    check_samples(problems, keys)
    check_questions(samples, keys, problems, path)
    for kind in problems.join(keys, on=["benchmark", "problem_id"], how="semi")["kind"].unique():
        kind_of(kind)
    return keys.filter(_ENDED).height


def _batches(
    known: pl.DataFrame, problems: Path, samples: Sequence[Path], table: Table
) -> Iterator[pl.DataFrame]:
    """Yield items, in the order of the files; with their tests those that have some."""
    keys = ["benchmark", "problem_id"]
    tested = known.filter(pl.col("kind").is_in(TESTED))
    sizes = _test_sizes(problems) if tested.height else {}
    for path in samples:
        for batch in read_batches(path, table, columns=SAMPLE_COLUMNS):
            rows = batch.filter(_ENDED)
            untested = rows.join(tested, on=keys, how="anti", maintain_order="left")
            if untested.height:
                yield join(known, untested)
            with_tests = rows.join(tested, on=keys, how="semi", maintain_order="left")
            for few in few_problems(with_tests, sizes):
                yield join(_with_tests(known, problems, few), few)


def _test_sizes(problems: Path) -> dict[str, int]:
    """Return how many bytes the tests of each problem take, the most of any benchmark."""
    lengths = read_lengths(problems, PROBLEMS, "tests").group_by("problem_id").agg(pl.max("bytes"))
    return dict(lengths.iter_rows())


def _with_tests(known: pl.DataFrame, problems: Path, samples: pl.DataFrame) -> pl.DataFrame:
    """Return the problems of some samples with their tests, read from the file."""
    names = samples["problem_id"].unique().to_list()
    keys = ["benchmark", "problem_id"]
    tests = read_table(
        problems, PROBLEMS, columns=(*keys, "tests"), where=pl.col("problem_id").is_in(names)
    )
    return known.join(tests, on=keys, how="inner", validate="1:1")


def collect(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return all verdicts as one checked table."""
    columns = VERDICTS_TABLE.schema.columns.items()
    none = pl.DataFrame(schema={name: c.dtype.type for name, c in columns if c.required})
    slim = [_slim(none), *(_slim(part) for part in parts)]
    whole = pl.concat(slim, how="diagonal")
    del slim
    whole = whole.with_columns(pl.col(pl.Categorical).cast(pl.String))
    return check(whole, VERDICTS_TABLE, "verdicts").sort(VERDICTS_TABLE.key)


def _slim(verdicts: pl.DataFrame) -> pl.DataFrame:
    """Hold each value of a column that repeats itself once."""
    repeated = [name for name in _REPEATED if name in verdicts.columns]
    return verdicts.with_columns(pl.col(name).cast(pl.Categorical) for name in repeated)
