"""Bring a pinned data file to this machine, once, and check what came.

Files of GitHub are kept under ``$BOUNDARY_CACHE`` (``~/.cache/reasoning-boundary``
by default); those of the hub in the hub's own cache (``$HF_HOME``).  A file
that is there and has its checksum is used without a network.
"""

from __future__ import annotations

import errno
import http.client
import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from boundary.atomic import whole_file
from boundary.digests import file_digest
from boundary.downloads import cache_folder
from boundary.errors import InputError, MachineError, StorageError

RAW = "https://raw.githubusercontent.com"
#: Where GitHub has the content of a file of which git holds a pointer alone.
MEDIA = "https://media.githubusercontent.com/media"
TIMEOUT = 60  # seconds without a byte
CHUNK = 1 << 20
_COMMIT = re.compile("[0-9a-f]{40}")
_POINTER = re.compile(rb"version https://git-lfs[^\n]*\noid sha256:([0-9a-f]{64})\n")
_LONGEST_POINTER = 1024


class _Unreachable(Exception):
    """Nothing came, for a reason outside the request."""


def fetch(source: str, revision: str, path: str, sha256: str | None = None) -> Path:
    """Return a local file with the content of a file of a pinned source.

    Parameters
    ----------
    source : str
        ``github:OWNER/REPOSITORY`` or ``hf:ORG/NAME`` (a data set).
    revision : str
        Commit, 40 hexadecimal digits.
    path : str
        The file within the source.
    sha256 : str, optional
        Of its content, where known.

    Raises
    ------
    InputError
        When the revision is no commit, the source has no such file, or what
        came has another checksum; that is not kept.
    MachineError
        When there is neither a network nor a copy; names the file to bring.
    """
    if not _COMMIT.fullmatch(revision):
        raise InputError(
            f"{source}: the revision {revision!r} is no commit of 40 hexadecimal digits; names of "
            f"branches move."
        )
    kind, _, name = source.partition(":")
    if kind == "github":
        return _from_github(name, revision, path, sha256)
    if kind == "hf":
        return _from_hub(name, revision, path, sha256)
    raise InputError(f"{source!r}: data files come from hf:, github: or file: sources.")


def _from_github(name: str, revision: str, path: str, sha256: str | None) -> Path:
    target = cache_folder() / "github" / name / revision / path
    if target.is_file() and sha256 in (None, file_digest(target)):
        return target
    place = urllib.parse.quote(f"{name}/{revision}/{path}")
    url = f"{RAW}/{place}"
    try:
        # Two jobs may fetch the same at once.
        with whole_file(target, shared=True) as partial:
            _download(url, partial)
            pointed = _pointer(partial)
            if pointed:
                url = f"{MEDIA}/{place}"
                _download(url, partial)
            _check(partial, sha256 or pointed, url)
    except _Unreachable as error:
        raise _absent(path, url, sha256, f"{error}", target) from None
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror or error}.") from None
    return target


def _download(url: str, target: Path) -> None:
    """Write what a URL answers; count the bytes, as a cut connection looks like an end."""
    # The scheme is that of RAW or MEDIA, and a redirect can lead to no file of this machine.
    request = urllib.request.Request(url, headers={"User-Agent": "reasoning-boundary"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            promised, came = response.headers.get("Content-Length"), 0
            with target.open("wb") as handle:
                while chunk := _read(response):
                    came += handle.write(chunk)
    except urllib.error.HTTPError as error:
        if error.code in (404, 410):
            raise InputError(
                f"{url}: there is no such file (HTTP {error.code}); check source, revision and "
                f"path."
            ) from None
        raise _Unreachable(f"HTTP {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise _Unreachable(error.reason) from None
    except (http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise _Unreachable(_named(error)) from None
    if promised is not None and came != int(promised):
        raise _Unreachable(f"the download was cut short: {came} of {promised} bytes came")


def _read(response: http.client.HTTPResponse) -> bytes:
    """Read on; what fails here is the network, whereas the disk fails with the same `OSError`."""
    try:
        return response.read(CHUNK)
    except OSError as error:
        raise _Unreachable(_named(error)) from None


def _named(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()


def _pointer(path: Path) -> str | None:
    """Return the checksum in a pointer of Git LFS; None where the file is no pointer."""
    if path.stat().st_size > _LONGEST_POINTER:
        return None
    pointer = _POINTER.match(path.read_bytes())
    return pointer.group(1).decode() if pointer else None


def _check(path: Path, sha256: str | None, url: str) -> None:
    digest = file_digest(path)
    if sha256 not in (None, digest):
        raise InputError(
            f"{url}: what came has the SHA-256 {digest}, not {sha256}; it was not kept. Run the "
            f"command again; where it stays so, the file was changed or the registry is wrong."
        )


def _from_hub(name: str, revision: str, path: str, sha256: str | None) -> Path:
    from huggingface_hub import errors, hf_hub_download

    url = f"https://huggingface.co/datasets/{name}/resolve/{revision}/{path}"
    try:
        file = Path(hf_hub_download(name, path, repo_type="dataset", revision=revision))
    except errors.LocalEntryNotFoundError as error:  # no network: of the next kind, so it is first
        raise _absent(path, url, sha256, _first_line(error), None) from None
    except (
        errors.RepositoryNotFoundError,
        errors.RevisionNotFoundError,
        errors.EntryNotFoundError,
        errors.HFValidationError,
    ) as error:
        raise InputError(
            f"{url}: the hub has no such file, or wants a login for it ({_first_line(error)}); "
            f"check source, revision and path, and `hf auth login` for gated data."
        ) from None
    except (OSError, errors.HfHubHTTPError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                f"{error.filename or 'the cache of the hub'}: the disk is full. Free some space "
                f"or point HF_HOME to another disk, and run again."
            ) from None
        raise _absent(path, url, sha256, _first_line(error), None) from None
    digest = file_digest(file)
    if sha256 not in (None, digest):
        # In the cache this is a link, which the hub's library would only make again.
        raise InputError(
            f"{file.resolve()}: the hub's file {path} has the SHA-256 {digest}, not {sha256}; "
            f"move it away and run the command again; where it stays so, the registry is wrong."
        )
    return file


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def _absent(path: str, url: str, sha256: str | None, why: str, target: Path | None) -> MachineError:
    """Say which file to bring, and where to put it."""
    known = f" (SHA-256 {sha256})" if sha256 else ""
    there = f" or put it at {target}" if target else ""
    return MachineError(
        f"{path}{known} is not on this machine and could not be fetched from {url} ({why}). Where "
        f"there is a network, download it and bring it here; then name it in the study by "
        f'`source: "file:PATH/{Path(path).name}"`{there}.'
    )
