"""The file system of the `namespaces` tier, built by mounts alone.

Runs inside the sandbox: standard library and neighbours only.  It does what
bubblewrap does in the first tier, from the same list of what to show.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

from . import kernel
from .isolation import DEVICES, JOBS, STREAMS, WORK

_QUIET = kernel.MS_NOSUID | kernel.MS_NODEV
_READ_ONLY = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | kernel.MS_NOSUID


def build(config: dict[str, Any]) -> None:
    """Replace the root of the mount namespace by one that holds only what is listed.

    Parameters
    ----------
    config : dict
        ``shown`` and ``code`` map paths to those within; ``masks`` are folders
        to be seen empty but for what of ``shown`` lies in them; ``links`` maps
        symbolic links to targets.

    Raises
    ------
    OSError
        When the kernel refuses a mount.
    """
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    devices = [path for path in DEVICES if Path(path).exists()]
    shown = config["shown"] | {path: path for path in devices} | config["code"]
    # Held by descriptors, as the new root may hide where they lie.
    sources = {target: os.open(path, os.O_PATH) for path, target in shown.items()}
    # A folder that exists: what is mounted on it only this namespace sees.
    (base,) = config["code"]
    kernel.mount("none", base, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,mode=0755")
    for folder in ("/dev/fd", "/proc", JOBS, WORK, STREAMS):
        Path(base + folder).mkdir(parents=True, exist_ok=True)
    for target, source in sources.items():
        _bind(source, base + target, read_only=target not in DEVICES)
        os.close(source)
        for folder in config["masks"]:
            if folder.startswith(f"{target}/"):
                kernel.mount("none", base + folder, "tmpfs", _QUIET, "size=1m,mode=0755")
    for folder in config["masks"]:
        flags = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | _QUIET
        kernel.mount("none", base + folder, None, flags)
    for link, target in config["links"].items():
        Path(base + link).symlink_to(target)
    _try_proc(base + "/proc")
    os.chdir(base)
    kernel.pivot_root(".", ".")  # the old root comes to lie on the new one,
    kernel.umount(".")  # and goes
    os.chdir("/")
    kernel.mount("none", "/", None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY)


def follow(shown: dict[str, str]) -> None:
    """Let Python find its own files where the new root shows them.

    Parameters
    ----------
    shown : dict
        Paths as they were, and as they are.
    """
    moved = {path: place for path, place in shown.items() if path != place}

    def now(path: str) -> str:
        for old, new in moved.items():
            if path == old or path.startswith(f"{old}/"):
                return new + path[len(old) :]
        return path

    sys.path[:] = map(now, sys.path)
    for module in list(sys.modules.values()):
        if file := getattr(module, "__file__", None):
            module.__file__ = now(file)
        if hasattr(module, "__path__"):
            module.__path__ = [*map(now, module.__path__)]


def _bind(source: int, target: str, *, read_only: bool) -> None:
    place = Path(target)
    place.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISDIR(os.fstat(source).st_mode):
        place.mkdir(exist_ok=True)
    else:
        place.touch()
    kernel.mount(f"/proc/self/fd/{source}", target, None, kernel.MS_BIND | kernel.MS_REC)
    if read_only:
        # A remount must keep the flags that an unprivileged user may not clear.
        kept = os.statvfs(target).f_flag & (os.ST_NODEV | os.ST_NOEXEC)
        kernel.mount("none", target, None, _READ_ONLY | kept)


def _try_proc(target: str) -> None:
    """Mount a view of the new PID namespace, which nested containers refuse.

    Without it the worker sees only the processor time of a program's first
    process; the limits of the kernel hold all the same.
    """
    try:
        kernel.mount("proc", target, "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    except OSError as error:
        if error.errno not in (1, 13):  # EPERM, EACCES
            raise
