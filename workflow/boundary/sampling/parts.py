"""Finished responses of a block on disk, before the block is whole.

They stand as numbered Parquet files in ``.{shard}.parts/`` beside the shard.
What is held in memory does not grow with what is written: at the end the parts
are merged into the shard a few problems at a time.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NotRequired, TypedDict

import polars as pl

from boundary.errors import BoundaryError, InputError, TableError
from boundary.sampled_by import differences
from boundary.sampling.lock import lock
from boundary.sampling.merge import merge
from boundary.store import read_provenance, read_table, write_table
from boundary.tables import SAMPLES

#: Seconds of work that a killed job may lose; the variable of that name sets others.
WRITE_EVERY = 60.0
VARIABLE = "BOUNDARY_WRITE_EVERY"
#: Bytes of responses that are held before they are written.
HELD_BYTES = 16 * 2**20
#: Of a token with its log-probability, as Python numbers in two lists.
TOKEN_BYTES = 72


class SampleRow(TypedDict):
    """A row of the sample table; tokens only where they are kept."""

    model: str
    benchmark: str
    protocol: str
    problem_id: str
    sample_index: int
    seed: int
    response: str
    n_tokens: int
    finish_reason: str
    logprob_sum: float | None
    token_ids: NotRequired[list[int]]
    logprobs: NotRequired[list[float]]
    tokens_drawn: NotRequired[int | None]
    moves: NotRequired[int | None]
    accepted: NotRequired[int | None]


def _seconds() -> float:
    """Return how often finished responses are written."""
    value = os.environ.get(VARIABLE) or str(WRITE_EVERY)
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not seconds >= 0:
        raise InputError(f"{VARIABLE} is {value!r}; it should be a number of seconds.")
    return seconds


class Parts:
    """The finished responses of one block.

    Used as a context manager, it also writes what it holds when the job is
    asked to end (SIGTERM, Ctrl-C) or fails.

    Parameters
    ----------
    output : Path
        The shard that they will be merged into.
    key : str
        Digest of the settings that decide a response; parts with another are of
        other settings and are removed.
    made_by : mapping
        The engine's provenance, which decides it too; parts of another version
        may be hours of work, so that they are refused.

    Attributes
    ----------
    every : float
        Seconds after which what is held is written.

    Raises
    ------
    StorageError
        When another job is at work on this shard, or the disk refuses: a part
        that cannot be read at the moment is kept.
    InputError
        When parts were drawn by another version of the engine.
    """

    def __init__(self, output: Path, key: str, made_by: Mapping[str, str]) -> None:
        self.output, self.key, self.made_by = output, key, dict(made_by)
        self.folder = output.with_name(f".{output.name}.parts")
        self.rows = 0
        self.every = _seconds()
        self._held: list[SampleRow] = []
        self._bytes = 0
        self._last = time.monotonic()
        self._done: dict[str, set[int]] = {}
        self._lock = lock(self.folder / "lock")
        paths = [path for path in self.folder.glob("*.parquet") if path.stem.isdigit()]
        paths.sort(key=lambda path: int(path.stem))
        try:
            self.files = [path for path in paths if self._take(path)]
        except BaseException:
            self._lock.close()
            raise
        self._next = int(paths[-1].stem) + 1 if paths else 0

    def _take(self, path: Path) -> bool:
        """Count a part that an earlier job wrote, if it is whole and of this block."""
        try:
            recorded = read_provenance(path)
            frame = read_table(path, SAMPLES)
        except TableError as error:
            return _remove(path, f"and damaged; sampled again: {error}")
        if recorded.get("key") != self.key:
            return _remove(path, "from other settings; sampled again.")
        if unlike := differences(recorded.get("by", {}), self.made_by):
            raise InputError(
                f"{self.folder}: holds responses of this block drawn by another engine than this "
                f"({', '.join(unlike.values())}). Go back to that version, or move the folder away "
                f"to draw them anew."
            )
        rows = frame.select("problem_id", "sample_index").rows()
        if any(index in self._done.get(problem, ()) for problem, index in rows):
            return _remove(path, "and holds what another holds; not used.")
        self._note(frame)
        return True

    def done(self) -> Mapping[str, set[int]]:
        """Return the sample indices that earlier jobs finished, by problem."""
        return self._done

    def add(self, rows: Sequence[SampleRow]) -> None:
        """Take finished responses; write them when enough time or text has gathered."""
        self._held += rows
        self.rows += len(rows)
        self._bytes += sum(map(_size, rows))
        if self._bytes > HELD_BYTES or time.monotonic() - self._last >= self.every:
            self.write()

    def copy(self, rows: pl.DataFrame) -> None:
        """Take those rows of another shard that are not there yet."""
        keys = rows.select("problem_id", "sample_index").rows()
        rows = rows.filter([index not in self._done.get(name, ()) for name, index in keys])
        if rows.height:
            path = self.folder / f"{self._next:05d}.parquet"
            write_table(rows, path, SAMPLES, provenance=self._provenance())
            self._next += 1
            self.files.append(path)
            self._note(rows)

    def _note(self, rows: pl.DataFrame) -> None:
        for name, index in rows.select("problem_id", "sample_index").rows():
            self._done.setdefault(name, set()).add(index)
        self.rows += rows.height

    def write(self) -> None:
        """Write what is held as the next part; a SIGTERM has to wait for that."""
        with _terminate_later():
            if self._held:
                path = self.folder / f"{self._next:05d}.parquet"
                write_table(_frame(self._held), path, SAMPLES, provenance=self._provenance())
                # Ctrl-C may end this anywhere. In this order, what is written a
                # second time goes to the same file.
                self._held = []
                self._next += 1
                self.files.append(path)
            self._bytes, self._last = 0, time.monotonic()

    def _provenance(self) -> dict[str, object]:
        return {"key": self.key, "by": self.made_by}

    def __enter__(self) -> Parts:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the held rows, however the work ended."""
        try:
            self.write()
        except BoundaryError as why:
            if error is None:
                raise
            if str(why) != str(error):
                print(why, file=sys.stderr)
            print(
                f"{self.output}: {len(self._held)} finished responses could not be written and "
                f"will be drawn again; {self.rows - len(self._held)} are kept.",
                file=sys.stderr,
            )
        finally:
            if error is not None:
                self._lock.close()
                if not any(self.folder.glob("*.parquet")):
                    shutil.rmtree(self.folder, ignore_errors=True)

    def assemble(self, expected: Mapping[str, int], provenance: Mapping[str, object]) -> None:
        """Merge all parts into the shard, and remove them."""
        try:
            self.merge(expected, provenance)
        finally:
            self._lock.close()
        self.remove()

    def merge(self, expected: Mapping[str, int], provenance: Mapping[str, object]) -> None:
        """Merge all parts into the shard, and keep them.

        Parameters
        ----------
        expected : mapping
            Rows that each problem must have.
        provenance : mapping
            What `boundary.store.provenance` made.
        """
        merge(self.files, self.output, expected, self.folder / "merge", provenance)

    def remove(self) -> None:
        """Remove all parts, of which the shard has everything."""
        self._lock.close()  # NFS keeps a folder as long as a file in it is open
        with _terminate_later() as caught:
            # What cannot be removed does no harm, and an error would cost the shard.
            shutil.rmtree(self.folder, ignore_errors=True)
            caught.clear()


def _remove(path: Path, why: str) -> bool:
    """Remove a part that is of no use, and say why."""
    print(f"{path} is left over {why}", file=sys.stderr)
    path.unlink()
    return False


def _size(row: SampleRow) -> int:
    return len(row["response"]) + TOKEN_BYTES * len(row.get("token_ids") or ())


def _frame(rows: Sequence[SampleRow]) -> pl.DataFrame:
    """Make a table of rows; the types follow from the schema and not from the rows."""
    columns = SAMPLES.schema.columns.items()
    return pl.DataFrame(
        rows, schema={name: column.dtype.type for name, column in columns if name in rows[0]}
    )


@contextmanager
def _terminate_later() -> Iterator[list[int]]:
    """Put a SIGTERM off until the block is done; drop it if the block clears the list."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught  # signals go to the main thread
        return
    before = signal.signal(signal.SIGTERM, lambda number, _: caught.append(number))
    try:
        yield caught
    finally:
        signal.signal(signal.SIGTERM, before)
        if caught:
            signal.raise_signal(signal.SIGTERM)
