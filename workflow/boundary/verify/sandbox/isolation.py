"""What holds a worker, and what holds each program that it forks.

Runs inside the sandbox: standard library and neighbours only.

A worker is process 1 of its own PID namespace, in a user namespace where it
has all capabilities and outside of which it has none.  A program is process 1
of a PID namespace below that, in a mount namespace with a fresh folder; it has
no capability, and cannot get one.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import kernel, landlock, seccomp

#: Where a program's folder is mounted; its parent has the Landlock rule, since
#: Landlock looks at what is above a mount and not at what the mount hides.
JOBS, WORK = "/box/job", "/box/job/work"
#: Where a script finds its standard input and output by name; programs cannot write here.
STREAMS = "/box/job/streams"
#: Number of the user within a sandbox.
INSIDE = 1000
#: Who a worker becomes that was started as root.
NOBODY = 65534
STACK = 64 << 20
#: Not /dev/zero: a shared map of it is memory that no process has to hold.
DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
_QUIET = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC


@dataclass
class Cage:
    """What a worker keeps at hand to hold its programs.

    Attributes
    ----------
    tier : str
    own_pids : int or None
        Descriptor of the worker, to find its PID namespace again; None in the reduced tier.
    proc : int or None
        Descriptor of a folder of processes that no program can see.
    rules : int or None
        Descriptor of the Landlock rule set; None on a kernel without.
    filter : seccomp.Filter
        The seccomp filter.
    streams : int or None
        Descriptor by which files are made in `STREAMS`; None in the reduced tier.
    """

    tier: str
    own_pids: int | None
    proc: int | None
    rules: int | None
    filter: seccomp.Filter
    streams: int | None = None


def become_nobody() -> None:
    """Give up root, where the caller is root and there is another user to become."""
    if os.geteuid() != 0:
        return
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else /proc/self still belongs to root
    except OSError as error:
        # Root of a container that knows no other user: no user of the machine's.
        if error.errno not in (errno.EINVAL, errno.EPERM) or _mapped() > 1:
            raise


def _mapped() -> int:
    """Return how many user numbers this user namespace has."""
    return sum(int(line.split()[2]) for line in Path("/proc/self/uid_map").read_text().splitlines())


def first_process(flags: int) -> None:
    """Enter new namespaces and return only in a child that is process 1 there.

    The caller's process waits for that child and ends with its status.
    """
    kernel.unshare(flags | kernel.CLONE_NEWPID)
    child = os.fork()
    if child:
        while True:
            try:
                _, status = os.waitpid(child, 0)
            except InterruptedError:
                continue
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def hide_proc() -> int | None:
    """Keep a descriptor of /proc for the worker and put an empty folder in its place."""
    try:
        found = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        os.stat("self/stat", dir_fd=found)
    except OSError:
        found = -1
    kernel.mount("none", "/proc", "tmpfs", _QUIET | kernel.MS_RDONLY, "size=4k,nr_inodes=2")
    return None if found < 0 else found


def file_rules(config: dict[str, Any], *, required: bool) -> int | None:
    """Return the descriptor of the Landlock rule set of every program.

    None on a kernel without Landlock, where it is not required: with mount
    namespaces it is a second layer, and what they show holds no secret.

    Raises
    ------
    OSError
        When it is required and the kernel lacks it.
    """
    if not required and landlock.abi() == 0:
        return None
    readable = [path for path in config["shown"].values() if Path(path).exists()]
    devices = [path for path in DEVICES if Path(path).exists()]
    return landlock.ruleset(readable, [config["jobs"], *devices])


def cage(tier: str, rules: int | None, proc: int | None) -> Cage:
    """Prepare what every program of a worker will be held by.

    Parameters
    ----------
    tier : str
    rules, proc : int or None
        What `file_rules` and `hide_proc` returned.

    Raises
    ------
    OSError
        When the kernel refuses a step.
    """
    reduced = tier == "reduced"
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if not reduced:
        kernel.drop_bounding_capabilities()
    own = streams = None
    if not reduced:
        streams = _streams()
    if proc is not None:
        own = os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
    elif not reduced:
        own = os.pidfd_open(os.getpid())  # where the machine refuses a view of the processes
    filter_program = seccomp.Filter(seccomp.program(kernel.machine()))
    return Cage(tier, own, proc, rules, filter_program, streams)


def _streams() -> int:
    """Mount the folder of standard streams, read-only, and return a descriptor that can write."""
    kernel.mount("none", STREAMS, "tmpfs", _QUIET, "mode=0755")
    found = os.open(STREAMS, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    kernel.mount(STREAMS, STREAMS, None, kernel.MS_BIND)
    kernel.mount(
        "none", STREAMS, None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | _QUIET
    )
    return found


def limit(limits: dict[str, Any], *, alone: bool) -> None:
    """Set the limits that the kernel holds the calling process to.

    Parameters
    ----------
    limits : dict
        The fields of `Limits`, and processor time of a process.
    alone : bool
        Whether the user's processes are its own.  Otherwise their number is not limited
        here, as those of others would count; the filter then allows none.
    """
    cpu = int(limits["process_seconds"]) + 2  # the worker counts finer, and all processes
    hard = {
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_STACK: STACK,
    }
    if alone:
        hard[resource.RLIMIT_NPROC] = limits["processes"] + 1  # the worker is one of them
    for kind, most in hard.items():
        allowed = resource.getrlimit(kind)[1]
        value = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        # Deep recursion begins by raising its stack, which counts as memory all the same.
        resource.setrlimit(kind, (value, allowed if kind == resource.RLIMIT_STACK else value))


def confine(held: Cage, limits: dict[str, Any], folder: str) -> None:
    """Confine the calling process, which is to run a program next.

    Parameters
    ----------
    held : Cage
    limits : dict
        The fields of `Limits`.
    folder : str
        The program's own folder; in the reduced tier it exists already.

    Raises
    ------
    OSError
        When any layer cannot be had: then nothing untrusted may run.
    """
    os.setsid()
    isolated = held.tier != "reduced"
    if not isolated:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if isolated:
        kernel.unshare(kernel.CLONE_NEWNS)
        options = f"size={limits['tmpfs_bytes']},nr_inodes=4096,mode=0700"
        kernel.mount("none", folder, "tmpfs", _QUIET, options)
    os.chdir(folder)
    if held.proc is not None or not isolated:
        # The first to go when memory runs out, before any worker or parent.
        path = "self/oom_score_adj" if isolated else "/proc/self/oom_score_adj"
        first = os.open(path, os.O_WRONLY, dir_fd=held.proc)
        os.write(first, b"1000")
        os.close(first)
    limit(limits, alone=isolated)
    if held.rules is not None:
        landlock.restrict(held.rules)
    for descriptor in (held.proc, held.own_pids, held.rules, held.streams):
        if descriptor is not None:
            os.close(descriptor)
    kernel.drop_capabilities()
    # A crash is to call no helper of the machine's; the filter keeps it so.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    if isolated:
        held.filter.install()
    else:
        seccomp.Filter(seccomp.program(kernel.machine(), os.getpid())).install()


def make_folder(config: dict[str, Any]) -> str:
    """Return the folder of the next program."""
    if config["tier"] != "reduced":
        return WORK
    folder: str = tempfile.mkdtemp(dir=config["jobs"])
    return folder


def remove_folder(config: dict[str, Any], folder: str) -> None:
    """Remove what a program left, where no namespace took it along."""
    if config["tier"] == "reduced":
        shutil.rmtree(folder)
