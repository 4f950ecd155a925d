"""Bytes as gzip, zstd or a ZIP archive packed them, opened as a stream."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from boundary.errors import InputError, MachineError

#: What reading damaged bytes raises.
DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
#: Longest member that zstd packed, in bytes: it is unpacked at once, for its check sum.
LONGEST_MEMBER = 2 * 2**30
BUFFER = 1 << 16
#: Packed bytes that zstd unpacks at a time: at most 2^15 as many come out.
_ZSTD_STEP = 1 << 12
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
#: Compression by zstd within a ZIP archive, which `zipfile` of Python before 3.14 lacks.
_ZIP_ZSTD = 93


def archive_of(path: Path) -> zipfile.ZipFile:
    """Return an open archive: its list of members is read once, however many are opened."""
    state = path.stat()
    return _open_archive(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=2)
def _open_archive(path: Path, modified: int, size: int) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (struct.error, ValueError, NotImplementedError) as error:  # a list that makes no sense
        raise zipfile.BadZipFile(str(error)) from None


@contextmanager
def member(archive: zipfile.ZipFile, name: str) -> Iterator[BinaryIO]:
    """Open a member of an archive, also where zstd packed it."""
    info = archive.getinfo(name)
    if info.compress_type != _ZIP_ZSTD:
        try:
            opened = archive.open(info)
        except (RuntimeError, NotImplementedError) as error:  # a password; another method
            raise InputError(f"{archive.filename}:{name}: cannot be unpacked: {error}.") from None
        with opened as handle:
            yield cast(BinaryIO, handle)
        return
    with Path(cast(str, archive.filename)).open("rb") as whole:
        whole.seek(info.header_offset + 26)  # where the lengths of name and extra field stand
        lengths = whole.read(4)
        skipped = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        whole.seek(info.header_offset + 30 + skipped)
        packed = io.BytesIO(whole.read(info.compress_size))
    if info.file_size > LONGEST_MEMBER:
        raise InputError(
            f"{archive.filename}:{name}: is longer than {LONGEST_MEMBER >> 30} GiB unpacked."
        )
    content = _zstd(packed).read(info.file_size + 1)
    if zlib.crc32(content) != info.CRC:
        raise zipfile.BadZipFile(f"Bad CRC-32 for file {name!r}")
    yield io.BytesIO(content)


@contextmanager
def unpacked(raw: BinaryIO) -> Iterator[BinaryIO]:
    """Open what a file holds, where gzip or zstd packed it; else the file itself."""
    buffered = io.BufferedReader(cast(io.RawIOBase, raw), BUFFER)
    beginning = buffered.peek(4)[:4]
    if beginning.startswith(_GZIP):
        with gzip.open(buffered) as stream:
            yield cast(BinaryIO, stream)
    elif beginning == _ZSTD:
        yield _zstd(buffered)
    else:
        yield cast(BinaryIO, buffered)


def _zstd(raw: BinaryIO) -> BinaryIO:
    try:
        import zstandard
    except ImportError:
        raise MachineError(
            "a file packed by zstd cannot be read without the package zstandard; install it (pip "
            "install zstandard), or unpack the file."
        ) from None
    return cast(BinaryIO, io.BufferedReader(_ZstdFrames(raw, zstandard), BUFFER))


class _ZstdFrames(io.RawIOBase):
    """The frames of a file packed by zstd, of which each must be whole."""

    def __init__(self, raw: BinaryIO, library: Any) -> None:
        self._raw, self._library = raw, library
        self._frame: Any = None
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            packed = self._raw.read(_ZSTD_STEP)
            if not packed:
                if self._frame is not None:
                    raise EOFError("it ends within a frame")
                return 0
            self._left = self._unpack(packed)
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _unpack(self, packed: bytes) -> bytes:
        parts = []
        try:
            while packed:
                self._frame = self._frame or self._library.ZstdDecompressor().decompressobj()
                parts.append(self._frame.decompress(packed))
                packed = self._frame.unused_data if self._frame.eof else b""
                if self._frame.eof:
                    self._frame = None
        except self._library.ZstdError as error:
            raise zlib.error(str(error)) from None
        return b"".join(parts)
