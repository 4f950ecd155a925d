"""What an analysis of verdicts or samples is given: one arm, read when it asks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from boundary.errors import InputError
from boundary.jobs.reading import ArmTables, ReadArm
from boundary.jobs.shards import shard_paths
from boundary.meetings import read_pairs, read_verdicts, solved_by
from boundary.store import read_table
from boundary.tables import PROBLEMS


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
        self.solved = solved_by(verdicts, self.labels)
        return verdicts

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
