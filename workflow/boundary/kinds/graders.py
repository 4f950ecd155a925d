"""The identity of a grader: what its verdicts depend on."""

from __future__ import annotations

import importlib.metadata
import platform
from pathlib import Path

from boundary.digests import code_digest, digest, file_digest
from boundary.errors import InputError
from boundary.extraction import DEFAULT
from boundary.kinds.registry import CUSTOM, kind


def grader_digest(
    name: str,
    sandbox: str = "isolated",
    extract: str = DEFAULT,
    stdout_tolerance: float = 0.0,
    verifier: str | None = None,
) -> str:
    """Return the identity of a grader: its code, what that runs on, and what it takes for answers.

    Verdicts of a study that allows the reduced sandbox are never taken for
    those of one that does not, nor those by one rule of extraction or tolerance of
    printed floats for another's.
    The reading of files, the batches and the cache are no part of it: they hand
    on what they are given, and verdicts are held against the items' keys.

    Parameters
    ----------
    name : str
        The kind of problems.
    sandbox, extract, stdout_tolerance
        As of `boundary.verify.setting.Setting`.
    verifier : str, optional
        ``file:PATH.py`` of the user's verifier, told by content wherever it stands.

    Raises
    ------
    InputError
        When there is no such kind or file, or a kind that needs a file comes without.
    """
    entry = kind(name)
    versions = {library: importlib.metadata.version(library) for library in entry.libraries}
    made_of: dict[str, object] = {
        "kind": name,
        "code": code_digest(*entry.sources),
        "libraries": versions,
    }
    if entry.module is None:
        made_of["verifier"] = file_digest(verifier_file(verifier))
    if "sandbox" in entry.takes:
        made_of |= {"python": platform.python_version(), "sandbox": sandbox}
        if stdout_tolerance:
            made_of["stdout_tolerance"] = stdout_tolerance
    if "extract" in entry.takes and extract != DEFAULT:
        made_of["extract"] = extract
    return digest(made_of)


def verifier_file(source: str | None) -> Path:
    """Return the file of a user's verifier.

    Raises
    ------
    InputError
        When none is named, the source is no ``file:PATH.py``, or the file is not there.
    """
    if source is None:
        raise InputError(
            f"Problems of kind {CUSTOM!r} are judged by a file of your own; give it as --verifier "
            f"file:PATH.py (in a study: benchmarks.NAME.verifier)."
        )
    path = Path(source.removeprefix("file:"))
    if not source.startswith("file:") or path.suffix != ".py":
        raise InputError(f"verifier {source!r}: should be 'file:PATH.py', a file of Python.")
    if not path.is_file():
        raise InputError(f"{path}: no such verifier; paths are relative to the working directory.")
    return path
