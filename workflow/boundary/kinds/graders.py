"""The identity of a grader: what its verdicts depend on."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Any

from boundary.digests import code_digest, digest
from boundary.extraction import DEFAULT
from boundary.kinds.registry import kind


def grader_digest(
    name: str,
    sandbox: str = "isolated",
    extract: str = DEFAULT,
    stdout_tolerance: float = 0.0,
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

    Raises
    ------
    InputError
        When there is no such kind.
    """
    entry = kind(name)
    versions = {library: importlib.metadata.version(library) for library in entry.libraries}
    made_of: dict[str, Any] = {
        "kind": name,
        "code": code_digest(*entry.sources),
        "libraries": versions,
    }
    if "sandbox" in entry.takes:
        made_of |= {"python": platform.python_version(), "sandbox": sandbox}
        if stdout_tolerance:
            made_of["stdout_tolerance"] = stdout_tolerance
    if "extract" in entry.takes and extract != DEFAULT:
        made_of["extract"] = extract
    return digest(made_of)
