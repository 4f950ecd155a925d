"""Run Python as another user, with an interpreter and libraries that this user can read."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from harness import ROOT

#: Of nobody in particular: no root, and no user that owns anything here.
UNPRIVILEGED = 1000


def environment(home: Path) -> dict[str, str]:
    """Return the variables with which another Python finds the package and its libraries."""
    import polars

    libraries = Path(polars.__file__).parents[1]
    folders = (ROOT / "workflow", ROOT / "tests", libraries)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@functools.cache
def interpreter(uid: int) -> str | None:
    """Return a Python that a user can start and that has what the package needs."""
    python = f"python3.{sys.version_info.minor}"
    names = [sys.executable, f"/usr/bin/{python}", f"/usr/local/bin/{python}"]
    names += [found for found in (shutil.which(python), shutil.which("python3")) if found]
    for name in dict.fromkeys(names):
        done = run(uid, name, Path("/"), ["-c", "import boundary.tables, numpy, polars"])
        if done is not None and done.returncode == 0:
            return name
    return None


def run(
    uid: int, python: str, home: Path, arguments: Sequence[str], timeout: float = 60
) -> subprocess.CompletedProcess[str] | None:
    """Run Python as a user; None when the user may not start it."""
    try:
        return subprocess.run(
            [python, *arguments],
            env=environment(home),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            **as_user(uid),
        )
    except PermissionError:
        return None


def as_user(uid: int) -> dict[str, object]:
    """Return what `subprocess` needs to start a process as a user."""
    if uid == os.getuid():
        return {}
    return {"user": uid, "group": uid, "extra_groups": []}
