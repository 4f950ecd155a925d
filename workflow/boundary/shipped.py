"""Files of ``config/`` that commands read wherever they are started.

In a checkout they stand in ``config/`` beside ``workflow/``; an installation has copies within
the package (``setup.py``).
"""

from __future__ import annotations

from pathlib import Path

from boundary.digests import PACKAGE

_INSTALLED = PACKAGE / "config" / "files"


def shipped(name: str) -> Path:
    """Return the path of a file or folder of ``config/``."""
    return (_INSTALLED if _INSTALLED.is_dir() else PACKAGE.parents[1] / "config") / name
