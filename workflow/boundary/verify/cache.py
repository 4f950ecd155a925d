"""Verdicts of earlier jobs, kept in a folder that parallel jobs share.

The folder of a grader holds *parts*: Parquet files of (key, value), each named
by the SHA-256 of its bytes and written under another name first.  So a part is
whole or told apart, two jobs that write the same do no harm, and no lock is
needed, which network file systems would not keep reliably.  When there are many
small parts a job merges them: it writes the merged part, and only then removes
those that it read.  A job that meets a part which has gone lists the folder
anew, and finds the entries in the merged one.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from boundary.atomic import whole_file
from boundary.digests import canonical_json
from boundary.errors import StorageError
from boundary.store import storage_error

#: Entries, characters and seconds after which what was put is written.
FLUSH_ENTRIES, FLUSH_CHARACTERS, FLUSH_SECONDS = 20_000, 16 * 2**20, 60.0
#: Seconds after which the parts of other jobs are looked for again.
LOOK_EVERY = 10.0
LOOKS = 50
#: So many parts below this size are merged, and leftovers of this age removed.
MERGE_PARTS, MERGE_BYTES, LEFTOVER_SECONDS = 32, 8 * 2**20, 86_400
_TYPES = {"key": pl.Binary(), "value": pl.String()}


class Cache:
    """JSON values by hexadecimal key, on disk.

    Parameters
    ----------
    folder : Path
        Of all graders; made when absent.
    grader : str
        Digest of the grader (`boundary.verify.grader_digest`), a folder of its
        own: what one grader found is never given to another.

    Raises
    ------
    StorageError
        When nothing can be written there.
    """

    def __init__(self, folder: Path, grader: str) -> None:
        self.folder = Path(folder) / grader
        self._parts: dict[str, pl.DataFrame] = {}
        self._damaged: set[str] = set()
        self._new: dict[str, str] = {}
        self._characters = 0
        self._looked = -LOOK_EVERY
        self._flushed = time.monotonic()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self.folder).close()  # whether it can be written
        except OSError as error:
            raise storage_error(self.folder, error) from error

    def get(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return the values of those keys that are known.

        Parameters
        ----------
        keys : iterable of str
            Hexadecimal digests.

        Raises
        ------
        StorageError
            When the disk does not give a part that is there.
        """
        self._look()
        asked = list(dict.fromkeys(keys))
        values = {key: self._new[key] for key in asked if key in self._new}
        missing = pl.DataFrame(
            {"key": [bytes.fromhex(key) for key in asked if key not in values]},
            schema={"key": pl.Binary},
        )
        for part in self._parts.values():
            rows = part.join(missing, on="key", how="semi")
            # Should two parts differ, the answer is the same whatever their names are.
            for key, value in rows.iter_rows():
                name = key.hex()
                values[name] = min(value, values.get(name, value))
        return {key: json.loads(value) for key, value in values.items()}

    def put(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep values by key; they are on disk after `flush`, or a minute.

        Raises
        ------
        StorageError
            When they cannot be written.
        """
        new = {key: canonical_json(value) for key, value in rows.items()}
        self._new |= new
        self._characters += sum(map(len, new.values()))
        late = time.monotonic() - self._flushed > FLUSH_SECONDS
        much = len(self._new) >= FLUSH_ENTRIES or self._characters >= FLUSH_CHARACTERS
        if self._new and (late or much):
            self.flush()

    def flush(self) -> None:
        """Write what was put, and merge small parts where there are many.

        Raises
        ------
        StorageError
            When it cannot be written.
        """
        self._flushed = time.monotonic()
        if self._new:
            rows = {
                "key": [bytes.fromhex(key) for key in self._new],
                "value": list(self._new.values()),
            }
            frame = pl.DataFrame(rows, schema=_TYPES).sort("key")
            self._parts[self._write(frame)] = frame
            self._new, self._characters = {}, 0
        small = self._small()
        if len(small) > MERGE_PARTS:
            self._merge(small)

    # --- parts ---------------------------------------------------------------

    def _look(self) -> None:
        """Read the parts that have come since the last look."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        for _ in range(LOOKS):
            there = {path.stem for path in self._listed()}
            for name in self._parts.keys() - there:
                del self._parts[name]  # merged; all of it stands in another
            gone = False
            for name in sorted(there - self._parts.keys() - self._damaged):
                frame = self._read(name)
                if frame is None:
                    gone = gone or name not in self._damaged
                else:
                    self._parts[name] = frame
            if not gone:
                self._looked = time.monotonic()
                return
        raise StorageError(
            f"{self.folder}: its files vanish as fast as they are listed. Name another folder "
            f"as --cache, or none."
        )

    def _listed(self) -> list[Path]:
        try:
            return [path for path in self.folder.glob("*.parquet") if path.name[0] != "."]
        except OSError as error:
            raise storage_error(self.folder, error) from error

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def _read(self, name: str) -> pl.DataFrame | None:
        """Return a part, None when it has gone or is damaged."""
        try:
            content = self._path(name).read_bytes()
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ESTALE):  # the second is of NFS
                return None
            raise storage_error(self._path(name), error, "read") from error
        if hashlib.sha256(content).hexdigest() == name:
            return pl.read_parquet(io.BytesIO(content))
        self._damaged.add(name)
        print(
            f"{self._path(name)}: is damaged and left out; what it held is judged again.",
            file=sys.stderr,
        )
        return None

    def _write(self, frame: pl.DataFrame) -> str:
        """Write a part; return its name."""
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd")
        content = buffer.getvalue()
        name = hashlib.sha256(content).hexdigest()
        try:
            with whole_file(self._path(name), shared=True) as partial:
                partial.write_bytes(content)
        except OSError as error:
            raise storage_error(self._path(name), error) from error
        return name

    def _small(self) -> list[str]:
        small = []
        for path in self._listed():
            try:
                if path.stat().st_size < MERGE_BYTES:
                    small.append(path.stem)
            except FileNotFoundError:
                continue  # another job has merged it
        return sorted(small)

    def _merge(self, names: list[str]) -> None:
        """Write small parts as one, then remove them, damaged ones and leftovers too."""
        frames = {name: self._read(name) for name in names if name not in self._damaged}
        held = {name: frame for name, frame in frames.items() if frame is not None}
        if held:
            whole = pl.concat(held.values()).group_by("key").agg(pl.col("value").min()).sort("key")
            merged = self._write(whole)
            self._parts = {n: f for n, f in self._parts.items() if n not in held} | {merged: whole}
            held.pop(merged, None)
        for name in (*held, *self._damaged):
            self._path(name).unlink(missing_ok=True)
        for leftover in self.folder.glob(".*.partial"):
            try:
                if time.time() - leftover.stat().st_mtime > LEFTOVER_SECONDS:
                    leftover.unlink()
            except FileNotFoundError:
                continue  # it has become a part, or another job removed it
