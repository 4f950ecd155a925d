"""What an analysis of verdicts or samples is given: one arm, read when it asks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from boundary.errors import InputError, TableError
from boundary.imported import samples_table
from boundary.jobs.reading import ArmTables, ReadArm
from boundary.jobs.shards import Shards, shard_paths
from boundary.meetings import read_pairs, read_verdicts, solved_by
from boundary.questions import question_clusters
from boundary.store import read_table, read_tables
from boundary.tables import PROBLEMS, UNTESTED


class ArmInputs:
    """The problems, verdicts and samples of one arm, held against each other as they are read.

    Parameters
    ----------
    arm : ReadArm
        Its names and files.
    settings : ArmTables
        What holds for all arms: ``confidence``, ``min_n``, ``max_unset``.

    Attributes
    ----------
    labels : dict
        model, benchmark and protocol.
    kind : str, optional
        What its problems are.
    solved : dict
        What `boundary.meetings.solved_by` says of the verdicts that were read.
    """

    def __init__(self, arm: ReadArm, settings: ArmTables) -> None:
        self._arm = arm
        self._problems = Path(arm.problems) if arm.problems else None
        self.labels, self.kind = arm.labels, arm.kind
        self.confidence, self.min_n = settings.confidence, settings.min_n
        self.max_unset = settings.max_unset
        self.solved: dict[str, str] = {}

    def problems(self, columns: Collection[str] | None = None) -> pl.DataFrame | None:
        """Return a PROBLEMS table, of all benchmarks in the file; None where none was given."""
        if self._problems is None:
            return None
        return read_table(
            self._problems, PROBLEMS, columns=None if columns is None else tuple(columns)
        )

    def verdicts(self, columns: Collection[str]) -> pl.DataFrame:
        """Return columns of the VERDICTS table of the arm, all blocks together.

        ``correct`` is read in any case, for provenance.
        """
        verdicts = read_verdicts(
            shard_paths(self._arm.verdicts),
            self._problems,
            self.labels["benchmark"],
            columns={*columns, "correct"},
        )
        # Of an arm whose problems stop, those of the first look tell less than its scores.
        partly = isinstance(self._arm.verdicts, Shards) and self._arm.verdicts.partly
        self.solved = {} if partly else solved_by(verdicts, self.labels)
        return verdicts

    def asked(self) -> pl.DataFrame | None:
        """Return which of its problems are one question; None where no problems were given.

        `boundary.questions.question_clusters`: ``problem_id``, ``question`` and ``cluster``.
        """
        problems = self.problems(UNTESTED)
        if problems is None:
            return None
        of_arm = problems.filter(benchmark=self.labels["benchmark"])
        return question_clusters(of_arm, " / ".join(self.labels.values()))

    def lengths(self, more: Collection[str] = ()) -> pl.DataFrame:
        """Return what each sample of the arm cost and came to, without its text.

        Parameters
        ----------
        more : collection of str
            Further columns of samples, of which those are read that there are.

        Returns
        -------
        polars.DataFrame
            ``problem_id``, ``sample_index``, ``n_tokens`` (null where its file does not
            tell), ``correct``, false of those without outcome, and what more there is.

        Raises
        ------
        InputError
            When the job names no samples.
        TableError
            When verdicts are of other samples.
        """
        if self._arm.samples is None:
            raise InputError(
                f"--spec: {' / '.join(self.labels.values())} names no samples, and this analysis "
                f"reads how long each was."
            )
        paths = shard_paths(self._arm.samples)
        keys = ["problem_id", "sample_index"]
        # Within one arm: its names, the same in every row, are not read.
        table = replace(samples_table(paths), key=tuple(keys))
        read = ("n_tokens", *(name for name in more if name in table.columns))
        samples = read_tables(paths, table, columns=(*keys, *read))
        verdicts = self.verdicts(("correct",)).select(*keys, "correct")
        if samples.select(keys).equals(verdicts.select(keys)):  # as blocks in pairs are
            joined = samples.with_columns(verdicts["correct"])
        elif verdicts.join(samples, on=keys, how="anti").height:
            raise TableError(
                f"{paths[0]} and {len(paths) - 1} more: verdicts are of other samples. Run verify "
                f"again."
            )
        else:
            joined = samples.join(verdicts, on=keys, how="left")
        there = [name for name in read if name in joined.columns]
        # Numbers, one at a time, sort twice as fast as texts beside numbers.
        names = pl.Enum(joined["problem_id"].unique().sort())
        number = pl.col("problem_id").cast(names).to_physical()
        joined = joined.sort("sample_index").sort(number, maintain_order=True)
        return joined.select(*keys, *there, correct=pl.col("correct").fill_null(False))

    def samples(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Yield the samples of the arm with their verdicts, a block at a time.

        Raises
        ------
        InputError
            When the job names no problems or no samples.
        """
        if self._problems is None or self._arm.samples is None:
            raise InputError(
                f"--spec: {' / '.join(self.labels.values())} names no problems or no samples, and "
                f"this analysis reads both."
            )
        yield from read_pairs(
            self._problems,
            shard_paths(self._arm.samples),
            shard_paths(self._arm.verdicts),
            self.labels,
        )
