"""System calls that Python does not offer, by way of the C library.

Standard library only: runs inside the sandbox too.
"""

from __future__ import annotations

import ctypes
import os
import platform

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38

_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CLOSE_RANGE = 436
_CAPABILITY_VERSION_3 = 0x20080522

# Made beforehand: what a forked program makes anew costs it copies of pages.
_OWN_CAPABILITIES = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
_NO_CAPABILITIES = (ctypes.c_uint32 * 6)()

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def machine() -> str:
    """Return the processor architecture as the kernel calls it."""
    return platform.machine()


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by number; arguments as ctypes takes them."""
    return _check(int(_libc.syscall(ctypes.c_long(number), *arguments)), f"syscall {number}")


def unshare(flags: int) -> None:
    """Leave the namespaces of the caller for new ones."""
    _check(_libc.unshare(flags), f"unshare({flags:#x})")


def setns(descriptor: int, flags: int) -> None:
    """Enter the namespace behind a descriptor."""
    _check(_libc.setns(descriptor, flags), "setns")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mount a file system, or change a mount."""
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    result = _libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])
    _check(result, f"mount of {kind or source} on {target}")


def umount(target: str, flags: int = MNT_DETACH) -> None:
    """Unmount what is mounted there."""
    _check(_libc.umount2(os.fsencode(target), flags), f"umount of {target}")


def pivot_root(new: str, old: str) -> None:
    """Make one folder the root of the mount namespace and put the old root in the other."""
    syscall(_PIVOT_ROOT[machine()], os.fsencode(new), os.fsencode(old))


def prctl(option: int, *arguments: int) -> int:
    """Change a property of the calling process; missing arguments are 0."""
    numbers = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    return _check(_libc.prctl(option, *numbers), f"prctl({option})")


def close_range(first: int, last: int) -> None:
    """Close every descriptor from one number to another."""
    try:
        syscall(_CLOSE_RANGE, ctypes.c_uint(first), ctypes.c_uint(last), ctypes.c_uint(0))
    except OSError:  # before Linux 5.9
        os.closerange(first, min(last, os.sysconf("SC_OPEN_MAX")))


def drop_bounding_capabilities() -> None:
    """Take every capability out of what a program started from here could get."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # past the last one
            return


def drop_capabilities() -> None:
    """Give up every capability of the calling thread, for good."""
    _check(_libc.capset(_OWN_CAPABILITIES, _NO_CAPABILITIES), "capset")


def new_user_namespace(inside: int) -> None:
    """Enter a new user namespace in which the caller is the only user.

    Parameters
    ----------
    inside : int
        User and group number within; the caller keeps its numbers outside.
    """
    uid, gid = os.geteuid(), os.getegid()
    # After a change of user the files in /proc/self belong to root.
    prctl(PR_SET_DUMPABLE, 1)
    unshare(CLONE_NEWUSER)
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{inside} {uid} 1")
    write("/proc/self/gid_map", f"{inside} {gid} 1")


def write(path: str, text: str) -> None:
    """Write to a file of the kernel, in one call."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
