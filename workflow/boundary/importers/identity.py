"""What files of another tool are, by content: cheap enough for every parse of the Snakefile.

A large file is hashed once.  What came of it is kept on disk beside size, times and
inode of each file, and holds as long as these do: a change of content changes the
time of change, which nobody can set.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from boundary import __version__
from boundary.atomic import whole_file
from boundary.digests import canonical_json
from boundary.importers.record import Offer
from boundary.importers.registry import NAMES, choose, importers
from boundary.importers.source import Source, files_at

#: Where it is kept, relative to the working folder.
CACHE = Path("results/imports/.identified")
#: Bytes and files up to which all is read every time.
SMALL_BYTES, FEW_FILES = 32 * 2**20, 256


@dataclass(frozen=True)
class Known:
    """The form and the content of the files at a path.

    Attributes
    ----------
    importer : str
        Name of the importer that reads them.
    sha256 : str
        As of `content_digest`.
    """

    importer: str
    sha256: str

    @property
    def offers(self) -> Offer:
        """What the importer yields."""
        return importers()[self.importer].offers


def identify(path: Path, form: str | None = None, fields: Mapping[str, str] | None = None) -> Known:
    """Return which importer reads the files at a path, and what they hold.

    Parameters
    ----------
    path : Path
    form, fields
        As of `boundary.importers.registry.choose`.

    Raises
    ------
    InputError, StorageError
        As of `boundary.importers.registry.choose`.
    """
    return _identify(path, form, tuple(sorted((fields or {}).items())), _state(path))


#: Of each file its path, size, time of change, time of its status and inode.
_State = tuple[tuple[str, int, int, int, int], ...]


@lru_cache(maxsize=64)
def _identify(
    path: Path, form: str | None, fields: tuple[tuple[str, str], ...], state: _State
) -> Known:
    if sum(each[1] for each in state) <= SMALL_BYTES and len(state) <= FEW_FILES:
        return _read(path, form, dict(fields))
    asked = canonical_json([str(path.absolute()), form, fields])
    kept = CACHE / f"{_sha256(asked)[:32]}.json"
    now = _sha256(canonical_json([__version__, NAMES, state]))
    known = _kept(kept)
    if known.get("state") == now and {*known} >= {"importer", "sha256"}:
        return Known(known["importer"], known["sha256"])
    identified = _read(path, form, dict(fields))
    with contextlib.suppress(OSError), whole_file(kept, shared=True) as partial:
        partial.write_text(canonical_json({"state": now, **vars(identified)}), encoding="utf-8")
    return identified


def _read(path: Path, form: str | None, fields: Mapping[str, str]) -> Known:
    chosen = choose(path, form, fields)
    return Known(chosen.importer.name, content_digest(path, chosen.sources))


def content_digest(path: Path, sources: Sequence[Source]) -> str:
    """Return the SHA-256 of a file, or of the paths within the folder and digests of several."""
    files = dict.fromkeys(source.path for source in sources)
    digests = [(file, Source(file).sha256()) for file in files]
    if len(digests) == 1:
        return digests[0][1]
    return _sha256("".join(f"{file.relative_to(path)}\0{one}\n" for file, one in digests))


def _state(path: Path) -> _State:
    if not path.exists():
        return ()
    states = ((str(file), file.stat()) for file in files_at(path))
    return tuple((f, s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for f, s in states)


def _kept(path: Path) -> dict[str, Any]:
    """Return what was kept; nothing where that is damaged or not there."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
