"""The file system of the `namespaces` tier, built by mounts alone.

Runs inside the sandbox: standard library and neighbours only.  It does what
bubblewrap does in the first tier, from the same list of what to show.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from . import kernel
from .isolation import DEVICES, JOBS, WORK

_BASE = "/tmp"  # noqa: S108  any folder that exists: what is mounted on it only this namespace sees
_OLD = "/old"
_QUIET = kernel.MS_NOSUID | kernel.MS_NODEV
_READ_ONLY = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | kernel.MS_NOSUID


def build(config: dict[str, Any]) -> None:
    """Replace the root of the mount namespace by one that holds only what is listed.

    Parameters
    ----------
    config : dict
        ``shown`` are paths to be seen where they are; ``code`` maps one to its
        path within; ``masks`` are folders to be seen empty but for what of
        ``shown`` lies in them; ``links`` maps symbolic links to targets.

    Raises
    ------
    OSError
        When the kernel refuses a mount.
    """
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    devices = [path for path in DEVICES if Path(path).exists()]
    shown = {path: path for path in [*config["shown"], *devices]} | config["code"]
    # Held by descriptors, as the new root may hide where they lie.
    sources = {target: os.open(path, os.O_PATH) for path, target in shown.items()}
    kernel.mount("none", _BASE, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,mode=0755")
    for folder in (_OLD, "/dev", "/proc", JOBS, WORK):
        Path(_BASE + folder).mkdir(parents=True, exist_ok=True)
    for target, source in sources.items():
        _bind(source, _BASE + target, read_only=target not in DEVICES)
        os.close(source)
        for folder in config["masks"]:
            if folder.startswith(f"{target}/"):
                kernel.mount("none", _BASE + folder, "tmpfs", _QUIET, "size=1m,mode=0755")
    for folder in config["masks"]:
        flags = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | _QUIET
        kernel.mount("none", _BASE + folder, None, flags)
    for link, target in config["links"].items():
        Path(_BASE + link).symlink_to(target)
    _try_proc(_BASE + "/proc")
    os.chdir(_BASE)
    kernel.pivot_root(".", _OLD[1:])
    os.chdir("/")
    kernel.umount(_OLD)
    Path(_OLD).rmdir()
    kernel.mount("none", "/", None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY)


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
