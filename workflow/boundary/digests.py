"""Identity: canonical JSON, digests and seeds that derive from content.

A name in a path is a label; what tells two things apart is the digest of what
they are made of.  Seeds come from the same hash, so that they depend on
content and never on the order in which jobs run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DIGEST_LENGTH = 12
PACKAGE = Path(__file__).resolve().parent


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys and no spaces: equal content, equal text.

    Raises
    ------
    ValueError
        When the value holds NaN or infinity, which JSON cannot carry.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest(value: Any) -> str:
    """Return the first 12 hexadecimal digits of SHA-256 over canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:DIGEST_LENGTH]


def seed_of(*parts: str | int) -> int:
    """Hash parts to a seed in [0, 2**63), which fits a signed 64-bit column."""
    payload = canonical_json(list(parts)).encode()
    return int.from_bytes(hashlib.sha256(payload).digest()[:8], "big") >> 1


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's content, 64 hexadecimal digits.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def code_digest(*sources: str) -> str:
    """Digest the source text of modules or subpackages of this package.

    Parameters
    ----------
    *sources : str
        Paths relative to the package, such as ``"analysis"`` or
        ``"scoring.py"``; a folder stands for all Python files below it.

    Raises
    ------
    FileNotFoundError
        When a path names nothing: a misspelt module would never go stale.
    """
    total = hashlib.sha256()
    for path in _python_files(sources):
        total.update(path.relative_to(PACKAGE).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:DIGEST_LENGTH]


def _python_files(sources: Iterable[str]) -> list[Path]:
    files: set[Path] = set()
    for source in sources:
        path = PACKAGE / source
        if path.is_dir():
            files.update(path.rglob("*.py"))
        elif path.is_file():
            files.add(path)
        else:
            raise FileNotFoundError(path)
    return sorted(files)
